package export_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/clickhouse/clickhousetest"
	"github.com/vigie-monitor/vigie/services/store"
)

// tables are a database of the test's own, with the store's tables and a config
// that names it.
type tables struct {
	t    *testing.T
	conn driver.Conn
	cfg  *config.Config
}

func newTables(t *testing.T) tables {
	t.Helper()
	db := clickhousetest.Database(t)
	cfg := config.Default()
	cfg.ClickHouse.Addr, cfg.ClickHouse.Database = db.Addr, db.Database
	cfg.Brands = []config.Brand{
		{ID: "acme", Name: "Acme", Competitors: []string{"globex", "initech"}},
		{ID: "globex", Name: "Globex", Query: "globex"},
		{ID: "initech", Name: "Initech"},
		{ID: "hooli", Name: "Hooli"},
	}
	cfg.Topics = []config.Topic{{ID: "delivery", Owner: "customer_care"}, {ID: "price", Owner: "sales"}, {ID: "people", Owner: "hr"}}
	require.NoError(t, store.Migrate(t.Context(), cfg))
	return tables{t, db.Open(t), cfg}
}

// row is a row of mention_revisions, as the store writes it.
type row struct {
	brand, id string
	revision  uint64
	deleted   uint8
	source    string
	ownership string
	author    string
	followers uint64
	likes     uint64
	sentiment string
	topics    []string
	published time.Time

	risks, words   []string
	recommendation string
	story          string // "" before stories were told

	url, title, text, handle, name string

	named map[string]string // in the text, by kind of name
}

// named is what mentions say of whom and of what. Of it the brands' own names count for
// nothing.
func named(n int) (text string, who map[string]string) {
	towns := strings.Fields("Lyon Nantes Lille Rennes Bordeaux Toulouse Grenoble Strasbourg Marseille Dijon Brest Tours Caen")
	town := towns[min(n%17, n%5+8, len(towns)-1)]
	switch n % 4 {
	case 0:
		return "on a vu Camille Durand à " + town, map[string]string{"Camille Durand": "Person", town: "Place"}
	case 1:
		return "la CGT attend à " + town, map[string]string{"CGT": "Organisation", town: "Place"}
	case 2:
		return "le Groupe Globex parle de rachat par M. Acme", nil
	default:
		return "rien de neuf", nil
	}
}

const insertRows = `INSERT INTO mention_revisions (brand_id, mention_id, revision, is_deleted, source, ownership, kind, origin,
	author_id, author_handle, author_name, followers, likes, shares, replies, sentiment, sentiment_score, topics, owner,
	url, title, text, language, published_time, collected_time, scored_time, risks, risk_words, recommendation, story_id)`

func (t tables) insert(rows ...row) {
	t.t.Helper()
	batch, err := t.conn.PrepareBatch(context.Background(), insertRows)
	require.NoError(t.t, err)
	for _, r := range rows {
		owner := ""
		if len(r.topics) > 0 {
			owner = "customer_care"
		}
		require.NoError(t.t, batch.Append(r.brand, r.id, r.revision, r.deleted, r.source, r.ownership, "post", "live",
			r.author, r.handle, r.name, r.followers, r.likes, r.likes/2, uint64(1), r.sentiment, float32(-0.25), r.topics, owner,
			r.url, r.title, r.text, "fr", r.published, r.published, r.published, r.risks, r.words, cmp.Or(r.recommendation, "none"), r.story))
	}
	require.NoError(t.t, batch.Send())
}

// twice inserts every row twice, in any order, in several inserts: what delivery
// at least once does.
func (t tables) twice(r *rand.Rand, rows []row) {
	t.t.Helper()
	all := append(append([]row{}, rows...), rows...)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for third := len(all)/3 + 1; len(all) > 0; all = all[min(third, len(all)):] {
		t.insert(all[:min(third, len(all))]...)
	}
}

// invent makes up rows from ten days before a week to three days after it:
// mentions of four brands, each in one to three revisions, some deleted, some at
// the very first and last moment of the week.
func invent(r *rand.Rand, from, to time.Time, mentions int) []row {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	begin, length := from.AddDate(0, 0, -10), to.Sub(from)+13*24*time.Hour
	edges := []time.Time{from, from.Add(-time.Millisecond), to.Add(-time.Millisecond), to, from.AddDate(0, 0, -7)}
	var rows []row
	for n := range mentions {
		published := begin.Add(time.Duration(r.Int64N(int64(length)))).Truncate(time.Millisecond)
		if n < 4*len(edges) {
			published = edges[n%len(edges)]
		}
		says, who := named(n)
		mention := row{
			brand: pick("acme", "acme", "globex", "initech", "hooli"), id: fmt.Sprintf("s:%d", n),
			source: pick("bluesky", "x", "rss", "mastodon"), ownership: pick("official", "third_party", "third_party"),
			published: published, named: who, author: fmt.Sprintf("a%d", r.IntN(60)), text: fmt.Sprintf("mention %d : %s", n, says),
		}
		if r.IntN(20) == 0 {
			mention.author = "" // a feed that names no author
		}
		for revision := range 1 + r.IntN(3) {
			edited := mention
			edited.revision = uint64(revision + 1)
			edited.followers, edited.likes = uint64(r.IntN(5000)), uint64(r.IntN(300))
			edited.sentiment = pick("negative", "negative", "neutral", "positive", "none")
			edited.topics = [][]string{{}, {"delivery"}, {"price"}, {"delivery", "price"}}[r.IntN(4)]
			edited.risks = [][]string{nil, nil, {"boycott"}, {"recall", "boycott"}, {"recall", "recall"}}[r.IntN(5)]
			edited.words = [][]string{{"boycottez"}, {"Boycottez", "boycottez", "rappel"}, {"rappel"}, {"lot 7", "a", "b", "c", "d", "e"}}[r.IntN(4)]
			edited.recommendation = pick("none", "none", "recommends", "warns")
			edited.story = pick("", fmt.Sprintf("t%d", r.IntN(90)))
			rows = append(rows, edited)
		}
		if r.IntN(15) == 0 {
			rows = append(rows, row{
				brand: mention.brand, id: mention.id, revision: 1<<64 - 1, deleted: 1, source: mention.source,
				ownership: mention.ownership, sentiment: "none", topics: []string{}, published: published,
			})
		}
	}
	return rows
}

// standing are the rows that count: of each mention of each brand the newest
// revision, unless it says that the mention is deleted.
func standing(rows []row) []row {
	newest := map[[2]string]row{}
	for _, r := range rows {
		key := [2]string{r.brand, r.id}
		if r.revision > newest[key].revision {
			newest[key] = r
		}
	}
	var list []row
	for _, r := range newest {
		if r.deleted == 0 {
			list = append(list, r)
		}
	}
	return list
}

// step is a row of incident_revisions.
type step struct {
	id       string
	revision uint64
	kind     string
	brand    string
	source   string
	level    string
	opened   time.Time
	leveled  time.Time
	resolved *time.Time
	observed uint64
}

func (t tables) insertSteps(steps ...step) {
	t.t.Helper()
	batch, err := t.conn.PrepareBatch(context.Background(), `INSERT INTO incident_revisions (incident_id, revision, kind, brand_id, source,
		page, level, state, opened_time, level_time, resolved_time, changed_time, window_from, window_to, observed_mentions,
		expected_mentions, observed_negative, expected_negative)`)
	require.NoError(t.t, err)
	for range 2 { // delivered twice
		for _, s := range steps {
			state, changed := "open", s.leveled
			if s.resolved != nil {
				state, changed = "resolved", *s.resolved
			}
			require.NoError(t.t, batch.Append(s.id, s.revision, s.kind, s.brand, s.source, "", s.level, state, s.opened, s.leveled,
				s.resolved, changed, s.opened, s.leveled, s.observed, 6.5, s.observed/2, 2.25))
		}
	}
	require.NoError(t.t, batch.Send())
}

func (t tables) insertPage(id, incident, brand, level, state, ackedBy string, at time.Time) {
	t.t.Helper()
	for range 2 { // delivered twice
		require.NoError(t.t, t.conn.Exec(context.Background(), `INSERT INTO page_events
			(page_id, incident_id, brand_id, level, state, changed_time, acked_by, person_id, channel) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, incident, brand, level, state, at.UTC(), ackedBy, "lea", "slack"))
	}
}
