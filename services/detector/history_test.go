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

// A mention has the figures it had when it became known, and what was known of it later
// comes in its turn, however often it was delivered. Where that is not known, and for what
// a brand publishes, its newest figures only teach.
func TestHistoryTellsWhatWasKnownOfEngagement(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	b := emptyTables(t)
	conn := b.open()
	mentions, err := conn.PrepareBatch(t.Context(), `INSERT INTO mention_revisions (brand_id, mention_id, source, ownership, kind, origin,
		published_time, collected_time, scored_time, known_time, followers, likes, revision)`)
	require.NoError(t, err)
	for i, r := range []struct{ brand, id, ownership string }{
		{"zest", "x:a", "third_party"}, {"zest", "x:b", "third_party"}, {"zing", "x:b", "third_party"}, {"zest", "x:old", "third_party"}, {"zest", "x:ours", "official"},
	} {
		require.NoError(t, mentions.Append(r.brand, r.id, "x", r.ownership, "post", "live", at(0), at(i), at(i), at(i), uint64(900), uint64(999), uint64(7)))
	}
	require.NoError(t, mentions.Send())
	for range 2 {
		known, err := conn.PrepareBatch(t.Context(), `INSERT INTO mention_samples (brand_id, mention_id, revision, published_time, known_time, ownership, kind,
			sentiment, followers, engagement)`)
		require.NoError(t, err)
		for _, s := range []struct {
			brand, id, ownership string
			minute               int
			engagement           uint64
		}{
			{"zest", "x:a", "third_party", 0, 1}, {"zest", "x:b", "third_party", 1, 2}, {"zing", "x:b", "third_party", 2, 3}, {"zest", "x:ours", "official", 4, 8},
			{"zest", "x:a", "third_party", 1, 40}, {"zest", "x:a", "third_party", 5, 50}, {"zest", "x:gone", "third_party", 3, 6}, {"zest", "x:a", "third_party", 10, 60},
		} {
			require.NoError(t, known.Append(s.brand, s.id, s.engagement, at(0), at(s.minute), s.ownership, "post", "negative", uint64(10), s.engagement))
		}
		require.NoError(t, known.Send())
	}
	told := map[string]string{}
	for _, brand := range []string{"zest", "zing", ""} {
		var got []string
		require.NoError(t, detector.EachPast(t.Context(), conn, brand, at(0), at(10), func(brand string, m detect.Mention) {
			line := fmt.Sprint(m.Known.Sub(noon).Minutes(), " ", brand, " ", m.ID, " ", m.Followers, " ", m.Engagement)
			if m.Again {
				require.Equal(t, at(0), m.Published)
				require.Equal(t, detect.Negative, m.Sentiment)
				line += " again"
			}
			if m.Measured {
				line += " measured"
			}
			got = append(got, line)
		}))
		told[brand] = strings.Join(got, "\n")
	}
	zest := `0 zest x:a 10 1 measured
1 zest x:a 10 40 again measured
1 zest x:b 10 2 measured
3 zest x:gone 10 6 again measured
3 zest x:old 900 999
4 zest x:ours 10 8
5 zest x:a 10 50 again measured`
	require.Equal(t, zest, told["zest"])
	require.Equal(t, "2 zing x:b 10 3 measured", told["zing"])
	require.Equal(t, strings.Replace(zest, "3 zest x:gone", "2 zing x:b 10 3 measured\n3 zest x:gone", 1), told[""])
}
