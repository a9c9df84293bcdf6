package detector_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// History is read in the order in which a detector would have learnt of it, whenever
// and in whatever order it was brought: what was imported, or fetched long after,
// counts as if it had come when it was published.
func TestHistoryIsReadAsIfLive(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	type row struct {
		brand, id, origin string
		published, known  time.Time
	}
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	rows := []row{
		{"zest", "x:imported", "imported", at(0), at(9000)},
		{"zest", "x:live", "live", at(-5), at(1)},
		{"zest", "x:late", "live", at(-9000), at(2)}, // its source told us so late: no detector counts it
		{"zest", "x:gap", "backfill", at(-60), at(3)},
		{"zest", "x:rhythm", "backfill", at(4), at(4 + 24*60 + 1)},
		{"zest", "x:a", "live", at(5), at(5)},
		{"zest", "x:b", "live", at(-1), at(5)},
		{"zest", "x:out", "live", at(9), at(10)},
		{"zing", "x:a", "live", at(5), at(5)},
	}
	want := map[string]string{
		"zest": "zest x:imported 0, zest x:live 1, zest x:gap 3, zest x:rhythm 4, zest x:a 5, zest x:b 5",
		"zing": "zing x:a 5",
		"":     "zest x:imported 0, zest x:live 1, zest x:gap 3, zest x:rhythm 4, zest x:a 5, zing x:a 5, zest x:b 5",
	}
	b := emptyTables(t)
	conn := b.open()
	for range 3 {
		rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		require.NoError(t, conn.Exec(t.Context(), "TRUNCATE TABLE mention_revisions"))
		batch, err := conn.PrepareBatch(t.Context(), `INSERT INTO mention_revisions (brand_id, mention_id, source, ownership, kind, origin,
			published_time, collected_time, scored_time, known_time)`)
		require.NoError(t, err)
		for _, r := range rows {
			require.NoError(t, batch.Append(r.brand, r.id, "x", "third_party", "post", r.origin, r.published, r.known, r.known, r.known))
		}
		require.NoError(t, batch.Send())
		for brand, want := range want {
			var got []string
			require.NoError(t, detector.EachPast(t.Context(), conn, brand, at(0), at(10), func(brand string, m detect.Mention) {
				require.Equal(t, m.Known, m.Collected, m.ID)
				got = append(got, fmt.Sprint(brand, " ", m.ID, " ", m.Known.Sub(noon).Minutes()))
			}))
			require.Equal(t, want, strings.Join(got, ", "))
		}
	}
}
