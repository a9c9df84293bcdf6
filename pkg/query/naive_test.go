package query_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// What follows reads queries and texts without the package: texts are made of
// pieces whose readings are known, queries are made as trees, and both are looked
// at in the simplest way there is.

// reading is one way to read a piece: a word, a hashtag, a handle, or a word of a
// hashtag.
type reading struct {
	sign     string // "", "#" or "@"
	folded   string
	written  string
	from, to int // first and last word of the text
	span     query.Span
}

type piece struct {
	written  string
	words    int
	readings []reading // places and spans within the piece
}

func plain(written, folded string) piece {
	return piece{written, 1, []reading{{"", folded, written, 0, 0, query.Span{To: len(written)}}}}
}

func signed(sign, written, folded string) piece {
	return piece{sign + written, 1, []reading{{sign, folded, written, 0, 0, query.Span{To: 1 + len(written)}}}}
}

var pieces = []piece{
	plain("ami", "ami"), plain("Ami", "ami"), plain("ÂMI", "ami"), plain("amical", "amical"), plain("bus", "bus"), plain("Bus", "bus"),
	plain("busard", "busard"), plain("Cœur", "coeur"), plain("don", "don"), plain("🔥", "🔥"),
	signed("#", "bus", "bus"), signed("#", "amibus", "amibus"), signed("@", "ami", "ami"), signed("@", "Busard", "busard"),
	{"#AmiBus", 2, []reading{
		{"#", "amibus", "AmiBus", 0, 1, query.Span{To: 7}}, {"", "ami", "Ami", 0, 0, query.Span{From: 1, To: 4}}, {"", "bus", "Bus", 1, 1, query.Span{From: 4, To: 7}},
	}},
	{"#DonAmical", 2, []reading{
		{"#", "donamical", "DonAmical", 0, 1, query.Span{To: 10}}, {"", "don", "Don", 0, 0, query.Span{From: 1, To: 4}},
		{"", "amical", "Amical", 1, 1, query.Span{From: 4, To: 10}},
	}},
}

// simple are those whose readings all sources know.
func simple() []piece {
	return slices.DeleteFunc(slices.Clone(pieces), func(p piece) bool { return p.words > 1 || p.written == "🔥" })
}

type story struct {
	text     string
	readings []reading
}

func randomStory(r *rand.Rand, pieces []piece) story {
	var s story
	word := 0
	for range 1 + r.IntN(8) {
		p := pieces[r.IntN(len(pieces))]
		if s.text != "" {
			s.text += []string{" ", "  ", ", ", "\n"}[r.IntN(4)]
		}
		at := len(s.text)
		s.text += p.written
		for _, reading := range p.readings {
			reading.from, reading.to = reading.from+word, reading.to+word
			reading.span = query.Span{From: reading.span.From + at, To: reading.span.To + at}
			s.readings = append(s.readings, reading)
		}
		word += p.words
	}
	return s
}

// place is where a term stands.
type place struct {
	from, to int
	span     query.Span
}

// expression is a query as a tree.
type expression struct {
	operator string // TERM, FILTER, NEAR, AND, OR, NOT
	words    []string
	sign     string
	prefix   bool
	raw      bool
	filter   string
	distance int
	ordered  bool
	operands []expression
}

var filters = []string{"lang:fr", "lang:(en OR de)", "followers:>10", "source:x", "kind:share", "author:ana", "site:b.fr", "ownership:official"}

func passes(filter string) bool {
	return slices.Contains([]string{"lang:fr", "source:x", "author:ana", "site:b.fr"}, filter)
}

var known = query.Post{Source: "x", Author: "Ana", Site: "www.a.b.fr", Kind: "post", Followers: 10, Ownership: "third_party", Language: func() string { return "fr" }}

func randomTerm(r *rand.Rand) expression {
	words := []string{"ami", "bus", "amical", "busard", "coeur", "cœur", "don", "amibus", "BUS"}
	word := func() string { return words[r.IntN(len(words))] }
	switch r.IntN(8) {
	case 0:
		return expression{operator: "TERM", words: []string{word(), word()}}
	case 1:
		return expression{operator: "TERM", words: []string{"#", "@"}[r.IntN(2):][:1], sign: "#"}.signed(r)
	case 2:
		return expression{operator: "TERM", words: []string{[]string{"ami", "bus", "ami"}[r.IntN(3)]}, sign: []string{"", "#", "@"}[r.IntN(3)], prefix: true}
	case 3:
		return expression{operator: "TERM", words: []string{word(), "a"}, prefix: true}
	case 4:
		return expression{operator: "TERM", words: []string{[]string{"Ami", "ami", "Bus", "ÂMI", "Ami Bus", "🔥"}[r.IntN(6)]}, raw: true}
	default:
		return expression{operator: "TERM", words: []string{word()}}
	}
}

func (e expression) signed(r *rand.Rand) expression {
	e.sign = []string{"#", "@"}[r.IntN(2)]
	e.words = []string{[]string{"bus", "amibus", "ami", "busard"}[r.IntN(4)]}
	return e
}

func randomGroup(r *rand.Rand) expression {
	if r.IntN(2) == 0 {
		return randomTerm(r)
	}
	return expression{operator: "OR", operands: []expression{randomTerm(r), randomTerm(r)}}
}

func randomExpression(r *rand.Rand, depth int) expression {
	if depth == 0 {
		return randomTerm(r)
	}
	switch n := r.IntN(12); {
	case n < 3:
		return randomTerm(r)
	case n == 3:
		return expression{operator: "FILTER", filter: filters[r.IntN(len(filters))]}
	case n == 4:
		return expression{operator: "NEAR", distance: 1 + r.IntN(4), ordered: r.IntN(2) == 0, operands: []expression{randomGroup(r), randomGroup(r)}}
	case n < 7:
		return expression{operator: "NOT", operands: []expression{randomExpression(r, depth-1)}}
	default:
		return expression{operator: []string{"AND", "OR"}[n%2], operands: []expression{randomExpression(r, depth-1), randomExpression(r, depth-1)}}
	}
}

func (e expression) String() string {
	switch e.operator {
	case "TERM":
		written := e.sign + strings.Join(e.words, " ")
		if e.prefix {
			written += "*"
		}
		switch {
		case e.raw:
			return `raw:"` + written + `"`
		case len(e.words) > 1:
			return `"` + written + `"`
		}
		return written
	case "FILTER":
		return e.filter
	case "NOT":
		return fmt.Sprintf("(NOT %s)", e.operands[0])
	case "NEAR":
		f := ""
		if e.ordered {
			f = "f"
		}
		return fmt.Sprintf("(%s NEAR/%d%s %s)", e.operands[0], e.distance, f, e.operands[1])
	default:
		return fmt.Sprintf("(%s %s %s)", e.operands[0], e.operator, e.operands[1])
	}
}

// places are where a term, or one of several, stands.
func (e expression) places(s story) []place {
	if e.operator == "OR" {
		return append(e.operands[0].places(s), e.operands[1].places(s)...)
	}
	if e.raw {
		return rawPlaces(strings.Fields(e.words[0]), s)
	}
	var found []place
	for _, first := range s.readings {
		found = append(found, e.from(0, first, place{first.from, first.to, first.span}, s)...)
		if glued := strings.Join(folded(e.words), ""); len(e.words) > 1 && first.sign == "#" &&
			(first.folded == glued || e.prefix && strings.HasPrefix(first.folded, glued)) {
			found = append(found, place{first.from, first.to, first.span})
		}
	}
	return found
}

func folded(words []string) []string {
	var list []string
	for _, w := range words {
		list = append(list, strings.ReplaceAll(strings.ToLower(w), "œ", "oe"))
	}
	return list
}

// from are the places where the rest of a term follows a reading of its nth word.
func (e expression) from(n int, here reading, at place, s story) []place {
	wanted, last := folded(e.words)[n], n == len(e.words)-1
	same := here.folded == wanted || last && e.prefix && strings.HasPrefix(here.folded, wanted)
	if !same || e.sign != "" && e.sign != here.sign {
		return nil
	}
	if last {
		return []place{at}
	}
	var found []place
	for _, next := range s.readings {
		if next.from == here.to+1 {
			found = append(found, e.from(n+1, next, place{at.from, next.to, query.Span{From: at.span.From, To: next.span.To}}, s)...)
		}
	}
	return found
}

// rawPlaces are where words stand as written, with nothing but white space between.
func rawPlaces(words []string, s story) []place {
	var found []place
	for _, first := range s.readings {
		if first.written != words[0] {
			continue
		}
		if len(words) == 1 {
			found = append(found, place{first.from, first.to, first.span})
			continue
		}
		for _, next := range s.readings {
			if next.from == first.to+1 && next.written == words[1] && next.sign == "" && next.span.From > first.span.To &&
				strings.TrimSpace(s.text[first.span.To:next.span.From]) == "" {
				found = append(found, place{first.from, next.to, query.Span{From: first.span.From, To: next.span.To}})
			}
		}
	}
	return found
}

func (e expression) near(s story) []place {
	var found []place
	left, right := e.operands[0].places(s), e.operands[1].places(s)
	for _, l := range left {
		for _, r := range right {
			after, before := r.from-l.to, l.from-r.to
			if after >= 1 && after <= e.distance || !e.ordered && before >= 1 && before <= e.distance {
				found = append(found, l, r)
			}
		}
	}
	return found
}

func (e expression) holds(s story) bool {
	switch e.operator {
	case "TERM":
		return len(e.places(s)) > 0
	case "FILTER":
		return passes(e.filter)
	case "NEAR":
		return len(e.near(s)) > 0
	case "AND":
		return e.operands[0].holds(s) && e.operands[1].holds(s)
	case "OR":
		return e.operands[0].holds(s) || e.operands[1].holds(s)
	default:
		return !e.operands[0].holds(s)
	}
}

// shown are where the terms stand that make it match.
func (e expression) shown(s story) []place {
	switch {
	case e.operator == "TERM":
		return e.places(s)
	case e.operator == "NEAR":
		return e.near(s)
	case e.operator == "FILTER" || e.operator == "NOT" || !e.holds(s):
		return nil
	default:
		return append(e.operands[0].shown(s), e.operands[1].shown(s)...)
	}
}

func joined(places []place) []query.Span {
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.span.From, b.span.From) })
	var spans []query.Span
	for _, p := range places {
		if n := len(spans); n > 0 && p.span.From < spans[n-1].To {
			spans[n-1].To = max(spans[n-1].To, p.span.To)
			continue
		}
		spans = append(spans, p.span)
	}
	return spans
}

// The compiled set answers what a naive reading of each query answers, and shows
// the same places, on random queries and texts.
func TestTheSetEqualsANaiveEvaluator(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	matched, refused := 0, 0
	for round := range 10_000 {
		var queries []*query.Query
		var naive []expression
		for len(queries) < 5 {
			e := randomExpression(r, 3)
			q, err := query.Parse(e.String())
			if err != nil {
				require.ErrorContains(t, err, "nearly everything", e)
				refused++
				continue
			}
			queries, naive = append(queries, q), append(naive, e)
		}
		s := randomStory(r, pieces)
		post := known
		post.Text = s.text
		var document query.Document
		document.ReadPost(post)
		set := query.NewSet(queries)
		got := set.MatchDocument(nil, &document)
		for i, e := range naive {
			require.Equal(t, e.holds(s), slices.Contains(got, i), "seed %d round %d: %s ~ %q", seed, round, e, s.text)
			spans := set.Spans(nil, &document, i)
			if e.holds(s) {
				matched++
				require.Equal(t, joined(e.shown(s)), spans, "seed %d round %d: %s ~ %q", seed, round, e, s.text)
			} else {
				require.Empty(t, spans)
			}
		}
	}
	require.Greater(t, matched, 10_000)
	require.Greater(t, refused, 500)
}

// What is searched for at a source, and the query without its filters, find all
// that the query matches.
func TestWhatIsSearchedForLosesNothing(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 2))
	matched, unsaid := 0, 0
	for range 20_000 {
		e := randomExpression(r, 3)
		q, err := query.Parse(e.String())
		if err != nil {
			continue
		}
		s := randomStory(r, simple())
		if !e.holds(s) {
			continue
		}
		matched++
		require.Len(t, query.NewSet([]*query.Query{q.Words()}).Match(nil, s.text), 1, "seed %d: %s ~ %q", seed, e, s.text)
		for source, compile := range map[string]func() ([]string, error){"reddit": q.RedditSearches, "mastodon": q.MastodonSearches} {
			searches, err := compile()
			if err != nil {
				require.ErrorContains(t, err, "whole words", e)
				unsaid++
				continue
			}
			if strings.Contains(e.String(), "source:") {
				continue // the post is one of X
			}
			require.True(t, slices.ContainsFunc(searches, func(search string) bool { return finds(t, search, s) }),
				"seed %d: %s has %s, and %q is found by none of %q", seed, source, e, s.text, searches)
		}
	}
	require.Greater(t, matched, 2000)
	require.Greater(t, unsaid, 50)
}

// finds reads a search as the help of these sites says: words and "phrases" side by
// side, OR, parentheses.
func finds(t *testing.T, search string, s story) bool {
	t.Helper()
	words := " "
	for _, r := range s.readings {
		words += r.folded + " "
	}
	rest := search
	var alternatives func() bool
	operand := func() bool {
		switch rest[0] {
		case '(':
			rest = rest[1:]
			held := alternatives()
			require.True(t, strings.HasPrefix(rest, ")"), search)
			rest = rest[1:]
			return held
		case '"':
			phrase, after, closed := strings.Cut(rest[1:], `"`)
			require.True(t, closed, search)
			rest = after
			return strings.Contains(words, " "+phrase+" ")
		default:
			end := strings.IndexAny(rest+" ", ` ()"`)
			word := rest[:end]
			rest = rest[end:]
			require.NotEmpty(t, word, search)
			return strings.Contains(words, " "+word+" ")
		}
	}
	alternatives = func() bool {
		any, all := false, operand()
		for strings.HasPrefix(rest, " ") {
			rest = rest[1:]
			if after, or := strings.CutPrefix(rest, "OR "); or {
				any, rest = any || all, after
				all = operand()
				continue
			}
			all = operand() && all
		}
		return any || all
	}
	held := alternatives()
	require.Empty(t, rest, search)
	return held
}
