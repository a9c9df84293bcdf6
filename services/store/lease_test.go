package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// Two stores on one database, both ready: one writes, and when it is stopped the
// other goes on. No edit that arrives with its original is missed.
func TestTwoStoresCountAsOne(t *testing.T) {
	t.Parallel()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	b := bustest.Start(t)
	stop := serve(t, cfg, b)
	serve(t, cfg, b)
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	defer conn.Close()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var outs []bus.Outgoing
	for n := range 1500 {
		for revision, brands := range [][]string{{"zest", "lune"}, {"zest"}} {
			for _, brand := range brands {
				s := scored(n, uint64(revision), fmt.Sprint("révision ", revision))
				s.BrandId = brand
				outs = append(outs, bus.Outgoing{ID: fmt.Sprint(len(outs)), Subject: bus.Subject(bus.SubjectScored, brand, "rss"), Message: s})
			}
		}
	}
	r.Shuffle(len(outs), func(i, j int) { outs[i], outs[j] = outs[j], outs[i] })
	parts := slices.Collect(slices.Chunk(outs, 100))
	for i, part := range parts {
		for _, result := range b.PublishAll(t.Context(), part) {
			require.NoError(t, result.Err)
		}
		switch {
		case i == len(parts)/2:
			stop()
		case i%4 == 0: // so that there are many batches
			bustest.Settled(t, b, bus.StoreScored)
		}
	}
	bustest.Settled(t, b, bus.StoreScored)
	require.EqualValues(t, 1500, value[uint64](t, conn, `SELECT count() FROM mentions WHERE brand_id = 'zest' AND text = 'révision 1'`), "seed %d", seed)
	require.EqualValues(t, 1500, value[uint64](t, conn, `SELECT count() FROM mentions`), "seed %d: nobody else's, and no old words", seed)
}
