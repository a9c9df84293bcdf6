package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
)

// messages are messages as the bus delivers them.
func messages[M proto.Message](t *testing.T, values ...M) (batch []*bus.Message) {
	t.Helper()
	for _, value := range values {
		data, err := proto.Marshal(value)
		require.NoError(t, err)
		batch = append(batch, &bus.Message{Data: data, Time: time.Now()})
	}
	return batch
}

func requireDone(t *testing.T, outcomes []error) {
	t.Helper()
	require.NoError(t, errors.Join(outcomes...))
}

// deletionOf is what a source says of a post that is gone.
func deletionOf(id string) *vigiev1.Deletion {
	return &vigiev1.Deletion{MentionId: id, Source: sourceOf(id), DeletedTime: timestamppb.Now()}
}

// mentionOf is a scored mention as it comes from a source.
func mentionOf(id, text string, change func(m *vigiev1.Mention)) *vigiev1.ScoredMention {
	m := &vigiev1.Mention{
		MentionId: id, Source: sourceOf(id), Text: text, Author: &vigiev1.Author{Handle: text},
		Ownership: vigiev1.Ownership_OWNERSHIP_THIRD_PARTY, Kind: vigiev1.Kind_KIND_POST, Origin: vigiev1.Origin_ORIGIN_LIVE,
		PublishedTime: timestamppb.Now(), CollectedTime: timestamppb.Now(),
	}
	change(m)
	return &vigiev1.ScoredMention{BrandId: "z", Mention: m, ScoredTime: timestamppb.Now()}
}

func asIs(*vigiev1.Mention) {}

func ago(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(time.Now().Add(-d)) }

// How and when a mention first came to a brand stays, whatever comes later: live
// posts do not become history by an import, and history is not aged by its date
// because someone edited it.
func TestHowAMentionFirstCameStays(t *testing.T) {
	t.Parallel()
	imported := func(id string) func(m *vigiev1.Mention) {
		return func(m *vigiev1.Mention) {
			m.Origin, m.ImportId, m.PublishedTime = vigiev1.Origin_ORIGIN_IMPORTED, id, ago(1000*day)
		}
	}
	at := func(revision uint64, change func(m *vigiev1.Mention)) *vigiev1.ScoredMention {
		return mentionOf("x:1", fmt.Sprint("revision ", revision), func(m *vigiev1.Mention) {
			m.Revision = revision
			change(m)
		})
	}
	leaves := func(s *service) {
		requireDone(t, s.writeDrops(context.Background(), messages(t, &vigiev1.Drop{MentionId: "x:1", Revision: 1, Reason: "no_brand"})))
	}
	for name, c := range map[string]struct {
		batches [][]*vigiev1.ScoredMention
		between func(s *service)
		origin  string
		id      string
	}{
		"a live edit of an import":              {[][]*vigiev1.ScoredMention{{at(0, imported("a"))}, {at(2, asIs)}}, nil, "imported", "a"},
		"an import of a live post's edit":       {[][]*vigiev1.ScoredMention{{at(0, asIs)}, {at(2, imported("a"))}}, nil, "live", ""},
		"the same in one batch":                 {[][]*vigiev1.ScoredMention{{at(0, asIs), at(2, imported("a"))}}, nil, "live", ""},
		"several, of several imports":           {[][]*vigiev1.ScoredMention{{at(0, imported("a"))}, {at(1, imported("b")), at(2, asIs)}, {at(3, imported("c"))}}, nil, "imported", "a"},
		"what left the brand and came back":     {[][]*vigiev1.ScoredMention{{at(0, asIs)}, {at(2, imported("a"))}}, leaves, "live", ""},
		"an import that left and was then live": {[][]*vigiev1.ScoredMention{{at(0, imported("a"))}, {at(2, asIs)}}, leaves, "imported", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bench(t)
			for i, batch := range c.batches {
				if i > 0 && c.between != nil {
					c.between(s)
				}
				requireDone(t, s.writeMentions(t.Context(), messages(t, batch...)))
			}
			require.EqualValues(t, 1, s.count(t, fmt.Sprintf(`SELECT count() FROM mentions WHERE origin = '%s' AND import_id = '%s'`, c.origin, c.id)))
			s.erased(t)
			require.EqualValues(t, 1, s.count(t, `SELECT count() FROM mentions`))
		})
	}
}

// Of two heads of one revision that which hides decides, whichever is read first.
func TestOfEqualHeadsTheDeletedOneDecides(t *testing.T) {
	t.Parallel()
	shown, hidden := head{BrandID: "z", Revision: 4}, head{BrandID: "z", Revision: 4, IsDeleted: 1}
	require.Equal(t, heads{hidden}, heads{}.with(shown).with(hidden))
	require.Equal(t, heads{hidden}, heads{}.with(hidden).with(shown))
	newer := head{BrandID: "z", Revision: 5}
	require.Equal(t, heads{newer}, heads{}.with(hidden).with(newer).with(shown))
}

// A batch ends when the lease is lost, and writes nothing; a store that is told to
// stop finishes it.
func TestABatchEndsWithTheLease(t *testing.T) {
	t.Parallel()
	s := bench(t)
	for cause, want := range map[error]uint64{context.Canceled: 1, bus.ErrLeaseLost: 0} {
		s.exec(t, `TRUNCATE TABLE mention_revisions`)
		held, end := context.WithCancelCause(t.Context())
		handle := whileHeld(held, func(ctx context.Context, batch []*bus.Message) []error {
			end(cause)
			if want == 0 {
				<-ctx.Done()
			}
			return s.writeMentions(ctx, batch)
		})
		outcomes := handle(t.Context(), messages(t, mentionOf("x:1", "words", asIs)))
		require.Equal(t, want == 1, outcomes[0] == nil, "%v", outcomes[0])
		require.Equal(t, want, s.count(t, `SELECT count() FROM mention_revisions`), cause)
	}
}

// Two batches may be handled in another order than that of the stream: a mention is
// known since the earlier.
func TestOfTwoBatchesTheEarlierMadeAMentionKnown(t *testing.T) {
	t.Parallel()
	s := bench(t)
	early, late := messages(t, mentionOf("x:1", "words", asIs)), messages(t, mentionOf("x:1", "words", asIs))
	early[0].Time = late[0].Time.Add(-time.Minute)
	requireDone(t, s.writeMentions(t.Context(), late))
	requireDone(t, s.writeMentions(t.Context(), early))
	requireDone(t, s.writeMentions(t.Context(), late))
	require.EqualValues(t, 1, s.count(t, fmt.Sprintf(`SELECT count() FROM mentions WHERE toUnixTimestamp64Milli(known_time) = %d`, early[0].Time.UnixMilli())))
}

// What was stored before the tables kept it is known since it was scored, also once
// it is edited.
func TestOlderMentionsAreKnownSinceTheyWereScored(t *testing.T) {
	t.Parallel()
	database := clickhousetest.Database(t)
	db := database.OpenDB(t)
	provider, err := migrator(db)
	require.NoError(t, err)
	const before = 5
	_, err = provider.UpTo(t.Context(), before)
	require.NoError(t, err)
	s := &service{conn: database.Open(t), logger: slog.New(slog.DiscardHandler), metrics: newMetrics(prometheus.NewRegistry())}
	s.exec(t, `INSERT INTO mention_revisions (brand_id, mention_id, source, ownership, kind, origin, published_time, collected_time, scored_time)
		VALUES ('z', 'x:1', 'x', 'official', 'post', 'live', '2026-03-04 12:00:00', '2026-03-04 12:00:01', '2026-03-04 12:00:02')`)

	require.NoError(t, up(t.Context(), db))
	const known = `SELECT count() FROM mentions WHERE known_time = '2026-03-04 12:00:02'`
	require.EqualValues(t, 1, s.count(t, known))
	requireDone(t, s.writeMentions(t.Context(), messages(t, mentionOf("x:1", "edited", func(m *vigiev1.Mention) { m.Revision = 3 }))))
	require.EqualValues(t, 1, s.count(t, known+` AND text = 'edited'`))
}

// What was known of a mention's audience stays with the moment at which the bus said so,
// once however often it says it; an older revision that came later was known then. Of what
// was imported, or is gone, nothing is kept.
func TestWhatWasKnownOfAnAudienceStays(t *testing.T) {
	t.Parallel()
	s := bench(t)
	at := func(id string, revision, likes uint64, origin vigiev1.Origin) *vigiev1.ScoredMention {
		return mentionOf(id, "words", func(m *vigiev1.Mention) {
			m.Revision, m.Origin = revision, origin
			m.Author.Followers, m.Engagement = 7, &vigiev1.Engagement{Likes: likes, Shares: 2, Replies: 1}
		})
	}
	batch := messages(t,
		at("x:1", 0, 0, vigiev1.Origin_ORIGIN_LIVE), at("x:1", 2, 50, vigiev1.Origin_ORIGIN_LIVE), at("x:1", 1, 20, vigiev1.Origin_ORIGIN_LIVE),
		at("x:2", 0, 9, vigiev1.Origin_ORIGIN_IMPORTED), at("x:3", 0, 5, vigiev1.Origin_ORIGIN_BACKFILL))
	from := time.Now().Truncate(time.Second)
	for i := range batch {
		batch[i].Time = from.Add(time.Duration(i) * time.Millisecond)
	}
	requireDone(t, s.writeDeletions(t.Context(), messages(t, deletionOf("x:4"))))
	for range 3 {
		requireDone(t, s.writeMentions(t.Context(), batch))
		requireDone(t, s.writeMentions(t.Context(), messages(t, at("x:4", 0, 5, vigiev1.Origin_ORIGIN_LIVE))))
	}
	told := s.strings(t, fmt.Sprintf(`SELECT concat(brand_id, ' ', mention_id, ' ', toString(toUnixTimestamp64Milli(known_time) - %d), ' ',
		toString(followers), ' ', toString(engagement)) FROM mention_samples FINAL ORDER BY known_time`, from.UnixMilli()))
	require.Equal(t, []string{"z x:1 0 7 3", "z x:1 1 7 53", "z x:1 2 7 23", "z x:3 4 7 8"}, told)
}
