package mastodon

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

func readAll(text string) (events []event) {
	r := newEventReader(strings.NewReader(text))
	for {
		e, err := r.next()
		if err != nil {
			return events
		}
		events = append(events, e)
	}
}

func TestEventsAreTakenApart(t *testing.T) {
	t.Parallel()
	events := readAll(":)\n:thump\nevent: update\ndata: {\"id\":\"1\"}\n\nevent: delete\r\ndata:42\r\n\r\n:thump\n" +
		"id: 7\nretry: 10\ndata: a\ndata: b\n\n\n\nevent: filters_changed\ndata: undefined\n\nevent: update\ndata: {\"cut")
	require.Equal(t, []event{
		{}, {}, {name: "update", data: []byte(`{"id":"1"}`)}, {name: "delete", data: []byte("42")}, {},
		{data: []byte("a\nb")}, {name: "filters_changed", data: []byte("undefined")},
	}, events, "an event that the stream ends in is none")
}

func TestAnEventBeyondTheLimitIsCutAndTheNextOneRead(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("x", 3*maxEvent)
	events := readAll("event: update\ndata: " + huge + "\n\nevent: delete\ndata: 1\n\n")
	require.Len(t, events, 2)
	require.ErrorIs(t, events[0].fault, errTooLarge)
	require.LessOrEqual(t, len(events[0].data), maxEvent)
	require.Equal(t, event{name: "delete", data: []byte("1")}, events[1])
}

const goodStatus = `{"id":"113","uri":"https://a.example/users/x/statuses/113","created_at":"2024-11-05T10:00:00.000Z","visibility":"public","content":"<p>zestaline</p>","account":{"acct":"x"}}`

func TestStatusesThatCannotBecomeMentions(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) string { return strings.Replace(goodStatus, old, new, 1) }
	for name, c := range map[string]struct {
		data   string
		reason bus.Reason
	}{
		"cut":                 {goodStatus[:80], bus.ReasonTruncated},
		"not JSON":            {"<html>", bus.ReasonMalformed},
		"a list":              {"[]", bus.ReasonMalformed},
		"no id":               {replace(`"113"`, `""`), bus.ReasonNoID},
		"an id with spaces":   {replace(`"113"`, `"1 3"`), bus.ReasonNoID},
		"no uri":              {replace("https://a.example/users/x/statuses/113", ""), bus.ReasonNoID},
		"a script for uri":    {replace("https://a.example/users/x/statuses/113", "javascript:x"), bus.ReasonNoID},
		"no date":             {replace(`"2024-11-05T10:00:00.000Z"`, "null"), bus.ReasonBadTime},
		"a date that is none": {replace(`"2024-11-05T10:00:00.000Z"`, `"hier"`), bus.ReasonMalformed},
		"no author":           {replace(`{"acct":"x"}`, "null"), bus.ReasonMalformed},
	} {
		s, err := decode[status]([]byte(c.data))
		if err == nil {
			err = s.check()
		}
		var invalid *invalidError
		require.ErrorAs(t, err, &invalid, name)
		require.Equal(t, c.reason, invalid.reason, name)
	}
	for name, data := range map[string]string{
		"usual":                  goodStatus,
		"a tag for uri":          replace("https://a.example/users/x/statuses/113", "tag:a.example,2024:objectId=1"),
		"a part of another type": replace(`{"acct":"x"}`, `{"acct":"x","followers_count":"many","display_name":7}`),
		"negative numbers":       replace(`{"acct":"x"}`, `{"acct":"x","followers_count":-1}`),
	} {
		s, err := decode[status]([]byte(data))
		require.NoError(t, err, name)
		require.NoError(t, s.check(), name)
		require.Equal(t, uint64(0), s.mention("a.example", "", true).Author.Followers, name)
	}
}

func TestIdsTellTheTimeOnMastodonAlone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	moment, ok := timeOf(idAt(at))
	require.True(t, ok)
	require.Equal(t, at, moment.UTC())
	require.Equal(t, idAt(at.Add(-time.Minute)), before(idAt(at), time.Minute))
	for _, id := range []string{"", "68739215", "01JBKM8ZQ0", "AdNz5N0bJWg2"} {
		_, ok := timeOf(id)
		require.False(t, ok, id)
		require.Equal(t, id, before(id, time.Minute))
	}
	require.True(t, newer("10", "9"))
	require.True(t, newer("9", ""))
	require.True(t, newer("1", "0"))
	require.False(t, newer("9", "9"))
	require.False(t, newer("9", "10"))
}

func TestTheCursorNeverJumpsAGap(t *testing.T) {
	t.Parallel()
	p := &position{timing: timing{save: time.Hour}, durable: "100", savedAt: time.Now()}
	p.begin("100")
	p.streamed("500")
	p.settle(t.Context())
	require.Equal(t, "100", p.durable, "the stream is ahead, but the timeline has not been read up to it")
	p.read("140", false)
	p.settle(t.Context())
	require.Equal(t, "140", p.durable)
	p.read("", true)
	p.settle(t.Context())
	require.Equal(t, "500", p.durable, "the present is reached")
	p.good = "300"
	p.fallBack()
	require.Equal(t, "300", p.durable, "the stream was found to miss posts")
}

func TestWhereTheStreamsAre(t *testing.T) {
	t.Parallel()
	server := url.URL{Scheme: "https", Host: "mastodon.example"}
	for said, want := range map[string]string{
		"wss://streaming.mastodon.example": "https://streaming.mastodon.example",
		"":                                 "https://mastodon.example",
		"ws://streaming.mastodon.example":  "https://mastodon.example", // the token does not travel in the open
		"ftp://x":                          "https://mastodon.example",
		":":                                "https://mastodon.example",
	} {
		var d description
		d.Configuration.URLs.Streaming = said
		address := d.streaming(server)
		require.Equal(t, want, address.String(), said)
	}
}

func TestRateLimitsAndLinksAreRead(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	header := http.Header{}
	header.Set("X-RateLimit-Remaining", "9")
	header.Set("X-RateLimit-Reset", "2026-11-01T12:03:00.019685Z")
	header.Set("Link", `<https://evil.example/api?max_id=1>; rel="next", <https://evil.example/api?min_id=77>; rel="prev"`)
	a := readHeaders(header, now)
	require.Equal(t, "77", a.newer)
	require.InDelta(t, 180, a.pause.Seconds(), 0.1)
	header.Set("X-RateLimit-Remaining", "200")
	require.Zero(t, readHeaders(header, now).pause)
	require.Equal(t, answer{}, readHeaders(http.Header{}, now))
}

func TestNamesOfStreams(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "public:", "hashtag:", "user", "direct"} {
		_, err := New(config.Mastodon{Server: "https://a.example"}, name, nil, nil)
		require.ErrorContains(t, err, "no stream", name)
	}
	_, err := New(config.Mastodon{Server: "a.example"}, "public", nil, nil)
	require.ErrorContains(t, err, "https://host")
	c, err := New(config.Mastodon{Server: "https://a.example/web"}, "hashtag:#Éco/nomie", nil, nil)
	require.NoError(t, err)
	require.Equal(t, "timelines/tag/%C3%89co%2Fnomie", c.stream.timeline)
	require.Equal(t, "a.example hashtag:#Éco/nomie", c.Describe().Page)
	require.LessOrEqual(t, c.Describe().Silence, 50*time.Second)
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(":)\n:thump\nevent: update\ndata: " + goodStatus + "\n\n"))
	f.Add([]byte("event: notification\ndata: {\"id\":\"1\",\"type\":\"mention\",\"status\":" + goodStatus + "}\n\n"))
	f.Add([]byte("event: delete\r\ndata: 113\r\n\r\nevent: status.update\ndata: {\"id\":\"1\",\"content\":\"<p>cou\n\n"))
	f.Add([]byte("data\ndata:\n:\n\n\x00\xff"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := newEventReader(strings.NewReader(string(stream)))
		for {
			e, err := r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			require.NoError(t, err)
			for _, found := range []entry{readEntry(e.data, false), readEntry(e.data, true)} {
				checkEntry(t, found)
			}
		}
	})
}

// checkEntry checks that whatever was read is a mention or has a reason not to be.
func checkEntry(t *testing.T, e entry) {
	var invalid *invalidError
	if e.fault != nil {
		require.ErrorAs(t, e.fault, &invalid)
		return
	}
	if e.status == nil {
		return
	}
	if err := e.status.check(); err != nil {
		require.ErrorAs(t, err, &invalid)
		return
	}
	m := e.status.mention("a.example", "", true)
	source.Tidy(m)
	require.True(t, utf8.ValidString(m.Text))
	if reason, err := source.Validate(m, time.Now()); err != nil {
		require.Contains(t, []bus.Reason{bus.ReasonNoText, bus.ReasonBadTime}, reason)
	}
}
