package wording_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

func TestFigures(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		n      float64
		fr, en string
	}{
		{0, "0", "0"}, {0.04, "0", "0"}, {0.3, "0,3", "0.3"}, {2.5, "2,5", "2.5"}, {6.02, "6", "6"}, {9.96, "10", "10"},
		{14.4, "14", "14"}, {999, "999", "999"}, {1000, "1\u202F000", "1,000"}, {1234567, "1\u202F234\u202F567", "1,234,567"},
	} {
		require.Equal(t, row.fr, wording.French.Number(row.n))
		require.Equal(t, row.en, wording.English.Number(row.n))
	}
	require.Equal(t, "18,446,744,073,709,551,615", wording.English.Count(math.MaxUint64))
	require.Equal(t, "62\u00A0%", wording.French.Share(52, 84))
	require.Equal(t, "12%", wording.English.Share(0.72, 6))
	require.Equal(t, "–", wording.English.Share(1, 0))
	require.Equal(t, "–", wording.English.Share(1, math.NaN()))
}

func TestClock(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	now := time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC) // half past midnight in Paris
	require.Equal(t, "00:12", wording.French.Clock(now.Add(-18*time.Minute), now, paris))
	require.Equal(t, "21/11 23:30", wording.French.Clock(now.Add(-time.Hour), now, paris))
	require.Equal(t, "21 Nov 23:30", wording.English.Clock(now.Add(-time.Hour), now, paris))
	require.Equal(t, "22:30", wording.English.Clock(now.Add(-time.Hour), now, time.UTC))
	require.Equal(t, "–", wording.English.Clock(time.Time{}, now, paris))
}
