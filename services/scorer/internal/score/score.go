// Package score owns what is said of a post, from the post alone: its language,
// the brands it concerns, what is felt and advised towards each, its topics and
// who should answer, and what may become serious. It joins the packages beside it.
//
// It is pure: no clock, no bus, no table. Live, import and replay score alike.
package score

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/language"
	"github.com/vigie-monitor/vigie/services/scorer/internal/phrase"
	"github.com/vigie-monitor/vigie/services/scorer/internal/recommendation"
	"github.com/vigie-monitor/vigie/services/scorer/internal/risk"
	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
	"github.com/vigie-monitor/vigie/services/scorer/internal/topic"
)

// Brand is what is looked for.
type Brand struct {
	ID    string
	Query *query.Query
	Pages map[string][]string // by source: handles or addresses
}

// Post is what is scored.
type Post struct {
	Source       string
	Page         string
	Author       string   // handle
	Addressed    []string // handles of pages the source says are concerned
	Site         string   // see query.Site
	Ownership    string   // as queries name them
	Kind         string
	Followers    uint64
	Title        string
	Text         string
	Language     string // ISO 639-1; "" tells it from the text
	LanguageHint string
}

// Result is what was found.
type Result struct {
	Language string
	Whole    Judgement // of the post as a whole
	Towards  []Towards // the brands it concerns; none where it concerns none
	Topics   []string
	Owner    string
}

// Judgement is what is felt and advised, and what may come of it.
type Judgement struct {
	sentiment.Verdict
	Recommendation recommendation.Recommendation
	Risks          []risk.Risk
}

// Towards is a judgement as it regards one brand.
type Towards struct {
	BrandID string
	Judgement
}

// Scorer scores posts; it is safe for concurrent use.
type Scorer struct {
	brands   []Brand
	queries  *query.Set
	pages    map[string][]int // brands by page
	taxonomy *topic.Taxonomy
	readings sync.Pool
}

// New compiles brands and topics.
func New(brands []Brand, topics []topic.Topic) (*Scorer, error) {
	s := &Scorer{brands: brands, pages: map[string][]int{}}
	queries := make([]*query.Query, len(brands))
	for i, brand := range brands {
		queries[i] = brand.Query
		for source, pages := range brand.Pages {
			for _, page := range pages {
				key := query.PageKey(source, page)
				s.pages[key] = append(s.pages[key], i)
			}
		}
	}
	s.queries = query.NewSet(queries)
	taxonomy, err := topic.New(topics)
	if err != nil {
		return nil, fmt.Errorf("score: %w", err)
	}
	s.taxonomy = taxonomy
	s.readings.New = func() any { return new(reading) }
	return s, nil
}

// version of what is decided here and in the lists of words beside: raised by hand
// when the same post would be scored otherwise.
const version = "score-3"

// Version names the rules and models that score.
func (s *Scorer) Version() string {
	return version + "+" + language.Version() + "+" + sentiment.Embedded().Version()
}

// Concerning scores a post that concerns a brand, towards each; of any other it says
// nothing.
func (s *Scorer) Concerning(post Post) Result {
	r := s.read(post)
	defer s.readings.Put(r)
	if len(r.concerned) == 0 {
		return Result{}
	}
	return s.score(r)
}

// Any scores a post, whether it concerns a brand or not, and as a whole.
func (s *Scorer) Any(post Post) Result {
	r := s.read(post)
	defer s.readings.Put(r)
	result := s.score(r)
	result.Whole = r.judge(nil, nil)
	result.assign(result.Whole)
	return result
}

// explained is how many words Explain tells of.
const explained = 8

// Explain tells which words weighed most in what is felt in the post as a whole.
func (s *Scorer) Explain(post Post) []sentiment.Reason {
	r := s.read(post)
	defer s.readings.Put(r)
	return sentiment.Embedded().Explain(r.tell(), r.document.Text(), nil, nil, explained)
}

// reading is a post being scored, in memory that is used again.
type reading struct {
	post      Post
	language  string
	document  query.Document
	phrases   phrase.Text
	concerned []int          // brands
	named     [][]query.Span // by brand concerned: where the post names it
	others    []query.Span
	risks     []risk.Risk // the text's, whoever it speaks of
}

// read finds out which brands a post concerns.
func (s *Scorer) read(post Post) *reading {
	r := s.readings.Get().(*reading)
	r.post, r.language = post, ""
	r.document.ReadPost(query.Post{
		Source: post.Source, Page: post.Page, Author: post.Author, Site: post.Site, Ownership: post.Ownership,
		Kind: post.Kind, Followers: post.Followers, Language: r.tell, Title: post.Title, Text: post.Text,
	})
	r.concerned = s.queries.MatchDocument(r.concerned[:0], &r.document)
	if len(s.pages) > 0 {
		s.addPage(r, post.Page)
		s.addPage(r, post.Author)
		for _, page := range post.Addressed {
			s.addPage(r, page)
		}
		slices.Sort(r.concerned)
	}
	return r
}

// addPage adds the brands whose page it is.
func (s *Scorer) addPage(r *reading, page string) {
	if page == "" {
		return
	}
	for _, brand := range s.pages[query.PageKey(r.post.Source, page)] {
		if !slices.Contains(r.concerned, brand) {
			r.concerned = append(r.concerned, brand)
		}
	}
}

// tell is the language of the post, told once.
func (r *reading) tell() string {
	if r.language == "" {
		r.language = r.post.Language
	}
	if r.language == "" {
		r.language = language.Detect(r.document.Text(), r.post.LanguageHint)
	}
	return r.language
}

// toldApart is towards how many brands a post is judged by where it names them: a
// list of more says of each what it says as a whole.
const toldApart = 16

func (s *Scorer) score(r *reading) Result {
	r.phrases.Read(r.document.Text())
	r.risks = risk.Find(&r.phrases)
	result := Result{Language: r.tell()}
	result.Topics, result.Owner = s.taxonomy.Of(&r.document)
	slices.Sort(result.Topics)
	apart := len(r.concerned) <= toldApart
	var j Judgement
	if apart {
		s.locate(r)
	} else {
		j = r.judge(nil, nil)
	}
	for i, brand := range r.concerned {
		if apart {
			j = r.judge(r.named[i], r.elsewhere(i))
		}
		result.assign(j)
		result.Towards = append(result.Towards, Towards{BrandID: s.brands[brand].ID, Judgement: j})
	}
	return result
}

// assign gives a post with a risk to whom the risk concerns: where a parcel has hurt
// someone, the injury is answered before the parcel.
func (r *Result) assign(j Judgement) {
	if len(j.Risks) > 0 {
		r.Owner = risk.Owner(j.Risks[0].ID)
	}
}

// locate finds where the post names each of the brands it concerns.
func (s *Scorer) locate(r *reading) {
	for len(r.named) < len(r.concerned) {
		r.named = append(r.named, nil)
	}
	for i, brand := range r.concerned {
		r.named[i] = s.queries.Spans(r.named[i][:0], &r.document, brand)
	}
}

// elsewhere is where the post names other brands than the one of an index, and
// not that one as well, in the order of the text.
func (r *reading) elsewhere(own int) []query.Span {
	r.others = r.others[:0]
	for i, spans := range r.named[:len(r.concerned)] {
		if i == own {
			continue
		}
		for _, span := range spans {
			if _, same := slices.BinarySearchFunc(r.named[own], span, inOrder); !same {
				r.others = append(r.others, span)
			}
		}
	}
	r.others = query.Merge(r.others)
	return r.others
}

// inOrder compares spans that do not overlap by where they stand.
func inOrder(a, b query.Span) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
}

// judge says what is felt and advised towards what is named by own.
func (r *reading) judge(own, others []query.Span) Judgement {
	j := Judgement{
		Verdict:        sentiment.Embedded().Judge(r.tell(), r.document.Text(), own, others),
		Recommendation: recommendation.Of(&r.phrases, own, others),
		Risks:          r.risks,
	}
	if risk.InfluencerComplains(r.post.Followers, j.Label == sentiment.Negative) {
		j.Risks = append(slices.Clip(r.risks), risk.Risk{ID: risk.Influencer})
	}
	return j
}
