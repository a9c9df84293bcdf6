package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer"
)

// The detector, live or on the past, reckons with the mistakes that the scorer's model was
// measured to make.
func TestTheDetectorKnowsTheScorersMistakes(t *testing.T) {
	t.Parallel()
	found, mistaken := scorer.Mistakes()
	require.InDelta(t, found, mistakes().Found, 0)
	require.InDelta(t, mistaken, mistakes().Mistaken, 0)
	path := filepath.Join(t.TempDir(), "vigie.yaml")
	require.NoError(t, os.WriteFile(path, []byte("brands: [{id: zest, name: Zest, query: zest}]\n"), 0o600))
	work, err := (&app{configPath: path}).backtest(replayed{brand: "zest", since: "90d"}, time.Now(), io.Discard)
	require.NoError(t, err)
	require.Equal(t, mistakes(), work.Mistakes)
}
