package bluesky

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// eventTime is that of the event in the frames below: 2024-09-09 19:46:02 UTC.
var eventTime = time.UnixMicro(1725911162329308).UTC()

func commitFrame(operation, key, record string) string {
	return `{"did":"did:plc:eygmaihciaxprqvxpfvl6flk","time_us":1725911162329308,"kind":"commit","commit":{"rev":"3l3qo2vutsw2b",` +
		`"operation":"` + operation + `","collection":"app.bsky.feed.post","rkey":"` + key + `","cid":"bafyreidw","record":` + record + `}}`
}

func TestFramesThatAreNoEvents(t *testing.T) {
	t.Parallel()
	for frame, reason := range map[string]bus.Reason{
		"":                            bus.ReasonTruncated,
		`{"did":"did:plc:abc","time_`: bus.ReasonTruncated,
		"\x28\xb5\x2f\xfd":            bus.ReasonMalformed, // a frame of zstd
		`{"did":17}`:                  bus.ReasonMalformed,
		`{"did":"ana","time_us":1,"kind":"commit"}`:                         bus.ReasonNoID,
		`{"did":"did:plc:abc","kind":"commit","commit":{}}`:                 bus.ReasonBadTime,
		`{"did":"did:plc:abc","time_us":17,"kind":"identity"}`:              bus.ReasonBadTime, // in 1970
		`{"did":"did:plc:abc","time_us":9e18,"kind":"identity"}`:            bus.ReasonMalformed,
		`{"did":"did:plc:abc","time_us":4102444800000000,"kind":""}`:        bus.ReasonBadTime, // in 2100
		`{"did":"did:plc:abc","time_us":1725911162329308,"kind":"commit"}`:  bus.ReasonMalformed,
		`{"did":"did:plc:abc","time_us":1725911162329308,"kind":"account"}`: bus.ReasonMalformed,
		commitFrame("create", "a/b", "{}"):                                  bus.ReasonNoID,
	} {
		_, err := decode([]byte(frame), eventTime)
		var invalid *invalidError
		require.ErrorAs(t, err, &invalid, "%q", frame)
		require.Equal(t, reason, invalid.reason, "%q", frame)
	}
	for _, frame := range []string{
		`{"did":"did:plc:abc","time_us":1725911162329308,"kind":"sync"}`, // a kind to come
		`{"did":"did:plc:abc","time_us":1725911162329308,"kind":"commit","commit":{"collection":"app.bsky.feed.like","rkey":"/"}}`,
		commitFrame("create", "3l3qo2vuowo2b", `"not even an object"`),
	} {
		_, err := decode([]byte(frame), eventTime)
		require.NoError(t, err, frame)
	}
}

func TestTheTimeOfAPostIsThatOfItsKey(t *testing.T) {
	t.Parallel()
	keyed, ok := tidTime("3l3qo2vuowo2b")
	require.True(t, ok)
	require.WithinDuration(t, eventTime, keyed, time.Second)
	claim := "2024-09-09T19:46:02.102Z"
	for name, c := range map[string]struct {
		key, claimed string
		want         time.Time
	}{
		"a key that is a time":        {"3l3qo2vuowo2b", claim, keyed},
		"whatever the author claims":  {"3l3qo2vuowo2b", "1970-01-01T00:00:00Z", keyed},
		"a key of no time":            {"self", claim, eventTime.Truncate(time.Second).Add(102 * time.Millisecond)},
		"a key before the beginning":  {"2222222222222", claim, eventTime.Truncate(time.Second).Add(102 * time.Millisecond)},
		"a key of the future":         {"jzzzzzzzzzzzz", claim, eventTime.Truncate(time.Second).Add(102 * time.Millisecond)},
		"neither":                     {"self", "1970-01-01T00:00:00Z", eventTime},
		"neither, the claim a future": {"self", "2031-01-01T00:00:00Z", eventTime},
		"neither, the claim no time":  {"self", "hier", eventTime},
	} {
		require.Equal(t, c.want, publishedTime(c.key, c.claimed, eventTime), name)
	}
	require.Equal(t, eventTime, editedTime("zzz", eventTime))
	for _, key := range []string{"", "3l3qo2vuowo2", "3l3qo2vuowo2b2", "3L3QO2VUOWO2B", "zzzzzzzzzzzzz", "3l3qo2vuowo1b"} {
		_, ok := tidTime(key)
		require.False(t, ok, key)
	}
}

func TestWhatAPostSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ record, text string }{
		"its text": {`{"text":"bonjour"}`, "bonjour"},
		"links written out, so that their words are not taken for the author's": {
			`{"text":"à lire : zestaline.example/rap… !","facets":[{"index":{"byteStart":10,"byteEnd":34},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://zestaline.example/rappel"}]}]}`,
			"à lire : https://zestaline.example/rappel !"},
		"facets out of bounds, inside a letter, upside down": {
			`{"text":"été","facets":[{"index":{"byteStart":-1,"byteEnd":2},"features":[{"uri":"https://a"}]},{"index":{"byteStart":1,"byteEnd":3},"features":[{"uri":"https://b"}]},{"index":{"byteStart":3,"byteEnd":1},"features":[{"uri":"https://c"}]},{"index":{"byteStart":0,"byteEnd":99},"features":[{"uri":"https://d"}]}]}`,
			"été"},
		"facets over each other": {
			`{"text":"abcdef","facets":[{"index":{"byteStart":2,"byteEnd":6},"features":[{"uri":"https://x"}]},{"index":{"byteStart":0,"byteEnd":3},"features":[{"uri":"https://y"}]}]}`,
			"https://ydef"},
		"a link that is none":        {`{"text":"clic","facets":[{"index":{"byteStart":0,"byteEnd":4},"features":[{"uri":"javascript:alert(1)"}]}]}`, "clic"},
		"tags beside the text":       {`{"text":"bof #zestaline","tags":["zestaline","avis"]}`, "bof #zestaline #avis"},
		"the title of a card":        {`{"text":"😱","embed":{"$type":"app.bsky.embed.external","external":{"title":"Zestaline : un rappel"}}}`, "😱\nZestaline : un rappel"},
		"pictures, for want of text": {`{"text":"","embed":{"images":[{"alt":"une canette de Zestaline"}]}}`, "une canette de Zestaline"},
		"parts of the wrong type":    {`{"text":"bonjour","langs":"fr","facets":{"a":1},"reply":"x","embed":[1]}`, "bonjour"},
		"a text that is none":        {`{"text":["a"]}`, ""},
		"nothing at all":             {`null`, ""},
	} {
		e, err := decode([]byte(commitFrame("create", "3l3qo2vuowo2b", c.record)), eventTime)
		require.NoError(t, err, name)
		require.Equal(t, c.text, readPost(e).text, name)
	}
}

func TestRepliesAndQuotes(t *testing.T) {
	t.Parallel()
	read := func(record string) (*post, *vigiev1.Mention) {
		e, err := decode([]byte(commitFrame("create", "3l3qo2vuowo2b", record)), eventTime)
		require.NoError(t, err)
		p := readPost(e)
		return p, p.mention(e, true)
	}
	const other = "at://did:plc:other/app.bsky.feed.post/3k"
	p, m := read(`{"text":"non","langs":["fr-CA"],"reply":{"root":{"uri":"at://did:plc:root/app.bsky.feed.post/1"},"parent":{"uri":"` + other + `"}}}`)
	require.Equal(t, vigiev1.Kind_KIND_COMMENT, m.Kind)
	require.Equal(t, "bluesky:"+other, m.InReplyTo)
	require.Equal(t, "fr-CA", m.LanguageHint)
	require.Equal(t, []string{"did:plc:other", "did:plc:root"}, p.mentioned)

	_, m = read(`{"text":"voir","embed":{"$type":"app.bsky.embed.recordWithMedia","record":{"record":{"uri":"` + other + `"}}}}`)
	require.Equal(t, vigiev1.Kind_KIND_SHARE, m.Kind)
	require.Equal(t, "bluesky:"+other, m.Shares)

	_, m = read(`{"text":"ma liste","langs":["<script>"],"embed":{"record":{"uri":"at://did:plc:other/app.bsky.graph.list/3k"}}}`)
	require.Equal(t, vigiev1.Kind_KIND_POST, m.Kind, "a list is no mention")
	require.Empty(t, m.LanguageHint)
}

func TestAReplayThatBeginsTooEarlyIsPassedOver(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := &position{timing: quick(), durable: now.Add(-time.Minute).UnixMicro()}
	asked := p.begin(now)
	require.Equal(t, p.durable-(2*time.Second).Microseconds(), asked)
	require.False(t, p.see(asked-1), "some feeds begin up to an hour before they were asked to")
	require.True(t, p.see(asked))
	require.True(t, p.see(asked-1), "later on, disorder is only disorder")
}

func FuzzFrames(f *testing.F) {
	for _, record := range []string{
		`{"text":"la nouvelle Zestaline","createdAt":"2024-09-09T19:46:02.102Z","langs":["fr"]}`,
		`{"text":"à lire zestaline.example/rap…","facets":[{"index":{"byteStart":8,"byteEnd":32},"features":[{"uri":"https://zestaline.example/r"}]}]}`,
		`{"text":"été","facets":[{"index":{"byteStart":1,"byteEnd":9223372036854775807},"features":[{"did":"did:plc:x"}]}]}`,
		`{"text":"\ud800 \u0000","tags":["#","a"],"embed":{"record":{"record":{"uri":"at://did:plc:o/app.bsky.feed.post/3k"}}}}`,
		`[]`,
	} {
		f.Add([]byte(commitFrame("create", "3l3qo2vuowo2b", record)))
	}
	f.Add([]byte(commitFrame("update", "self", `{"text":"x"}`)))
	f.Add([]byte(`{"did":"did:plc:abc","time_us":1725911162329308,"kind":"account","account":{"active":false,"status":"deleted"}}`))
	f.Add([]byte(`{"did":"did:plc:abc","time_us":17,"kind":"com`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		e, err := decode(frame, eventTime)
		if err != nil {
			var invalid *invalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("an error without a reason: %v", err)
			}
			return
		}
		if !e.isPost() {
			return
		}
		p := readPost(e)
		m := p.mention(e, true)
		source.Tidy(m)
		if !utf8.ValidString(m.Text) || !strings.HasPrefix(m.MentionId, "bluesky:at://did:") {
			t.Fatalf("not a mention: %v", m)
		}
		if reason, err := source.Validate(m, eventTime.Add(maxAhead)); err != nil && reason != bus.ReasonNoText {
			t.Fatalf("%s: %v", reason, err)
		}
		if again := p.mention(e, true); !again.PublishedTime.AsTime().Equal(m.PublishedTime.AsTime()) {
			t.Fatal("the time of publication changed")
		}
	})
}
