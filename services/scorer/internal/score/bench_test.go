package score_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/language"
	"github.com/vigie-monitor/vigie/services/scorer/internal/phrase"
	"github.com/vigie-monitor/vigie/services/scorer/internal/recommendation"
	"github.com/vigie-monitor/vigie/services/scorer/internal/risk"
	"github.com/vigie-monitor/vigie/services/scorer/internal/score"
	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
	"github.com/vigie-monitor/vigie/services/scorer/internal/story"
	"github.com/vigie-monitor/vigie/services/scorer/internal/topic"
)

// texts are real posts in English and French where there are any, else a few.
func texts(b *testing.B) []string {
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		return []string{
			"@jetline waited two hours for my bag, nobody could tell me where it is. Never again #fail",
			"Bravo Zestaline, encore une panne ce matin et personne ne répond au téléphone… https://t.co/abc",
			"Loving the new Brightloom coat, the colours are great and it came in two days!",
			"Le Fanal : la marque Zestaline ouvre un nouveau site à Lyon et va recruter 40 personnes",
		}
	}
	var all []string
	for _, name := range []string{"airlines-2015-02-17_21", "french-media-2022"} {
		file, err := os.Open(filepath.Join(data, "replay", name+".x.ndjson"))
		require.NoError(b, err)
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var line struct{ Data struct{ Text string } }
			require.NoError(b, json.Unmarshal(lines.Bytes(), &line))
			all = append(all, line.Data.Text)
		}
		require.NoError(b, lines.Err())
	}
	return all
}

// watched are brands that every post concerns one of, among others that it does not.
func watched(b *testing.B, others int) []score.Brand {
	names := []string{"a OR e OR i OR o OR the OR le OR la OR my OR et"}
	for n := range others {
		names = append(names, fmt.Sprintf("brand%d OR \"maison %d\" OR #marque%d", n, n, n))
	}
	brands := make([]score.Brand, len(names))
	for i, name := range names {
		parsed, err := query.Parse(name)
		require.NoError(b, err)
		brands[i] = score.Brand{ID: fmt.Sprint(i), Query: parsed}
	}
	return brands
}

func taxonomy() []topic.Topic {
	var topics []topic.Topic
	for _, t := range config.Default().Topics {
		topics = append(topics, topic.Topic{ID: t.ID, Owner: t.Owner, Query: t.Query()})
	}
	return topics
}

// BenchmarkStages prints what each stage costs, on one core: posts a second, and the
// share of the time of them all.
func BenchmarkStages(b *testing.B) {
	posts := texts(b)
	scorer := func(others int) *score.Scorer {
		s, err := score.New(watched(b, others), taxonomy())
		require.NoError(b, err)
		return s
	}
	hundred, thousand := scorer(100), scorer(1000)
	topics, err := topic.New(taxonomy())
	require.NoError(b, err)
	brands := query.NewSet(queriesOf(watched(b, 100)))
	stories := story.New(72*time.Hour, 50_000)
	var document query.Document
	var phrases phrase.Text
	var found []int
	now, n := time.Now(), 0

	stages := []struct {
		name string
		do   func(text string)
	}{
		{"words", func(text string) { document.Read(text) }},
		{"brands (100)", func(text string) { document.Read(text); found = brands.MatchDocument(found[:0], &document) }},
		{"language", func(text string) { language.Detect(text, "") }},
		{"sentiment", func(text string) { sentiment.Embedded().Judge("en", text, nil, nil) }},
		{"topics", func(text string) { document.Read(text); topics.Of(&document) }},
		{"risks, advice", func(text string) {
			phrases.Read(text)
			risk.Find(&phrases)
			recommendation.Of(&phrases, nil, nil)
		}},
		{"stories", func(text string) { n++; stories.Assign(fmt.Sprint(n), now, text) }},
		{"whole, 100 brands", func(text string) { hundred.Concerning(score.Post{Text: text}) }},
		{"whole, 1,000 brands", func(text string) { thousand.Concerning(score.Post{Text: text}) }},
	}
	for _, text := range posts { // models are read at first use
		hundred.Concerning(score.Post{Text: text})
	}
	fmt.Printf("\nscorer     %8s  %s\n", "posts/s", "µs a post, on one core")
	for _, stage := range stages {
		start, done := time.Now(), 0
		for time.Since(start) < time.Second {
			for _, text := range posts {
				stage.do(text)
			}
			done += len(posts)
		}
		each := time.Since(start) / time.Duration(done)
		fmt.Printf("%-20s %9.0f  %6.1f\n", stage.name, 1/each.Seconds(), float64(each.Nanoseconds())/1000)
	}
	b.ReportMetric(0, "ns/op")
}

func queriesOf(brands []score.Brand) []*query.Query {
	queries := make([]*query.Query, len(brands))
	for i, brand := range brands {
		queries[i] = brand.Query
	}
	return queries
}
