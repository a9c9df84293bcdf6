package source_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

func TestRecentKeepsWhatIsUsedAndStaysWithinItsBound(t *testing.T) {
	t.Parallel()
	r := source.NewRecent[int, int](100)
	for i := range 1000 {
		r.Put(i, i)
		_, kept := r.Get(0)
		require.True(t, kept)
		require.LessOrEqual(t, r.Len(), 100)
	}
	_, kept := r.Get(1)
	require.False(t, kept)
}
