package sentiment_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
)

func score(model *sentiment.Model, text string) (sentiment.Label, float32) {
	var document query.Document
	document.Read(text)
	return model.Score(&document)
}

func TestPlainWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, text string
		want           sentiment.Label
	}{
		{"en", "worst service ever, I hate this", sentiment.Negative},
		{"en", "I love it, thank you so much, amazing!", sentiment.Positive},
		{"en", "The store opens on Monday at nine", sentiment.Neutral},
		{"fr", "Quelle honte, un scandale", sentiment.Negative},
		{"fr", "Bravo et merci, c'est une bonne nouvelle", sentiment.Positive},
	} {
		label, score := score(sentiment.Embedded(c.language), c.text)
		require.Equal(t, c.want, label, "%s (%.2f)", c.text, score)
	}
}

func TestTrainingIsReproducible(t *testing.T) {
	t.Parallel()
	data := "label\ttext\n" + strings.Repeat("negative\tbad bad day\npositive\tgood good day\nneutral\tjust a day\nmixed\tpassed over\n", 20)
	train := func() []byte {
		examples, _, err := sentiment.ReadExamples(strings.NewReader(data))
		require.NoError(t, err)
		require.Len(t, examples, 60)
		return sentiment.Train("test", examples).Write()
	}
	first := train()
	require.Equal(t, first, train())
	model, err := sentiment.Read(first)
	require.NoError(t, err)
	label, _ := score(model, "a bad one")
	require.Equal(t, sentiment.Negative, label)
}

// Macro-recall on validation splits the models were not trained on. The floors
// are what was measured, rounded down: they hold the line, they are no target.
func TestValidation(t *testing.T) {
	t.Parallel()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: the validation splits are not there")
	}
	for _, c := range []struct {
		language, file string
		floor          float64
	}{
		{"en", "validation/en-tweeteval.tsv", 0.64},
		{"fr", "validation/fr-umsab.tsv", 0.56},
		{"en", "evaluate-only/en-sanders.tsv", 0.55},
	} {
		file, err := os.Open(filepath.Join(data, "sentiment", c.file))
		require.NoError(t, err)
		defer file.Close()
		examples, _, err := sentiment.ReadExamples(file)
		require.NoError(t, err)
		recall := macroRecall(sentiment.Embedded(c.language), examples)
		t.Logf("%s: macro-recall %.3f on %d posts", c.file, recall, len(examples))
		require.Greater(t, recall, c.floor, c.file)
	}
}

func macroRecall(model *sentiment.Model, examples []sentiment.Example) float64 {
	var right, all [3]float64
	for _, example := range examples {
		all[example.Label]++
		if label, _ := score(model, example.Text); label == example.Label {
			right[example.Label]++
		}
	}
	return (right[0]/all[0] + right[1]/all[1] + right[2]/all[2]) / 3
}
