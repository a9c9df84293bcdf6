package scorer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer"
	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
)

// What others reckon with is what the card of the model in use was measured to do.
func TestMistakesAreThoseOfTheCard(t *testing.T) {
	t.Parallel()
	var found, mistaken []float64
	for _, l := range sentiment.Embedded().Card().Languages {
		if l.Language != "fr" && l.Language != "en" {
			continue
		}
		negative, neutral, positive := l.Confusion[0], l.Confusion[1], l.Confusion[2]
		of := func(n, all int) float64 { return float64(n) / float64(all) }
		found = append(found, of(negative[0], negative[0]+negative[1]+negative[2]))
		mistaken = append(mistaken, of(neutral[0]+positive[0], neutral[0]+neutral[1]+neutral[2]+positive[0]+positive[1]+positive[2]))
	}
	require.Len(t, found, 2)
	f, m := scorer.Mistakes()
	require.InDelta(t, (found[0]+found[1])/2, f, 1e-12)
	require.InDelta(t, (mistaken[0]+mistaken[1])/2, m, 1e-12)
	require.Greater(t, f, 0.6)
	require.Less(t, m, 0.25)
}
