package language_test

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer/internal/language"
)

func TestHintsDecideShortTextsAndGiveWayToLongOnes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, hint, want string }{
		{"Le service client ne répond pas depuis hier", "", "fr"},
		{"Le service client ne répond pas depuis hier", "en", "fr"},
		{"Le service client ne répond pas depuis hier", "ja", "fr"},
		{"They never answer the phone and I am tired of it", "fr-FR", "en"},
		{"Zestaline !!!", "", language.Undetermined},
		{"Zestaline !!!", "fr", "fr"},
		{"Zestaline !!!", "fr-CA", "fr"},
		{"Zestaline !!!", "FR", "fr"},
		{"Zestaline !!!", "fr_FR", "fr"},
		{"Zestaline !!!", "ja", language.Undetermined},
		{"Zestaline !!!", "und", language.Undetermined},
		{"", "", language.Undetermined},
		{"😡😡😡 @telemur https://example.org/le-service-client", "", language.Undetermined},
		{"😡😡😡 @telemur https://example.org/le-service-client", "fr", "fr"},
		{"日本が好きです", "ja", language.Undetermined},
		{"日本が好きです", "fr", language.Undetermined},
		{"日本が好きです #iPhone", "en", language.Undetermined},
		{"#السودان #sudan شقيقة بيونسيه تتصدر", "", "ar"},
		{"Ｌe train", "zz-!", language.Undetermined},
		{"𝗟𝗲 𝘀𝗲𝗿𝘃𝗶𝗰𝗲 𝗰𝗹𝗶𝗲𝗻𝘁 𝗻𝗲 𝗿𝗲́𝗽𝗼𝗻𝗱 𝗽𝗮𝘀", "", "fr"},
		{"Nooooooon c'est paaaaaas vraiiiiii", "", "fr"},
		{"Le train de\u0301ja\u0300 supprime\u0301 hier", "", "fr"},
	} {
		require.Equal(t, c.want, language.Detect(c.text, c.hint), "%s (%s)", c.text, c.hint)
	}
}

// Posts written for this test, as people write them: short, without accents,
// with slips.
func TestPostsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	wrong := 0
	for _, post := range readPosts(t, "testdata/known.tsv") {
		if got := language.Detect(post.text, ""); got != post.label {
			wrong++
			t.Logf("%s taken for %s: %s", post.label, got, post.text)
		}
	}
	require.LessOrEqual(t, wrong, 2)
}

func TestOtherLanguagesAreNotGuessed(t *testing.T) {
	t.Parallel()
	wrong := 0
	for _, post := range readPosts(t, "testdata/others.tsv") {
		if got := language.Detect(post.text, ""); got != language.Undetermined {
			wrong++
			t.Logf("%s taken for %s: %s", post.label, got, post.text)
		}
	}
	require.LessOrEqual(t, wrong, 2)
}

type post struct{ label, text string }

// readPosts reads lines "label<TAB>text".
func readPosts(t testing.TB, name string) []post {
	t.Helper()
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	var posts []post
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		label, text, found := strings.Cut(lines.Text(), "\t")
		require.True(t, found, "%s: %s", name, lines.Text())
		posts = append(posts, post{label, text})
	}
	require.NoError(t, lines.Err())
	require.NotEmpty(t, posts)
	return posts
}

func hostile() map[string]string {
	return map[string]string{
		"one letter":       strings.Repeat("a", 1<<20),
		"many letters":     strings.Repeat("abcdefghijklmnopqrstuvwxyz", 1<<15),
		"words":            strings.Repeat("le train est en retard ", 1<<15),
		"hashtags":         strings.Repeat("#a ", 10_000),
		"addresses":        strings.Repeat("http://a.example ", 1<<16),
		"accents":          "e" + strings.Repeat("\u0301", 1<<19),
		"marks of Hindi":   strings.Repeat("\u093f", 1<<18),
		"right to left":    strings.Repeat("\u202e", 1<<18),
		"nothing":          strings.Repeat("\x00", 1<<20),
		"no UTF-8":         strings.Repeat("\xff", 1<<20),
		"many ideographs":  strings.Repeat("日", 1<<18),
		"apostrophes":      strings.Repeat("'", 1<<20),
		"a word of quotes": "a" + strings.Repeat("’", 1<<18),
	}
}

// A megabyte costs no more than the part that is read: the benchmark of hostile
// texts prints what that is.
func TestOfAHostileTextThePartThatIsReadDecides(t *testing.T) {
	t.Parallel()
	for name, text := range hostile() {
		require.Equal(t, language.Detect(text[:min(len(text), 32<<10)], "fr"), language.Detect(text, "fr"), name)
	}
}

func FuzzDetect(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text[:64], "en-GB")
	}
	f.Add("@telemur Télémur encore en panne", "")
	f.Add("𝗟𝗲 ’train", "und")
	f.Fuzz(func(t *testing.T, text, hint string) {
		got := language.Detect(text, hint)
		if got != language.Undetermined && !strings.Contains(" ar de en es fr hi it pt ", " "+got+" ") {
			t.Fatalf("%q is no language that is told", got)
		}
		if again := language.Detect(text, hint); again != got {
			t.Fatalf("%q, then %q", got, again)
		}
		if utf8.ValidString(text) && language.Detect("@someone "+text+" https://example.org", hint) != got && len(text) < 1000 {
			t.Fatalf("a name or an address changed what was %q", got)
		}
	})
}

func BenchmarkDetect(b *testing.B) {
	short := readPosts(b, "testdata/known.tsv")
	for _, c := range []struct {
		name  string
		posts []post
	}{
		{"posts of 30 characters", short},
		{"posts of 110 characters", []post{{"fr", "@telemur Télémur encore en panne depuis ce matin, 2h d'attente au service client et aucune réponse 😡 #telemur"}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				language.Detect(c.posts[i%len(c.posts)].text, "")
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				language.Detect(text, "")
			}
		})
	}
}
