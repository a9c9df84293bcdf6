package language_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer/internal/language"
)

// small is a folder of little text: enough to see that training works.
func small() fstest.MapFS {
	file := func(lines ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.Join(lines, "\n") + "\n")}
	}
	return fstest.MapFS{
		"en-books.txt":    file("the train is late again and nobody knows why", "we would like to thank them for their help", "what is wrong with this thing"),
		"en-mine.posts":   file("the train is so late today", "thank you for the help"),
		"fr-books.txt":    file("le train est encore en retard et personne ne sait pourquoi", "nous voudrions les remercier de leur aide", "qu'est-ce qui ne va pas avec cette chose"),
		"fr-mine.posts":   file("le train est en retard aujourd'hui", "the train is late again and nobody knows why"),
		"fr-common.words": file("le", "de", "train", "pas"),
		"nl-books.txt":    file("de trein is weer te laat en niemand weet waarom", "wij willen hen graag bedanken voor hun hulp", "wat is er mis met dit ding"),
		"hi-books.txt":    file("ट्रेन फिर से लेट है", "कोई जवाब क्यों नहीं देता", "आपकी मदद के लिए बहुत धन्यवाद"),
		"README.md":       file("not read"),
	}
}

func train(t *testing.T) (*language.Model, string) {
	t.Helper()
	sources, _, err := language.ReadSources(small())
	require.NoError(t, err)
	var log bytes.Buffer
	model, err := language.Train("test", sources, 6000, &log)
	require.NoError(t, err)
	return model, log.String()
}

func TestTrainingTellsLanguagesApart(t *testing.T) {
	t.Parallel()
	model, log := train(t)
	for text, want := range map[string]string{
		"le train est encore en retard":   "fr",
		"nobody knows what is wrong":      "en",
		"niemand weet wat er mis is":      language.Undetermined,
		"कोई मदद नहीं":                    "hi",
		"koi javab kyon nahin deta":       "hi",
		"почему никто не знает, что, как": language.Undetermined,
	} {
		require.Equal(t, want, model.Detect(text, ""), text)
	}
	require.Contains(t, log, "fr: 1 of 2 posts are in another language")
	read, err := language.ReadModel(model.Write())
	require.NoError(t, err)
	require.Equal(t, model, read)
	require.Equal(t, "test", read.Version())
}

func TestTrainingGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	first, _ := train(t)
	second, _ := train(t)
	require.True(t, bytes.Equal(first.Write(), second.Write()))
}

func TestFolderIsNamedByItsNamesAndBytes(t *testing.T) {
	t.Parallel()
	_, hash, err := language.ReadSources(small())
	require.NoError(t, err)
	same := small()
	same["README.md"].Data = []byte("other")
	_, again, err := language.ReadSources(same)
	require.NoError(t, err)
	require.Equal(t, hash, again)
	other := small()
	other["fr-books.txt"].Data[0] = 'L'
	_, changed, err := language.ReadSources(other)
	require.NoError(t, err)
	require.NotEqual(t, hash, changed)
	_, _, err = language.ReadSources(fstest.MapFS{"texts.csv": {}})
	require.ErrorContains(t, err, "fr-books.txt")
}

func TestTooManyLanguages(t *testing.T) {
	t.Parallel()
	var sources []language.Source
	for i := range 65 {
		sources = append(sources, language.Source{Language: string(rune('a'+i/26)) + string(rune('a'+i%26)), Lines: []string{"a b"}})
	}
	_, err := language.Train("test", sources, 10, io.Discard)
	require.ErrorContains(t, err, "65 languages")
}

func FuzzReadModel(f *testing.F) {
	f.Add([]byte("vigie-language-1\n"))
	f.Add([]byte("vigie-language-1\n\x04\x00\x02\x00\x00\x00\x80\x3fseeden"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := language.ReadModel(data); err != nil {
			require.ErrorIs(t, err, language.ErrModel)
		}
	})
}
