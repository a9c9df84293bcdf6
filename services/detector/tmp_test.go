package detector_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

func TestTmp(t *testing.T) {
	bench := emptyTables(t)
	conn, from := bench.open(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	fillYear(t, conn, from)
	var all []detect.Mention
	require.NoError(t, detector.EachPast(t.Context(), conn, "zest", from, from.AddDate(1, 0, 0), func(_ string, m detect.Mention) { all = append(all, m) }))
	e := detect.New(detect.Rule{Window: 10 * time.Minute, Baseline: 7 * 24 * time.Hour, MinAuthors: 5, MinMentions: 10, ResolveAfter: 30 * time.Minute, Watch: 3, Alert: 6, Crisis: 12}, from)
	e.Watch(map[string]time.Time{"zest": from})
	at := time.Now()
	var n, late int
	for _, m := range all {
		n += len(e.Advance(m.Known))
		if !e.Observe("zest", m) {
			late++
		}
	}
	fmt.Println(time.Since(at), n, late)
}
