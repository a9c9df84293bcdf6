package scorer_test

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/scorer"
)

type said struct {
	Error     string
	Lang      string
	Sentiment *struct {
		Label         string
		Score         float64
		Probabilities map[string]float64
	}
	Brands  []string
	Towards map[string]struct {
		Sentiment      struct{ Label string }
		Recommendation string
	}
	Topics []string
	Owner  string
	Risks  []struct {
		ID    string
		Words []string
	}
	Recommendation string
	StoryID        string `json:"story_id"`
	ModelVersion   string `json:"model_version"`
	Explain        []struct {
		Word   string
		Weight float64
	}
}

func scored(t *testing.T, stream scorer.Stream, input string) (all []said, err error) {
	t.Helper()
	stream.Config = config.Default()
	stream.Config.Brands = []config.Brand{{ID: "sncf", Query: "sncf"}, {ID: "blabla", Query: "blablacar"}}
	var out strings.Builder
	err = stream.Run(t.Context(), strings.NewReader(input), &out)
	for line := range strings.Lines(out.String()) {
		var s said
		require.NoError(t, json.Unmarshal([]byte(line), &s), line)
		all = append(all, s)
	}
	return all, err
}

func TestTextsAreAnsweredLineByLine(t *testing.T) {
	t.Parallel()
	all, err := scored(t, scorer.Stream{Input: "text"}, strings.Join([]string{
		"SNCF encore en retard, heureusement que BlaBlaCar existe",
		"",
		"I was so happy with the people at the shop today, thank you",
		"Quelle honte, boycottez cette marque, elle nous a menti pendant des années entières",
		"RT @ana: quelle honte, boycottez cette marque, elle nous a menti pendant des années entières !",
	}, "\n"))
	require.NoError(t, err)
	require.Len(t, all, 5)
	require.Equal(t, []string{"sncf", "blabla"}, all[0].Brands)
	require.Equal(t, "negative", all[0].Towards["sncf"].Sentiment.Label)
	require.Equal(t, "positive", all[0].Towards["blabla"].Sentiment.Label)
	require.Equal(t, "und", all[1].Lang)
	require.Nil(t, all[1].Sentiment)
	require.Equal(t, "en", all[2].Lang)
	require.Equal(t, "positive", all[2].Sentiment.Label)
	p := all[2].Sentiment.Probabilities
	require.InDelta(t, 1, p["negative"]+p["neutral"]+p["positive"], 1e-3)
	require.Equal(t, "boycott", all[3].Risks[0].ID)
	require.Equal(t, []string{"boycottez"}, all[3].Risks[0].Words)
	require.Equal(t, "line:4", all[3].StoryID)
	require.Equal(t, "line:4", all[4].StoryID, "a copy")
	require.NotEmpty(t, all[4].ModelVersion)
}

func TestMentionsAreReadAndABadLineKeepsNoOtherOut(t *testing.T) {
	t.Parallel()
	all, err := scored(t, scorer.Stream{Input: "ndjson"}, `{"mention_id":"x:1","text":"la SNCF","language_hint":"fr","unknown":1}
{"text":
{"text":"thank you"}`)
	require.ErrorIs(t, err, scorer.ErrUnreadable)
	require.Len(t, all, 3)
	require.Equal(t, "x:1", all[0].StoryID)
	require.Contains(t, all[1].Error, "line 2 is no mention")
	require.Equal(t, "line:3", all[2].StoryID)
}

func TestTheLanguageCanBeSaidAndTheWordsShown(t *testing.T) {
	t.Parallel()
	all, err := scored(t, scorer.Stream{Input: "text", Language: "fr", Explain: true}, "nul, scandaleux")
	require.NoError(t, err)
	require.Equal(t, "fr", all[0].Lang)
	require.NotEmpty(t, all[0].Explain)
	require.Negative(t, all[0].Explain[0].Weight)
}

// Who writes a line into the pipe and waits is answered before writing the next.
func TestAnAnswerDoesNotWaitForTheNextLine(t *testing.T) {
	t.Parallel()
	in, typed := io.Pipe()
	shown, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- scorer.Stream{Config: config.Default(), Input: "text"}.Run(t.Context(), in, out)
		_ = out.Close()
	}()
	answers := bufio.NewScanner(shown)
	for range 3 {
		_, err := io.WriteString(typed, "hello\n")
		require.NoError(t, err)
		require.True(t, answers.Scan())
		require.Contains(t, answers.Text(), `"lang":`)
	}
	require.NoError(t, typed.Close())
	require.NoError(t, <-done)
}
