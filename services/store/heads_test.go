package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// life is what befell one mention: the brands each of its revisions concerns.
type life struct {
	revisions [][]string
	deleted   bool
}

// last is what the newest revision says: the brands that show it.
func (l life) last() []string {
	if l.deleted {
		return nil
	}
	return l.revisions[len(l.revisions)-1]
}

// Mentions are edited so that they concern other brands, or none; some are
// deleted; some claim other times. Whatever the order of delivery, the tables say
// what the last revision of each says.
func TestTheTablesSayWhatTheLastRevisionSays(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	b := bustest.Start(t)
	serve(t, cfg, b)
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	defer conn.Close()

	lives := make([]life, 300)
	var outs []bus.Outgoing
	send := func(out bus.Outgoing) {
		for range 1 + r.IntN(2) {
			out.ID = fmt.Sprint(len(outs))
			outs = append(outs, out)
		}
	}
	for n := range lives {
		l := &lives[n]
		for revision := range 1 + r.IntN(4) {
			var brands []string
			for _, brand := range []string{"zest", "lune", "port"} {
				if r.IntN(3) == 0 {
					brands = append(brands, brand)
				}
			}
			l.revisions = append(l.revisions, brands)
			text := fmt.Sprintf("révision %d", revision)
			for _, brand := range brands {
				s := scored(n, uint64(revision), text)
				s.BrandId = brand
				if r.IntN(5) == 0 {
					s.Mention.PublishedTime = timestamppb.New(s.Mention.PublishedTime.AsTime().Add(time.Duration(1+r.IntN(3)) * 24 * time.Hour))
				}
				send(bus.Outgoing{Subject: bus.Subject(bus.SubjectScored, brand, "rss"), Message: s})
			}
			if brands == nil {
				send(bus.Outgoing{Subject: bus.Subject(bus.SubjectDropped, "no_brand", "rss"),
					Message: &vigiev1.Drop{MentionId: fmt.Sprintf("rss:%d", n), Revision: uint64(revision), Reason: "no_brand"}})
			}
		}
		if r.IntN(10) == 0 {
			l.deleted = true
			send(bus.Outgoing{Subject: bus.Subject(bus.SubjectDeleted, "rss"),
				Message: &vigiev1.Deletion{MentionId: fmt.Sprintf("rss:%d", n), Source: "rss", DeletedTime: timestamppb.Now()}})
		}
	}
	r.Shuffle(len(outs), func(i, j int) { outs[i], outs[j] = outs[j], outs[i] })
	for part := range slices.Chunk(outs, 100) {
		for _, result := range b.PublishAll(t.Context(), part) {
			require.NoError(t, result.Err)
		}
		if r.IntN(2) == 0 { // the next meets what is stored, else what is under way
			bustest.Settled(t, b, bus.StoreScored, bus.StoreDropped)
		}
	}
	bustest.Settled(t, b, bus.StoreScored, bus.StoreDropped, bus.StoreDeleted)

	rows, err := conn.Query(t.Context(), `SELECT mention_id, arraySort(groupArray(brand_id)), uniqExact(published_time), groupUniqArray(text) FROM mentions GROUP BY mention_id`)
	require.NoError(t, err)
	defer rows.Close()
	shown := map[string][]string{}
	for rows.Next() {
		var id string
		var brands, texts []string
		var times uint64
		require.NoError(t, rows.Scan(&id, &brands, &times, &texts))
		var n int
		_, err := fmt.Sscanf(id, "rss:%d", &n)
		require.NoError(t, err)
		require.EqualValues(t, 1, times, "seed %d: %s has one time", seed, id)
		require.Equal(t, []string{fmt.Sprintf("révision %d", len(lives[n].revisions)-1)}, texts, "seed %d: %s", seed, id)
		shown[id] = brands
	}
	require.NoError(t, rows.Err())
	for n, l := range lives {
		want := slices.Sorted(slices.Values(l.last()))
		require.ElementsMatch(t, want, shown[fmt.Sprintf("rss:%d", n)], "seed %d: rss:%d, %+v", seed, n, l)
	}
}

// A deletion known for days hides what comes after it: a late copy, and a brand
// that was added since.
func TestADeletionOfDaysAgoStillHolds(t *testing.T) {
	t.Parallel()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	b := bustest.Start(t)
	stop := serve(t, cfg, b)
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	defer conn.Close()
	publish(t, b, scored(1, 0, "des mots"), 0)
	bustest.Settled(t, b, bus.StoreScored)
	_, err = b.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectDeleted, "rss"), ID: "rss:1:deleted",
		Message: &vigiev1.Deletion{MentionId: "rss:1", Source: "rss", DeletedTime: timestamppb.New(time.Now().Add(-5 * 24 * time.Hour))}})
	require.NoError(t, err)
	bustest.Settled(t, b, bus.StoreDeleted)
	stop()

	serve(t, cfg, b)
	publish(t, b, scored(1, 3, "un écho tardif"), 1)
	late := scored(1, 0, "des mots")
	late.BrandId = "added-later"
	publish(t, b, late, 2)
	publish(t, b, scored(2, 0, "d'autres mots"), 0)
	bustest.Settled(t, b, bus.StoreScored)
	require.Equal(t, []string{"rss:2"}, value[[]string](t, conn, `SELECT groupArray(mention_id) FROM mentions`))
	require.Zero(t, value[uint64](t, conn, `SELECT count() FROM mention_revisions WHERE text = 'un écho tardif'`), "it is not even written")
}

// What was deleted while nobody applied it (an older Vigie, a store that was
// stopped) leaves the disk when the store starts.
func TestTheStoreErasesWhenItStarts(t *testing.T) {
	t.Parallel()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	b := bustest.Start(t)
	stop := serve(t, cfg, b)
	publish(t, b, scored(1, 0, "canari"), 0)
	publish(t, b, scored(2, 0, "moineau"), 0)
	bustest.Settled(t, b, bus.StoreScored)
	stop()
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.Exec(t.Context(), `INSERT INTO deletions VALUES ('rss:1', 'rss', now64(3) - INTERVAL 6 DAY)`))
	serve(t, cfg, b)
	require.Eventually(t, func() bool {
		return value[uint64](t, conn, `SELECT count() FROM mention_revisions WHERE text = 'canari'`) == 0
	}, 20*time.Second, 50*time.Millisecond)
	require.EqualValues(t, 1, value[uint64](t, conn, `SELECT count() FROM mentions WHERE text = 'moineau'`))
}

// Two sources of one mention disagree on when it was published: the time known
// first stays, the newest words are shown, and it counts once.
func TestAMentionKeepsTheTimeKnownFirst(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	publish(t, b, scored(1, 0, "les premiers mots"), 0)
	bustest.Settled(t, b, bus.StoreScored)
	for i, revision := range []uint64{0, 4} {
		other := scored(1, revision, "d'autres mots")
		other.Mention.PublishedTime = timestamppb.New(noon.Add(40 * 24 * time.Hour))
		publish(t, b, other, 1+i)
		bustest.Settled(t, b, bus.StoreScored)
		require.EqualValues(t, 1, value[uint64](t, conn, `SELECT count() FROM mentions`))
		require.True(t, noon.Add(time.Second).Equal(value[time.Time](t, conn, `SELECT published_time FROM mentions`)))
		require.Equal(t, "d'autres mots", value[string](t, conn, `SELECT text FROM mentions`))
	}
}

// A mention is known since the bus took it first for a brand, however often it comes
// again: the same words, edited ones, or after it had left the brand.
func TestAMentionIsKnownSinceTheBusTookItFirst(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	known := func(brand string) time.Time {
		return value[time.Time](t, conn, fmt.Sprintf(`SELECT known_time FROM mentions WHERE brand_id = '%s'`, brand))
	}
	publish(t, b, scored(1, 0, "les premiers mots"), 0)
	bustest.Settled(t, b, bus.StoreScored)
	var first time.Time
	_, err := b.ReadOn(t.Context(), bus.StreamScored, 0, bus.End, func(m *bus.Message) { first = m.Time })
	require.NoError(t, err)
	require.Equal(t, first.Truncate(time.Millisecond).UTC(), known("zest").UTC())

	publish(t, b, scored(1, 0, "les mêmes, encore une fois"), 1)
	bustest.Settled(t, b, bus.StoreScored)
	require.Equal(t, first.Truncate(time.Millisecond).UTC(), known("zest").UTC())

	publish(t, b, scored(1, 4, "corrigés"), 2)
	elsewhere := scored(1, 4, "corrigés")
	elsewhere.BrandId = "lune"
	publish(t, b, elsewhere, 3)
	bustest.Settled(t, b, bus.StoreScored)
	require.Equal(t, first.Truncate(time.Millisecond).UTC(), known("zest").UTC())
	require.True(t, known("lune").After(first), "another brand heard of it later")

	_, err = b.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectDropped, "no_brand", "rss"), ID: "dropped",
		Message: &vigiev1.Drop{MentionId: "rss:1", Revision: 5, Reason: "no_brand"}})
	require.NoError(t, err)
	bustest.Settled(t, b, bus.StoreDropped)
	require.Zero(t, value[uint64](t, conn, `SELECT count() FROM mentions`))
	publish(t, b, scored(1, 6, "de retour"), 4)
	bustest.Settled(t, b, bus.StoreScored)
	require.Equal(t, first.Truncate(time.Millisecond).UTC(), known("zest").UTC())
}
