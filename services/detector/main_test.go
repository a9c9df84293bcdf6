package detector_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What is told of authors, and what a rule may ask of them, is what the detector keeps.
func TestHowManyAuthorsAreKnownIsSaidEverywhereAlike(t *testing.T) {
	t.Parallel()
	require.Equal(t, detect.KnownAuthors, wording.KnownAuthors)
	file := filepath.Join(t.TempDir(), "rule.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, "min_authors: %d\n", detect.KnownAuthors/2+1), 0o600))
	_, err := config.LoadDetector(file, config.Default().Detector)
	require.ErrorContains(t, err, "detector.min_authors", "a crisis needs twice as many")
}
