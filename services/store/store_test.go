package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
	"github.com/vigie-monitor/vigie/services/store"
)

// start runs the store on a bus and a database of the test's own.
func start(t *testing.T) (*bus.Bus, driver.Conn) {
	t.Helper()
	database := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = database.Addr, database.Database
	b := bustest.Start(t)
	serve(t, cfg, b)
	conn, err := clickhouse.Open(t.Context(), cfg, time.Second)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return b, conn
}

// serve runs one store until the test ends, or until stop is called.
func serve(t *testing.T, cfg *config.Config, b *bus.Bus) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done, ready := make(chan error, 1), make(chan struct{})
	env := run.Env{Config: config.NewLive(cfg), Bus: b, Logger: slog.New(slog.DiscardHandler),
		Registry: prometheus.NewRegistry(), Health: obs.NewHealth()}
	go func() {
		done <- store.Run(ctx, env, func() { close(ready) })
		close(done)
	}()
	stop = func() {
		cancel()
		require.NoError(t, <-done)
	}
	t.Cleanup(stop)
	select {
	case <-ready:
	case err := <-done:
		t.Fatal("the store ended before it was ready: ", err)
	}
	return stop
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func scored(n int, revision uint64, text string) *vigiev1.ScoredMention {
	return &vigiev1.ScoredMention{
		BrandId: "zest", Language: "fr", Sentiment: vigiev1.Sentiment_SENTIMENT_NEGATIVE, SentimentScore: -0.5,
		Topics: []string{"price"}, Owner: "sales", ScoredTime: timestamppb.New(noon),
		Mention: &vigiev1.Mention{
			MentionId: fmt.Sprintf("rss:%d", n), Revision: revision, Source: "rss", Page: "p", Text: text,
			Ownership: vigiev1.Ownership_OWNERSHIP_THIRD_PARTY, Kind: vigiev1.Kind_KIND_ARTICLE,
			Origin: vigiev1.Origin_ORIGIN_LIVE, Author: &vigiev1.Author{Handle: "ana", Followers: 12},
			PublishedTime: timestamppb.New(noon.Add(time.Duration(n) * time.Second)), CollectedTime: timestamppb.New(noon),
		},
	}
}

func publish(t *testing.T, b *bus.Bus, s *vigiev1.ScoredMention, salt int) {
	t.Helper()
	_, err := b.Publish(t.Context(), bus.Outgoing{
		Subject: bus.Subject(bus.SubjectScored, s.BrandId, "rss"),
		ID:      fmt.Sprintf("%s:%d:%d", s.Mention.MentionId, s.Mention.Revision, salt), // the salt defeats deduplication
		Message: s,
	})
	require.NoError(t, err)
}

func value[T any](t *testing.T, conn driver.Conn, query string) (v T) {
	t.Helper()
	require.NoError(t, conn.QueryRow(t.Context(), query).Scan(&v), query)
	return v
}

// Each mention is delivered several times, in several revisions, in any order:
// it counts once, and the newest words win.
func TestCountsAreExactHoweverOftenDelivered(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	type delivery struct {
		n        int
		revision uint64
	}
	var deliveries []delivery
	for n := range 200 {
		for revision := range 1 + r.IntN(3) {
			for range 1 + r.IntN(3) {
				deliveries = append(deliveries, delivery{n, uint64(revision)})
			}
		}
	}
	newest := map[int]uint64{}
	for _, d := range deliveries {
		newest[d.n] = max(newest[d.n], d.revision)
	}
	r.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
	for i, d := range deliveries {
		publish(t, b, scored(d.n, d.revision, fmt.Sprintf("révision %d", d.revision)), i)
	}
	bustest.Settled(t, b, bus.StoreScored)
	require.EqualValues(t, 200, value[uint64](t, conn, `SELECT count() FROM mentions`), "seed %d", seed)
	rows, err := conn.Query(t.Context(), `SELECT mention_id, text, published_time FROM mentions`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, text string
		var published time.Time
		require.NoError(t, rows.Scan(&id, &text, &published))
		var n int
		_, err := fmt.Sscanf(id, "rss:%d", &n)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("révision %d", newest[n]), text, "seed %d: %s", seed, id)
		require.True(t, noon.Add(time.Duration(n)*time.Second).Equal(published))
	}
}

func TestADeletedMentionIsGoneAndStaysSo(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	for n := range 3 {
		publish(t, b, scored(n, 0, "des mots"), 0)
	}
	bustest.Settled(t, b, bus.StoreScored)
	_, err := b.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectDeleted, "rss"), ID: "rss:1:deleted",
		Message: &vigiev1.Deletion{MentionId: "rss:1", Source: "rss", DeletedTime: timestamppb.Now()}})
	require.NoError(t, err)
	bustest.Settled(t, b, bus.StoreDeleted)
	require.EqualValues(t, 2, value[uint64](t, conn, `SELECT count() FROM mentions`))

	publish(t, b, scored(1, 7, "un écho tardif"), 1)
	bustest.Settled(t, b, bus.StoreScored)
	require.EqualValues(t, 2, value[uint64](t, conn, `SELECT count() FROM mentions`), "a late revision does not bring it back")
}

// The store asks for a whole batch of ids in one query, however long they are.
func TestABatchOfTheLongestIDs(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	var outs []bus.Outgoing
	for n := range bus.StoreScored.Batch {
		s := scored(n, 0, "court")
		s.Mention.MentionId = fmt.Sprintf("rss:%01020d", n)
		outs = append(outs, bus.Outgoing{Subject: bus.Subject(bus.SubjectScored, "zest", "rss"), ID: fmt.Sprint(n), Message: s})
	}
	for _, result := range b.PublishAll(t.Context(), outs) {
		require.NoError(t, result.Err)
	}
	bustest.Settled(t, b, bus.StoreScored)
	require.EqualValues(t, len(outs), value[uint64](t, conn, `SELECT count() FROM mentions`))
}

func TestAMessageThatBreaksItsContractIsADeadLetter(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	broken := scored(1, 0, "sans date")
	broken.Mention.PublishedTime = nil
	publish(t, b, broken, 0)
	unknown := scored(3, 0, "d'une sorte que personne ne connaît")
	unknown.Mention.Kind = 99
	publish(t, b, unknown, 0)
	publish(t, b, scored(2, 0, "avec date"), 0)
	bustest.Settled(t, b, bus.StoreScored)
	require.EqualValues(t, 1, value[uint64](t, conn, `SELECT count() FROM mentions`))
	letters := bustest.DeadLetters(t, b)
	require.Len(t, letters, 2)
	for _, letter := range letters {
		require.Equal(t, bus.ReasonInvalid, letter.Reason)
	}
}

func TestIncidentsAndPagesAreReadAsTheyStand(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	for revision, level := range []vigiev1.Level{vigiev1.Level_LEVEL_WATCH, vigiev1.Level_LEVEL_ALERT, vigiev1.Level_LEVEL_CRISIS} {
		incident := &vigiev1.Incident{
			IncidentId: "zest@1", Revision: uint64(revision + 1), Kind: vigiev1.IncidentKind_INCIDENT_KIND_SPIKE,
			BrandId: "zest", Level: level, State: vigiev1.IncidentState_INCIDENT_STATE_OPEN,
			OpenedTime: timestamppb.New(noon), LevelTime: timestamppb.New(noon), ChangedTime: timestamppb.New(noon),
			Evidence: &vigiev1.Evidence{ObservedMentions: 84, MentionIds: []string{"rss:1"},
				Posts: []*vigiev1.EvidencePost{{MentionId: "rss:1", Text: `"quoted" <b>`}}},
		}
		for copy := range 2 {
			_, err := b.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectIncident, "opened", "zest"),
				ID: fmt.Sprint(revision, copy), Message: incident})
			require.NoError(t, err)
		}
	}
	for i, state := range []vigiev1.PageState{vigiev1.PageState_PAGE_STATE_SENT, vigiev1.PageState_PAGE_STATE_ACKED} {
		page := &vigiev1.Page{PageId: "p1", IncidentId: "zest@1", BrandId: "zest", Level: vigiev1.Level_LEVEL_CRISIS, State: state,
			ChangedTime: timestamppb.New(noon.Add(time.Duration(i) * time.Minute))}
		if state == vigiev1.PageState_PAGE_STATE_ACKED {
			page.AckedBy = "Camille"
		}
		_, err := b.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectPage, "sent", "slack"), ID: fmt.Sprint(i), Message: page})
		require.NoError(t, err)
	}
	bustest.Settled(t, b, bus.StoreIncidents, bus.StorePages)
	require.EqualValues(t, 3, value[uint64](t, conn, `SELECT count() FROM incident_steps`))
	require.Equal(t, "crisis", value[string](t, conn, `SELECT level FROM incidents`))
	require.Equal(t, `"quoted" <b>`, value[string](t, conn, `SELECT JSONExtractString(posts, 1, 'text') FROM incidents`))
	require.Equal(t, "acked Camille", value[string](t, conn, `SELECT concat(toString(state), ' ', acked_by) FROM pages`))
	require.True(t, noon.Equal(value[time.Time](t, conn, `SELECT sent_time FROM pages`)))
}

// What the scorer says is written whole; of a mention that it said nothing of, each
// is empty, and the story its own.
func TestWhatTheScorerSaysIsRead(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	silent, said := scored(1, 0, "silent"), scored(2, 0, "boycottez, fuyez")
	said.Risks = []*vigiev1.Risk{{RiskId: "boycott", Words: []string{"boycottez"}}, {RiskId: "injury", Words: []string{"malade", "urgences"}}}
	said.Recommendation, said.StoryId = vigiev1.Recommendation_RECOMMENDATION_WARNS, "rss:1"
	publish(t, b, silent, 0)
	publish(t, b, said, 0)
	require.Eventually(t, func() bool { return value[uint64](t, conn, "SELECT count() FROM mentions") == 2 }, 20*time.Second, 50*time.Millisecond)
	row := func(id string) string {
		return value[string](t, conn, `SELECT toString((risks, risk_words, recommendation, story_id)) FROM mentions WHERE mention_id = '`+id+`'`)
	}
	require.Equal(t, `(['boycott','injury'],['boycottez','malade','urgences'],'warns','rss:1')`, row("rss:2"))
	require.Equal(t, `([],[],'none','rss:1')`, row("rss:1"))
}
