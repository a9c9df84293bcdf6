package e2e_test

import (
	"cmp"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
	"github.com/vigie-monitor/vigie/services/store"
)

// boardMention is a row of the small world that the dashboard is shown; minute is
// counted from the beginning of the hour on show.
type boardMention struct {
	brand, id string
	revision  uint64
	deleted   uint8
	minute    int
	source    string
	ownership string
	kind      string
	sentiment string
	topics    []string
	author    string
	followers uint64
	likes     uint64
	language  string
	owner     string
	url       string
}

const (
	boardWeek      = 7 * 24 * 60 // minutes
	boardTombstone = 1<<64 - 1
)

// boardMentions are all revisions, the older ones too. What counts is the newest
// of each, unless it is deleted.
var boardMentions = []boardMention{
	// An angry post: edited since, and about two brands.
	{"acme", "x:1", 1, 0, 5, "x", "third_party", "post", "positive", []string{"price"}, "ana", 900, 1, "fr", "sales", "https://x.example/1"},
	{"acme", "x:1", 2, 0, 5, "x", "third_party", "post", "negative", []string{"delivery"}, "ana", 1000, 5, "fr", "customer_care", "https://x.example/1"},
	{"globex", "x:1", 2, 0, 5, "x", "third_party", "post", "negative", []string{"delivery"}, "ana", 1000, 5, "fr", "customer_care", "https://x.example/1"},
	{"acme", "b:2", 1, 0, 12, "bluesky", "third_party", "comment", "negative", []string{"price"}, "bob", 50, 30, "en", "sales", "javascript:alert(1)"},
	{"acme", "x:3", 1, 0, 20, "x", "third_party", "post", "positive", []string{"delivery", "price"}, "ana", 1100, 2, "fr", "customer_care", ""},
	{"acme", "r:4", 1, 0, 31, "rss", "third_party", "article", "neutral", nil, "", 0, 0, "fr", "", ""},
	{"acme", "x:5", 1, 0, 45, "x", "third_party", "post", "none", nil, "kim", 10, 0, "ja", "", ""},
	// Deleted by its author: counted nowhere.
	{"acme", "x:6", 1, 0, 15, "x", "third_party", "post", "negative", []string{"delivery"}, "tom", 9_000_000, 900, "fr", "pr", ""},
	{"acme", "x:6", boardTombstone, 1, 15, "x", "third_party", "post", "none", nil, "", 0, 0, "", "", ""},
	// The brand says sorry on its own page: counted, but nobody answers it.
	{"acme", "x:7", 1, 0, 33, "x", "official", "post", "negative", nil, "acme", 5000, 1, "fr", "pr", ""},
	{"globex", "x:8", 1, 0, 10, "x", "third_party", "post", "positive", []string{"price"}, "eva", 20, 0, "en", "sales", ""},
	// Before the hour, and a week earlier.
	{"acme", "x:9", 1, 0, -10, "x", "third_party", "post", "negative", nil, "ana", 1000, 0, "fr", "", ""},
	{"acme", "x:10", 1, 0, 5 - boardWeek, "x", "third_party", "post", "neutral", nil, "ana", 800, 0, "fr", "", ""},
	{"acme", "b:11", 1, 0, 15 - boardWeek, "bluesky", "third_party", "post", "negative", nil, "bob", 50, 0, "en", "", ""},
	{"globex", "x:12", 1, 0, 15 - boardWeek, "x", "third_party", "post", "positive", nil, "eva", 20, 0, "en", "", ""},
	{"acme", "x:13", 1, 0, 25 - boardWeek, "x", "third_party", "post", "negative", nil, "tom", 7, 0, "en", "", ""},
	{"acme", "x:13", boardTombstone, 1, 25 - boardWeek, "x", "third_party", "post", "none", nil, "", 0, 0, "", "", ""},
}

// boardSigns is what the scorer found in a text.
type boardSigns struct {
	story          string
	risks, words   []string
	recommendation string
}

// boardFound are the signs of some revisions, by brand, mention and revision; the
// others have none, and are stories of their own. Two stories are copied: one at
// three sources and once more in a post that was deleted, one at X.
var boardFound = map[string]boardSigns{
	"acme x:1 1":   {"s1", []string{"leak"}, []string{"fuite"}, "recommends"}, // before it was edited
	"acme x:1 2":   {"s1", []string{"boycott", "influencer"}, []string{"boycottez", "abonnés"}, "warns"},
	"globex x:1 2": {"s1", []string{"boycott"}, []string{"boycottez"}, "recommends"},
	"acme b:2 1":   {"s1", []string{"boycott", "boycott"}, []string{"Boycottez", "boycottez"}, "warns"},
	"acme x:3 1":   {"s2", nil, nil, "none"},
	"acme r:4 1":   {"s1", []string{"recall"}, []string{"rappel"}, "warns"}, // nobody knows who
	"acme x:5 1":   {"s2", nil, nil, "recommends"},
	"acme x:6 1":   {"s1", []string{"injury"}, []string{"blessé"}, "warns"},
	"acme x:7 1":   {"", []string{"recall"}, []string{"rappelons"}, "recommends"}, // the brand itself
	"globex x:8 1": {"", nil, nil, "recommends"},
	"acme x:9 1":   {"s1", []string{"strike"}, []string{"grève"}, "warns"}, // before the hour
}

// boardWorld is a database with the small world in it, every row delivered twice.
type boardWorld struct {
	database clickhousetest.Config
	conn     driver.Conn
	hour     time.Time // the beginning of what is shown
}

func newBoardWorld(t *testing.T) boardWorld {
	t.Helper()
	w := boardWorld{database: clickhousetest.Database(t), hour: time.Now().UTC().Truncate(time.Hour).Add(-2 * time.Hour)}
	w.conn = w.database.Open(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = w.database.Addr, w.database.Database
	require.NoError(t, store.Migrate(t.Context(), cfg))
	for range 2 {
		w.insertMentions(t)
		w.insertIncidents(t)
		w.insertPages(t)
	}
	return w
}

func (w boardWorld) at(minute int) time.Time { return w.hour.Add(time.Duration(minute) * time.Minute) }

func (w boardWorld) insert(t *testing.T, statement string, rows ...[]any) {
	t.Helper()
	batch, err := w.conn.PrepareBatch(context.Background(), statement)
	require.NoError(t, err)
	for _, row := range rows {
		require.NoError(t, batch.Append(row...))
	}
	require.NoError(t, batch.Send())
}

func (w boardWorld) insertMentions(t *testing.T) {
	t.Helper()
	rows := make([][]any, len(boardMentions))
	for i, m := range boardMentions {
		at := w.at(m.minute)
		found := boardFound[fmt.Sprintf("%s %s %d", m.brand, m.id, m.revision)]
		rows[i] = []any{m.brand, m.id, m.revision, m.deleted, m.source, m.ownership, m.kind, "live", m.sentiment, m.topics,
			m.author, m.author, m.followers, m.likes, m.language, m.owner, m.url, fmt.Sprintf("words of %s", m.id), at, at, at,
			found.risks, found.words, cmp.Or(found.recommendation, "none"), found.story}
	}
	w.insert(t, `INSERT INTO mention_revisions (brand_id, mention_id, revision, is_deleted, source, ownership, kind, origin, sentiment,
		topics, author_id, author_handle, followers, likes, language, owner, url, text, published_time, collected_time, scored_time,
		risks, risk_words, recommendation, story_id)`, rows...)
}

// insertIncidents: a crisis of Acme that goes on, praise of it that spreads, an alert of Globex that is over,
// a source that cannot be seen, one that can again.
func (w boardWorld) insertIncidents(t *testing.T) {
	t.Helper()
	over := w.at(50)
	step := func(id string, revision uint64, kind, brand, source, level string, opened, leveled int, resolved *time.Time, observed uint64) []any {
		state, changed := "open", w.at(leveled)
		if resolved != nil {
			state, changed = "resolved", *resolved
		}
		return []any{id, revision, kind, brand, source, level, state, w.at(opened), w.at(leveled), resolved, changed,
			observed, 6.5, observed / 2, 2.25, "restart it"}
	}
	w.insert(t, `INSERT INTO incident_revisions (incident_id, revision, kind, brand_id, source, level, state, opened_time, level_time,
		resolved_time, changed_time, observed_mentions, expected_mentions, observed_negative, expected_negative, detail)`,
		step("acme@1", 1, "spike", "acme", "", "watch", 20, 20, nil, 20),
		step("acme@1", 2, "spike", "acme", "", "alert", 20, 24, nil, 40),
		step("acme@1", 3, "spike", "acme", "", "crisis", 20, 29, nil, 84),
		step("acme@2", 1, "opportunity", "acme", "", "watch", 40, 40, nil, 60),
		step("globex@1", 1, "spike", "globex", "", "alert", 30, 30, nil, 30),
		step("globex@1", 2, "spike", "globex", "", "alert", 30, 30, &over, 3),
		step("rss@1", 1, "blind_source", "", "rss", "alert", 10, 10, nil, 0),
		step("x@1", 1, "blind_source", "", "x", "alert", 10, 10, &over, 0),
	)
}

// insertPages: one page of the crisis was taken in charge, one never left. The crisis was
// worth an alert, in the end.
func (w boardWorld) insertPages(t *testing.T) {
	t.Helper()
	w.insert(t, `INSERT INTO page_events (page_id, incident_id, brand_id, level, person_id, channel, state, changed_time, delay_seconds, error, acked_by)`,
		[]any{"p1", "acme@1", "acme", "crisis", "lea", "slack", "sent", w.at(29), 0.8, "", ""},
		[]any{"p1", "acme@1", "acme", "crisis", "lea", "slack", "acked", w.at(33), 240.0, "", "Léa"},
		[]any{"p2", "globex@1", "globex", "alert", "max", "smtp", "failed", w.at(31), 0.0, "mailbox full", ""},
	)
	w.insert(t, `INSERT INTO verdict_events (incident_id, level, person_id, said_by, said_time)`,
		[]any{"acme@1", "crisis", "lea", "Léa", w.at(40)},
		[]any{"acme@1", "alert", "lea", "Léa", w.at(50)},
	)
}
