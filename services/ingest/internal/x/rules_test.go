package x

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
)

// values are the rules now at X, sorted.
func (a *aviary) values() []string {
	var values []string
	for _, r := range a.api.Rules() {
		values = append(values, r.Value)
	}
	slices.Sort(values)
	return values
}

func TestTheRulesFollowTheBrands(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	client := newAPI(a.config, a.client)
	_, err := client.addRules(t.Context(), []rule{
		{Value: "ancienne marque", Tag: "vigie:old"}, {Value: "chats", Tag: "somebody else's"}, {Value: "from:oasisfr OR @oasisfr"},
	})
	require.NoError(t, err)

	t.Log("what is missing is added, what is ours and stale deleted, what is another's left alone")
	_, _, stop := a.start()
	a.streaming()
	require.Equal(t, []string{"chats", "from:oasisfr OR @oasisfr", `oasis OR "l'eau pétillante" OR "l'eau petillante" OR #leaupetillante OR #leaupétillante`}, a.values())
	for _, r := range a.api.Rules() {
		if strings.HasPrefix(r.Value, "oasis") {
			require.Equal(t, "vigie:oasis", r.Tag)
		}
	}

	t.Log("a brand is added while the stream is open")
	a.Watch(t, brand, config.Brand{ID: "telemur", Query: "télémur"})
	sourcetest.Eventually(t, "its rule", func() bool { return slices.Contains(a.values(), "télémur OR telemur") })
	a.api.Show(said("Télémur est en panne"), said("telemur est en panne"))
	a.eventually(2)

	t.Log("and one is taken away")
	a.Watch(t, config.Brand{ID: "telemur", Query: "télémur"})
	sourcetest.Eventually(t, "its rules are gone", func() bool { return len(a.api.Rules()) == 3 })
	require.Equal(t, []string{"chats", "from:oasisfr OR @oasisfr", "télémur OR telemur"}, a.values(), "a rule that is not tagged as ours stays")
	require.Equal(t, 1, streams(a), "X needs no new connection for that")

	t.Log("nothing is changed where nothing has to be")
	stop()
	a.start()
	a.streaming()
	var posts int
	for _, r := range a.api.Requests()[1:] { // the first is the test's own
		if strings.HasPrefix(r.Endpoint, http.MethodPost) {
			posts++
		}
	}
	require.LessOrEqual(t, posts, 5)
}

// TestARuleThatXRefusesCostsItself: X refuses all the rules of a request for one.
func TestARuleThatXRefusesCostsItself(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	c := a.connector()
	var log bytes.Buffer
	err := c.synchronise(t.Context(), wish{rules: []rule{
		{Value: "oasis", Tag: "vigie:a"}, {Value: "-seul", Tag: "vigie:b"}, {Value: "bio:chef", Tag: "vigie:c"}, {Value: "télémur", Tag: "vigie:d"},
	}}, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	require.Equal(t, []string{"oasis", "télémur"}, a.values())
	require.Contains(t, log.String(), "positive")
	require.Contains(t, log.String(), "bio:chef")
}

func TestWishes(t *testing.T) {
	t.Parallel()
	var words []string
	for i := range 300 {
		words = append(words, fmt.Sprint("produit", i))
	}
	in, err := source.NewInterests([]config.Brand{
		{ID: "a", Query: "oasis NOT (désert OR groupe)", Pages: map[string][]string{"x": {"@OasisFR", "not a handle!", "Oasis_UK"}, "rss": {"x"}}},
		{ID: "b", Query: "oasis NOT (désert OR groupe)"},
		{ID: "c", Query: strings.Join(words, " OR ")},
		{ID: "d", Query: strings.Repeat("mot ", 400)},
	})
	require.NoError(t, err)
	var log bytes.Buffer
	w := wishes(in, slog.New(slog.NewTextHandler(&log, nil)))
	require.Equal(t, rule{Value: "oasis -désert -desert -groupe", Tag: "vigie:a"}, w.rules[0])
	require.Equal(t, rule{Value: "from:oasisfr OR @oasisfr OR from:oasis_uk OR @oasis_uk", Tag: "vigie:a"}, w.rules[1])
	require.Equal(t, "vigie:c", w.rules[2].Tag, "the same rule is asked for once")
	require.Greater(t, len(w.rules), 4, "a long query becomes several rules")
	for _, r := range w.rules {
		require.LessOrEqual(t, len(r.Value), maxRule)
	}
	for _, q := range w.queries {
		require.LessOrEqual(t, len(q), maxQuery)
	}
	require.Contains(t, w.queries[0], "from:oasisfr OR @oasisfr")
	require.Contains(t, log.String(), "brand=d", "a brand that cannot be seen is told")
	require.Contains(t, log.String(), "not a handle!")
}

func TestRulesOfBrandsThatXCannotExpressAreNoReasonToStop(t *testing.T) {
	t.Parallel()
	a := newAviary(t, config.Brand{ID: "d", Query: strings.Repeat("mot ", 400)})
	_, sink, _ := a.start()
	sourcetest.Eventually(t, "it says so", func() bool { return strings.Contains(a.detail(sink), "nothing to watch") })
	a.Watch(t, brand)
	a.streaming()
}

func TestXForgetsTheRules(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.start()
	a.streaming()
	client := newAPI(a.config, a.client)
	rules, err := client.rules(t.Context())
	require.NoError(t, err)
	require.NoError(t, client.deleteRules(t.Context(), rules))
	a.api.Break()
	sourcetest.Eventually(t, "they are back", func() bool { return len(a.api.Rules()) == 2 && a.api.Streams() == 1 })
}
