package detector_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wait"
	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// A year of a brand, a million mentions of it, beside two brands of a tenth: what it costs
// to decide on all of it again with the curve, and how many times that is of reading it
// alone.
func BenchmarkBacktest(b *testing.B) {
	bench := emptyTables(b)
	bench.cfg.Brands = []config.Brand{{ID: "zest"}, {ID: "zing"}, {ID: "zoom"}}
	conn, since := bench.open(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	fillYear(b, conn, "zest", since, yearly)
	fillYear(b, conn, "zing", since, yearly/10)
	fillYear(b, conn, "zoom", since, yearly/10)
	merged(b, conn)
	work := detector.Backtest{Config: bench.cfg, Brand: "zest", Since: since, Until: since.AddDate(1, 0, 0), Steps: 1}
	var alone, all time.Duration
	for b.Loop() {
		began, n := time.Now(), 0
		require.NoError(b, detector.EachPast(b.Context(), conn, "", since, work.Until, func(string, detect.Mention) { n++ }))
		require.Equal(b, yearly+2*yearly/10, n)
		alone += time.Since(began)
		began = time.Now()
		found, err := work.Run(b.Context())
		require.NoError(b, err)
		require.Equal(b, yearly, found.Mentions)
		all += time.Since(began)
	}
	b.ReportMetric(all.Seconds()/float64(b.N), "s/year")
	b.ReportMetric(alone.Seconds()/float64(b.N), "s/reading")
	b.ReportMetric(all.Seconds()/alone.Seconds(), "ratio")
}

const yearly = 1_000_000

// fillYear spreads mentions of a brand over a year by day and night, but for those of an
// hour, eight times, which come in eleven minutes and are all angry. It brings a part at a
// time, and again where the engine, which has little memory, is merging what came before.
func fillYear(t testing.TB, conn driver.Conn, brand string, from time.Time, mentions int) {
	t.Helper()
	const part = 20_000
	for first := 0; first < mentions; first += part {
		rows := fmt.Sprintf(`
			INSERT INTO mention_revisions (brand_id, mention_id, source, page, ownership, kind, origin, url, text, language, author_id,
				author_handle, followers, likes, sentiment, topics, risks, story_id, model_version,
				published_time, collected_time, scored_time, known_time)
			WITH number / %[3]d * 365 AS day, cityHash64(number) AS chance, intDiv(number * 8000, %[3]d) %% 1000 = 500 AS angry,
				if(angry, floor(day) + 0.6 + (day - floor(day)) / 6, day + 0.1 * sin(2 * pi() * day)) AS moment
			SELECT '%[5]s', concat('x:%[5]s', toString(number)), 'x', concat('page', toString(chance %% 50000)), 'third_party', 'post',
				if(chance %% 3 = 0, 'imported', 'live'), concat('https://x.com/i/status/', toString(number)),
				repeat('La livraison est arrivée avec trois jours de retard. ', 1 + chance %% 4), 'fr', toString(chance %% 50000),
				concat('page', toString(chance %% 50000)), chance %% 5000, chance %% 7,
				multiIf(angry OR chance %% 11 < 3, 1, chance %% 11 < 8, 2, 3),
				if(chance %% 2 = 0, ['delivery'], ['delivery', 'price']), if(chance %% 97 = 0, ['boycott'], []),
				concat('x:%[5]s', toString(number - if(chance %% 7 = 0, 1, 0))), 'test',
				fromUnixTimestamp64Milli(%[4]d + toInt64(moment * 86400000)) AS at, at + 2, at + 3, at + 3
			FROM numbers(%[1]d, %[2]d)`, first, min(part, mentions-first), mentions, from.UnixMilli(), brand)
		require.NoError(t, wait.Until(t.Context(), time.Minute, 100*time.Millisecond, func() error { return conn.Exec(t.Context(), rows) }))
	}
}

// merged waits until the engine has merged what came.
func merged(t testing.TB, conn driver.Conn) {
	t.Helper()
	require.NoError(t, wait.Until(t.Context(), 5*time.Minute, time.Second, func() error {
		var merges uint64
		if err := conn.QueryRow(t.Context(), "SELECT count() FROM system.merges").Scan(&merges); err != nil {
			return err
		}
		if merges > 0 {
			return fmt.Errorf("%d merges are under way", merges)
		}
		return nil
	}))
}
