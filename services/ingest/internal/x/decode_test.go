package x

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// full is a line with all that we ask for.
const full = `{"data":{"id":"1480911111444742148","text":"@Oasis &amp; co : d&lt;3 \ud83d\ude21","author_id":"596420812",` +
	`"created_at":"2022-01-11T14:34:57.000Z","lang":"fr","edit_history_tweet_ids":["1480911111444742148"],` +
	`"public_metrics":{"retweet_count":30,"reply_count":12,"like_count":67,"quote_count":3},` +
	`"entities":{"mentions":[{"start":0,"end":6,"username":"Oasis","id":"1"},{"username":"oasis"}]}},` +
	`"includes":{"users":[{"id":"1","username":"Oasis"},{"id":"596420812","name":"Le Canard","username":"CanardEnchaine",` +
	`"verified":true,"public_metrics":{"followers_count":779992,"tweet_count":2080}}]},` +
	`"matching_rules":[{"id":"1","tag":"vigie:another-brand"}]}`

func TestDecode(t *testing.T) {
	t.Parallel()
	m, err := Decode([]byte(full))
	require.NoError(t, err)
	require.Equal(t, "x:1480911111444742148", m.MentionId)
	require.Equal(t, "x", m.Source)
	require.Equal(t, "canardenchaine", m.Page)
	require.Equal(t, "https://x.com/CanardEnchaine/status/1480911111444742148", m.Url)
	require.Equal(t, "@Oasis & co : d<3 😡", m.Text)
	require.Equal(t, "fr", m.LanguageHint)
	require.Equal(t, time.Date(2022, 1, 11, 14, 34, 57, 0, time.UTC), m.PublishedTime.AsTime())
	require.Equal(t, vigiev1.Kind_KIND_POST, m.Kind)
	require.EqualExportedValues(t, &vigiev1.Author{
		AuthorId: "596420812", Handle: "CanardEnchaine", Name: "Le Canard", Followers: 779992, Verified: true,
	}, m.Author)
	require.EqualExportedValues(t, &vigiev1.Engagement{Likes: 67, Shares: 33, Replies: 12}, m.Engagement)
	require.EqualValues(t, 67+33+12, m.Revision)
	require.Equal(t, []string{"oasis"}, m.AddressedPages)
	require.Equal(t, vigiev1.Origin_ORIGIN_UNSPECIFIED, m.Origin, "the caller knows how it came")
}

// TestKinds reads what a post says of other posts.
func TestKinds(t *testing.T) {
	t.Parallel()
	for refers, want := range map[string]*vigiev1.Mention{
		``:                               {Kind: vigiev1.Kind_KIND_POST},
		`{"type":"replied_to","id":"7"}`: {Kind: vigiev1.Kind_KIND_COMMENT, InReplyTo: "x:7"},
		`{"type":"retweeted","id":"7"}`:  {Kind: vigiev1.Kind_KIND_SHARE, Shares: "x:7"},
		`{"type":"quoted","id":"7"}`:     {Kind: vigiev1.Kind_KIND_SHARE, Shares: "x:7"},
		`{"type":"quoted","id":"7"},{"type":"replied_to","id":"8"}`: {
			Kind: vigiev1.Kind_KIND_SHARE, Shares: "x:7", InReplyTo: "x:8",
		},
		`{"type":"something new","id":"7"}`: {Kind: vigiev1.Kind_KIND_POST},
		`{"type":"quoted","id":""}`:         {Kind: vigiev1.Kind_KIND_POST},
	} {
		m, err := Decode([]byte(`{"data":{"id":"1480911111444742148","text":"a","referenced_tweets":[` + refers + `]}}`))
		require.NoError(t, err, refers)
		require.Equal(t, want.Kind, m.Kind, refers)
		require.Equal(t, want.InReplyTo, m.InReplyTo, refers)
		require.Equal(t, want.Shares, m.Shares, refers)
	}
}

func TestAnEditIsARevisionOfTheFirst(t *testing.T) {
	t.Parallel()
	const first, second = "1480911111444742148", "1480912222444742148"
	versions := []string{
		`{"data":{"id":"` + first + `","text":"a","created_at":"2022-01-11T14:34:57.000Z","edit_history_tweet_ids":["` + first + `"],"public_metrics":{"like_count":900}}}`,
		`{"data":{"id":"` + second + `","text":"b","created_at":"2022-01-11T14:39:22.000Z","edit_history_tweet_ids":["` + first + `","` + second + `"]}}`,
	}
	var mentions []*vigiev1.Mention
	for _, version := range versions {
		m, err := Decode([]byte(version))
		require.NoError(t, err)
		mentions = append(mentions, m)
	}
	require.Equal(t, "x:"+first, mentions[1].MentionId)
	require.Equal(t, mentions[0].PublishedTime.AsTime(), mentions[1].PublishedTime.AsTime(), "to the millisecond")
	require.Greater(t, mentions[1].Revision, mentions[0].Revision, "although nobody likes it yet")
	require.Contains(t, mentions[1].Url, second)
}

func TestDates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ id, created, want string }{
		"whole seconds":         {"567588278875213824", `"2015-02-17T07:36:05.000Z"`, "2015-02-17T07:36:05Z"},
		"milliseconds are kept": {"567588278875213824", `"2015-02-17T07:36:05.621Z"`, "2015-02-17T07:36:05.621Z"},
		"of the id":             {"567588278875213824", `""`, "2015-02-17T07:36:05.621Z"},
		"before snowflakes":     {"20", `"2006-03-21T20:50:14.000Z"`, "2006-03-21T20:50:14Z"},
	} {
		m, err := Decode([]byte(`{"data":{"id":"` + c.id + `","text":"a","created_at":` + c.created + `}}`))
		require.NoError(t, err, name)
		require.Equal(t, c.want, m.PublishedTime.AsTime().Format(time.RFC3339Nano), name)
	}
}

func TestALongPostIsReadWhole(t *testing.T) {
	t.Parallel()
	m, err := Decode([]byte(`{"data":{"id":"1480911111444742148","text":"a…","note_tweet":{"text":"a &gt; b"}}}`))
	require.NoError(t, err)
	require.Equal(t, "a > b", m.Text)
	require.Equal(t, "https://x.com/i/status/1480911111444742148", m.Url, "without an author's name")
	require.Empty(t, m.Page)
}

func TestBadLinesHaveReasons(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bus.Reason{
		``:                            bus.ReasonTruncated,
		full[:len(full)/2]:            bus.ReasonTruncated,
		`{"data":{"id":"1","text":"`:  bus.ReasonTruncated,
		`garbage`:                     bus.ReasonMalformed,
		`{"data":{"id":"1"}}}`:        bus.ReasonMalformed,
		`[]`:                          bus.ReasonMalformed,
		`null`:                        bus.ReasonMalformed,
		`{}`:                          bus.ReasonMalformed,
		`{"data":{"id":5}}`:           bus.ReasonMalformed,
		`{"errors":[{"title":"no"}]}`: bus.ReasonMalformed,
		"{\"data\":{\"id\":\"1480911111444742148\",\"text\":\"\xff\"}}": bus.ReasonInvalidUTF8,
		`{"data":{"text":"a"}}`:                                                                   bus.ReasonNoID,
		`{"data":{"id":"-4","text":"a"}}`:                                                         bus.ReasonNoID,
		`{"data":{"id":"../1","text":"a"}}`:                                                       bus.ReasonNoID,
		`{"data":{"id":"99999999999999999999","text":"a"}}`:                                       bus.ReasonNoID,
		`{"data":{"id":"1480911111444742148","text":" \n"}}`:                                      bus.ReasonNoText,
		`{"data":{"id":"1480911111444742148","text":"a","created_at":"yesterday"}}`:               bus.ReasonBadTime,
		`{"data":{"id":"20","text":"a"}}`:                                                         bus.ReasonBadTime,
		`{"data":{"id":"1480911111444742148","text":"a","public_metrics":{"like_count":"many"}}}`: bus.ReasonMalformed,
	} {
		_, err := Decode([]byte(text))
		var permanent *bus.PermanentError
		require.ErrorAs(t, err, &permanent, text)
		require.Equal(t, want, permanent.Reason, text)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		full, full[:300], `{}`, `null`, `{"data":{"id":"1480911111444742148","text":"\ud800"}}`,
		`{"data":{"id":"9223372036854775807","text":"a","edit_history_tweet_ids":["1","x"],"public_metrics":{"like_count":-9}}}`,
		`{"data":{"id":"1480911111444742148","text":"a","created_at":"0000-01-01T00:00:00Z"},"errors":[{"errors":[{}]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Decode(text)
		if err != nil {
			var permanent *bus.PermanentError
			require.ErrorAs(t, err, &permanent)
			require.Contains(t, bus.Reasons, permanent.Reason)
			require.True(t, utf8.ValidString(err.Error()) || permanent.Reason == bus.ReasonInvalidUTF8)
			return
		}
		m.Origin = vigiev1.Origin_ORIGIN_LIVE
		source.Tidy(m)
		if reason, err := source.Validate(m, time.Now()); err != nil { // its text may be control characters only
			require.Contains(t, []bus.Reason{bus.ReasonBadTime, bus.ReasonNoText}, reason, "%v", err)
		}
		again, err := Decode(text)
		require.NoError(t, err)
		require.Equal(t, m.MentionId, again.MentionId)
		require.Equal(t, m.Revision, again.Revision)
	})
}

// TestRealLines reads every line of the replays that VIGIE_DATA holds.
func TestRealLines(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("VIGIE_DATA")
	if folder == "" {
		t.Skip("VIGIE_DATA is not set: there are no real posts to read")
	}
	files, err := filepath.Glob(filepath.Join(folder, "replay", "*.x.ndjson"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		file, err := os.Open(name)
		require.NoError(t, err)
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			m, err := Decode(lines.Bytes())
			var permanent *bus.PermanentError
			if errors.As(err, &permanent) {
				t.Fatalf("%s: %s: %v\n%s", filepath.Base(name), permanent.Reason, err, lines.Text())
			}
			told := snowflakeTime(strings.TrimPrefix(m.MentionId, "x:"))
			require.WithinDuration(t, told, m.PublishedTime.AsTime(), time.Second)
			require.NotEmpty(t, m.Page)
		}
		require.NoError(t, lines.Err())
	}
}
