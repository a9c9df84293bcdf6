package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

var airlines = []config.Brand{
	{ID: "united", Name: "United", Query: "@united OR united"},
	{ID: "southwest", Name: "Southwest", Query: "@SouthwestAir OR southwest"},
	{ID: "us-airways", Name: "US Airways", Query: `@USAirways OR "us airways"`},
	{ID: "delta", Name: "Delta", Query: "@JetBlue OR jetblue OR @delta OR delta"},
	{ID: "virgin-america", Name: "Virgin America", Query: `@VirginAmerica OR "virgin america"`},
	{ID: "american", Name: "American", Query: `@AmericanAir OR "american airlines"`},
}

// named says, without any code of the product's, which posts name an airline: the
// words of its query, written as words, tags or handles, outside of addresses; a
// tag may hold several words, and a phrase may be written as one tag.
var named = map[string]*regexp.Regexp{
	"united":         regexp.MustCompile(`(^|[^\pL\pN_])united($|[^\pL\pN_])`),
	"southwest":      regexp.MustCompile(`@southwestair($|[^a-z0-9_])|(^|[^\pL\pN_])southwest($|[^\pL\pN_])`),
	"us-airways":     regexp.MustCompile(`@usairways($|[^a-z0-9_])|(^|[^\pL\pN_])us[^\pL\pN_]+airways($|[^\pL\pN_])|#usairways($|[^\pL\pN_])`),
	"delta":          regexp.MustCompile(`(^|[^\pL\pN_])(jetblue|delta)($|[^\pL\pN_])`),
	"virgin-america": regexp.MustCompile(`@virginamerica($|[^a-z0-9_])|(^|[^\pL\pN_])virgin[^\pL\pN_]+america($|[^\pL\pN_])|#virginamerica($|[^\pL\pN_])`),
	"american":       regexp.MustCompile(`@americanair($|[^a-z0-9_])|(^|[^\pL\pN_])american[^\pL\pN_]+airlines($|[^\pL\pN_])|#americanairlines($|[^\pL\pN_])`),
}

var (
	webAddress = regexp.MustCompile(`https?://\S*`)
	tag        = regexp.MustCompile(`#[\pL\pN_]+`)
	newWord    = regexp.MustCompile(`([\p{Ll}\pN])(\p{Lu})`)
)

// withTagsRead adds the words of each hashtag to a text.
func withTagsRead(text string) string {
	for _, t := range tag.FindAllString(text, -1) {
		text += " . " + newWord.ReplaceAllString(t, "$1 $2")
	}
	return text
}

// countByBrand counts the posts that name each airline.
func countByBrand(posts map[string]xLine) map[string]int {
	count := map[string]int{}
	for _, post := range posts {
		text := strings.ToLower(withTagsRead(webAddress.ReplaceAllString(post.Data.Text, " ")))
		for brand, name := range named {
			if name.MatchString(text) {
				count[brand]++
			}
		}
	}
	return count
}

// xLine is what an independent reader takes of a line of the X API.
type xLine struct {
	Data struct {
		ID        string    `json:"id"`
		Text      string    `json:"text"`
		CreatedAt time.Time `json:"created_at"`
	} `json:"data"`
	Includes struct {
		Users []struct {
			Username string `json:"username"`
		} `json:"users"`
	} `json:"includes"`
}

// readPosts counts a file without any code of the product's: posts by id.
func readPosts(t *testing.T, path string) map[string]xLine {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	posts := map[string]xLine{}
	for line := range bytes.Lines(data) {
		var post xLine
		require.NoError(t, json.Unmarshal(line, &post))
		posts[post.Data.ID] = post
	}
	return posts
}

func replay(t *testing.T, name string) string {
	t.Helper()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: the real posts are not there")
	}
	return filepath.Join(data, "replay", name)
}

// Real posts to six airlines, imported, imported again, and once more with a
// tenth of the lines doubled and all of them shuffled: no number changes, and
// nobody is paged.
func TestRealPostsAreCountedOnceHoweverOftenImported(t *testing.T) {
	t.Parallel()
	path := replay(t, "airlines-2015-02-17_21.x.ndjson")
	posts := readPosts(t, path)
	f := startFlow(t, airlines...)
	var wanted int
	for _, n := range countByBrand(posts) {
		wanted += n
	}
	check := func(read, duplicates int, paths ...string) (stored int) {
		summary := f.importFile(t, "x-v2", paths...)
		require.Equal(t, read, summary.Read)
		require.Equal(t, duplicates, summary.Dropped["duplicate"])
		require.Equal(t, len(posts), summary.Published)
		known := summary.Dropped["already_known"]
		require.Equal(t, len(posts), summary.Stored+known+summary.Dropped["no_brand"])
		require.EqualValues(t, summary.Stored+known, one[uint64](t, f, `SELECT uniqExact(mention_id) FROM mentions`))
		requirePublishedTimes(t, f, posts)
		for brand, n := range countByBrand(posts) {
			require.EqualValues(t, n, one[uint64](t, f, `SELECT count() FROM mentions WHERE brand_id = ?`, brand), brand)
		}
		require.EqualValues(t, wanted, one[uint64](t, f, `SELECT count() FROM mentions`))
		return summary.Stored
	}
	require.Positive(t, check(len(posts), 0, path))
	require.Zero(t, check(len(posts), 0, path), "all is known already")
	require.Zero(t, check(len(posts)+len(posts)/10, len(posts)/10, shuffled(t, path, 0.1)))
	require.Empty(t, bustest.All(t, f.bus, bus.SubjectIncident, func() *vigiev1.Incident { return &vigiev1.Incident{} }))
	require.Empty(t, bustest.DeadLetters(t, f.bus))
}

// requirePublishedTimes holds each stored time against the file's.
func requirePublishedTimes(t *testing.T, f *flow, posts map[string]xLine) {
	t.Helper()
	rows, err := f.conn.Query(t.Context(), `SELECT mention_id, any(published_time), uniqExact(published_time) FROM mentions GROUP BY mention_id`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id string
		var published time.Time
		var times uint64
		require.NoError(t, rows.Scan(&id, &published, &times))
		post, known := posts[strings.TrimPrefix(id, "x:")]
		require.True(t, known, id)
		require.True(t, post.Data.CreatedAt.Equal(published), "%s: %s and %s", id, post.Data.CreatedAt, published)
		require.EqualValues(t, 1, times)
	}
	require.NoError(t, rows.Err())
}

// shuffled writes a copy of a file with a share of its lines doubled, in random
// order.
func shuffled(t *testing.T, path string, share float64) string {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("shuffle seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	n := len(lines)
	for _, i := range r.Perm(n)[:int(float64(n)*share)] {
		lines = append(lines, lines[i])
	}
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	out := filepath.Join(t.TempDir(), "shuffled.ndjson")
	require.NoError(t, os.WriteFile(out, []byte(strings.Join(lines, "\n")), 0o600))
	return out
}

// The posts of 28 French media accounts, each the official page of a brand.
func TestPostsOfOfficialPages(t *testing.T) {
	t.Parallel()
	path := replay(t, "french-media-2022.x.ndjson")
	posts := readPosts(t, path)
	byAccount := map[string]int{}
	for _, post := range posts {
		byAccount[post.Includes.Users[0].Username]++
	}
	var brands []config.Brand
	for account := range byAccount {
		id := strings.ToLower(strings.ReplaceAll(account, "_", "-"))
		brands = append(brands, config.Brand{ID: id, Name: account, Query: "@" + account,
			Pages: map[string][]string{"x": {account}}})
	}
	require.Len(t, brands, 28)
	f := startFlow(t, brands...)
	summary := f.importFile(t, "x-v2", path)
	require.Equal(t, len(posts), summary.Stored)
	require.Empty(t, summary.Dropped)
	require.EqualValues(t, len(posts), one[uint64](t, f, `SELECT uniqExact(mention_id) FROM mentions WHERE ownership = 'official'`))
	for account, n := range byAccount {
		id := strings.ToLower(strings.ReplaceAll(account, "_", "-"))
		require.EqualValues(t, n, one[uint64](t, f,
			`SELECT count() FROM mentions WHERE brand_id = ? AND lower(author_handle) = ?`, id, strings.ToLower(account)), account)
	}
	requirePublishedTimes(t, f, posts)
}

// A file of history as bad as they come: every bad record is a dead letter with
// its reason, and the rest goes through.
func TestBadRecordsAreDeadLettersAndTheRestGoesThrough(t *testing.T) {
	t.Parallel()
	good := func(id int) string {
		return fmt.Sprintf(`{"source":"forum","id":"%d","text":"zestaline encore","published_time":"2026-03-04T12:00:00Z"}`, id)
	}
	path := filepath.Join(t.TempDir(), "bad.ndjson")
	lines := []string{
		good(1),
		`{"source":"forum","id":"2","text":"zest`,
		`{"source":"forum","id":"3","text":"` + strings.Repeat("a", 50<<20) + `","published_time":"2026-03-04T12:00:00Z"}`,
		"{\"source\":\"forum\",\"id\":\"4\",\"text\":\"zestaline \xff\xfe\",\"published_time\":\"2026-03-04T12:00:00Z\"}",
		`{"source":"forum","id":"5","text":"zestaline","published_time":"1970-01-01T00:00:00Z"}`,
		`{"source":"forum","id":"6","text":"zestaline","published_time":"2099-01-01T00:00:00Z"}`,
		`{"source":"forum","id":"7","txt":"an unknown key","published_time":"2026-03-04T12:00:00Z"}`,
		`{"source":"forum","text":"no id","published_time":"2026-03-04T12:00:00Z"}`,
		`not json at all`, "", "  ",
		`{"source":"forum","id":"8","text":"nobody's brand","published_time":"2026-03-04T12:00:00Z"}`,
		good(1), good(9),
	}
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600))
	f := startFlow(t, config.Brand{ID: "zest", Name: "Zestaline", Query: "zestaline"})
	summary := f.importFile(t, "ndjson", path)
	require.Equal(t, 12, summary.Read)
	require.Equal(t, 3, summary.Published)
	require.Equal(t, 2, summary.Stored)
	require.Equal(t, map[string]int{
		"truncated": 1, "too_large": 1, "invalid_utf8": 1, "bad_time": 2, "malformed": 2, "no_id": 1,
		"no_brand": 1, "duplicate": 1,
	}, summary.Dropped)
	letters := bustest.DeadLetters(t, f.bus)
	require.Len(t, letters, 8)
	for _, letter := range letters {
		require.Equal(t, "ingest.import", letter.From)
		require.NotEmpty(t, letter.Error)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "posts.csv")
	require.NoError(t, os.WriteFile(path, []byte("\ufeffsource,id,text,published_time,likes\n"+
		"forum,1,\"zestaline, la \"\"vraie\"\"\",2026-03-04T12:00:00Z,3\n"+
		"forum,2,zestaline,hier,\n"+
		"forum,3,zestaline,2026-03-04T12:00:00Z,beaucoup\n"), 0o600))
	f := startFlow(t, config.Brand{ID: "zest", Name: "Zestaline", Query: "zestaline"})
	summary := f.importFile(t, "csv", path)
	require.Equal(t, map[string]int{"bad_time": 1, "malformed": 1}, summary.Dropped)
	require.Equal(t, `zestaline, la "vraie"`, one[string](t, f, `SELECT text FROM mentions`))
	require.EqualValues(t, 3, one[uint64](t, f, `SELECT likes FROM mentions`))
}
