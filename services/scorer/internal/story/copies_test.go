package story_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer/internal/story"
)

type post struct {
	id   string
	at   time.Time
	text string
}

// realPosts are those of the replay files, in their order.
func realPosts(t testing.TB, name string) []post {
	t.Helper()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: it names the folder of the real posts")
	}
	f, err := os.Open(filepath.Join(data, "replay", name))
	require.NoError(t, err)
	defer f.Close()
	var posts []post
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Data struct {
				ID        string
				Text      string
				CreatedAt time.Time `json:"created_at"`
			}
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &line))
		posts = append(posts, post{line.Data.ID, line.Data.CreatedAt, line.Data.Text})
	}
	require.NoError(t, lines.Err())
	return posts
}

var files = []string{"airlines-2015-02-17_21.x.ndjson", "french-media-2022.x.ndjson"}

// pairs are the different runs of two words of a text, without links, handles and
// case; nil where there are fewer than six words.
func pairs(text string) map[string]bool {
	words := words(text)
	if len(words) < 6 {
		return nil
	}
	pairs := map[string]bool{}
	for i := range len(words) - 1 {
		pairs[words[i]+" "+words[i+1]] = true
	}
	return pairs
}

var (
	beside = regexp.MustCompile(`https?://\S+|@\w+`)
	word   = regexp.MustCompile(`[\pL\pN]+`)
)

func words(text string) []string {
	return word.FindAllString(strings.ToLower(beside.ReplaceAllString(text, " ")), -1)
}

// Every two posts within the window are compared by their runs of two words:
// those that share more than half are copies, those that share less than a fifth
// are none, and between the two nobody can say.
func TestCopiesAmongRealPosts(t *testing.T) {
	t.Parallel()
	for _, name := range files {
		posts := realPosts(t, name)
		index := story.New(window, len(posts))
		stories, sizes := make([]string, len(posts)), make([]int, len(posts))
		having, members := map[string][]int{}, map[string][]int{}
		var found, missed, wrong, between int
		for i, p := range posts {
			stories[i] = index.Assign(p.id, p.at, p.text)
			common := map[int]int{} // pairs shared with each earlier post
			for pair := range pairs(p.text) {
				for _, j := range having[pair] {
					common[j]++
				}
				having[pair] = append(having[pair], i)
				sizes[i]++
			}
			alike := func(j int) float64 { return float64(common[j]) / float64(sizes[i]+sizes[j]-common[j]) }
			for j := range common {
				if stories[j] != stories[i] && alike(j) > 0.5 && p.at.Sub(posts[j].at).Abs() <= window {
					missed++
					t.Logf("missed (%.2f): %q ~ %q", alike(j), posts[j].text, p.text)
				}
			}
			for _, j := range members[stories[i]] {
				switch {
				case alike(j) > 0.5:
					found++
				case alike(j) < 0.2:
					wrong++
					t.Logf("wrong (%.2f): %q ~ %q", alike(j), posts[j].text, p.text)
				default:
					between++
				}
			}
			members[stories[i]] = append(members[stories[i]], i)
		}
		precision, recall := float64(found+between)/float64(found+between+wrong), float64(found)/float64(found+missed)
		t.Logf("%s: %d posts; pairs of copies: %d found, %d missed, recall %.3f; pairs in one story: %d, of them %d clear copies, %d wrong, precision %.3f",
			name, len(posts), found, missed, recall, found+between+wrong, found, wrong, precision)
		require.Greater(t, precision, 0.95)
		require.Greater(t, recall, 0.85)
	}
}

// edits are what happens to a text that is passed on.
var edits = []struct {
	name string
	edit func(r *rand.Rand, text string) string
}{
	{"none", func(_ *rand.Rand, s string) string { return s }},
	{"capitals and punctuation", func(_ *rand.Rand, s string) string {
		return strings.NewReplacer(",", "", ".", " ! ", "'", "’").Replace(strings.ToUpper(s)) + "!!"
	}},
	{"RT and a handle", func(_ *rand.Rand, s string) string { return "RT @someone: " + s }},
	{"a link", func(_ *rand.Rand, s string) string { return s + " https://example.org/a?b=c" }},
	{"three hashtags", func(_ *rand.Rand, s string) string { return s + " #news #brand #today" }},
	{"cut at two thirds", func(_ *rand.Rand, s string) string {
		runes := []rune(s)
		return string(runes[:2*len(runes)/3]) + "…"
	}},
	{"a comment before", func(_ *rand.Rand, s string) string { return "I cannot believe this: " + s }},
	{"a comment after", func(_ *rand.Rand, s string) string { return s + " -- et personne n'en parle" }},
	{"a word changed", func(r *rand.Rand, s string) string {
		fields := strings.Fields(s)
		fields[r.IntN(len(fields))] = "otherwise"
		return strings.Join(fields, " ")
	}},
	{"a word left out", func(r *rand.Rand, s string) string {
		fields := strings.Fields(s)
		i := r.IntN(len(fields))
		return strings.Join(append(fields[:i:i], fields[i+1:]...), " ")
	}},
}

// Copies are made of real texts of twelve words and more, with an edit each, and
// fed after all of them; a copy must find its own text.
func TestEditsOfRealPosts(t *testing.T) {
	t.Parallel()
	for _, name := range files {
		var originals []post
		seen := story.New(window, 10_000)
		for _, p := range realPosts(t, name) {
			if len(words(p.text)) >= 12 && seen.Assign(p.id, noon, p.text) == p.id {
				originals = append(originals, p)
			}
		}
		for _, e := range edits {
			r := rand.New(rand.NewPCG(7, 7))
			index := story.New(window, len(originals))
			for _, p := range originals {
				index.Assign(p.id, noon, p.text)
			}
			right, wrong := 0, 0
			for _, p := range originals {
				switch index.Assign("copy", noon, e.edit(r, p.text)) {
				case p.id:
					right++
				case "copy":
				default:
					wrong++
				}
			}
			recall, precision := float64(right)/float64(len(originals)), float64(right)/float64(right+wrong)
			t.Logf("%s, %s: %d texts, recall %.3f, precision %.4f", name, e.name, len(originals), recall, precision)
			require.Greater(t, recall, 0.8, e.name)
			require.Greater(t, precision, 0.98, e.name)
		}
	}
}

func BenchmarkAssign(b *testing.B) {
	posts := realPosts(b, files[0])
	index := story.New(window, 100_000)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		p := posts[i%len(posts)]
		index.Assign(p.id, noon, p.text)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkAssignNew is the dearest case: no post is a copy, and each one takes
// the place of another.
func BenchmarkAssignNew(b *testing.B) {
	posts := realPosts(b, files[0])
	texts := make([]string, 200_000)
	for i := range texts {
		fields := strings.Fields(posts[i%len(posts)].text)
		rand.New(rand.NewPCG(uint64(i), 1)).Shuffle(len(fields), func(a, b int) { fields[a], fields[b] = fields[b], fields[a] })
		texts[i] = strings.Join(fields, " ")
	}
	index := story.New(window, 100_000)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		index.Assign("x:567588278875213824", noon, texts[i%len(texts)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkMemory says what an entry costs when the index is full.
func BenchmarkMemory(b *testing.B) {
	posts := realPosts(b, files[0])
	var before, after runtime.MemStats
	for range b.N {
		const entries = 100_000
		runtime.GC()
		runtime.ReadMemStats(&before)
		index := story.New(window, entries)
		for i := range entries * 2 {
			fields := strings.Fields(posts[i%len(posts)].text)
			rand.New(rand.NewPCG(uint64(i), 1)).Shuffle(len(fields), func(a, b int) { fields[a], fields[b] = fields[b], fields[a] })
			index.Assign(fmt.Sprint("x:", i), noon, strings.Join(fields, " "))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/entries, "B/entry")
		runtime.KeepAlive(index)
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			index := story.New(window, 100)
			for b.Loop() {
				index.Assign("1", noon, text)
			}
		})
	}
}
