package x

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/xapi"
)

func TestAPostBecomesAMention(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	_, sink, _ := a.start()
	a.streaming()
	shown := said("Cette Oasis a un goût <bizarre> & @OasisFR le sait")
	shown.Likes = 3
	a.api.Show(said("rien à voir"), shown)

	m := a.eventually(1)[0]
	require.Equal(t, "x:"+xapi.ID(shown), m.MentionId)
	require.Equal(t, "Cette Oasis a un goût <bizarre> & @OasisFR le sait", m.Text)
	require.Equal(t, strings.ToLower(shown.Author.Handle), m.Page)
	require.Equal(t, shown.Author.Handle, m.Author.Handle)
	require.EqualValues(t, 12, m.Author.Followers)
	require.EqualValues(t, 3, m.Engagement.Likes)
	require.Equal(t, "fr", m.LanguageHint)
	require.Equal(t, []string{"oasisfr"}, m.AddressedPages)
	require.Equal(t, vigiev1.Origin_ORIGIN_LIVE, m.Origin)
	require.Equal(t, vigiev1.Ownership_OWNERSHIP_THIRD_PARTY, m.Ownership)
	require.Equal(t, shown.Time.Truncate(time.Second).UTC(), m.PublishedTime.AsTime())

	own := said("Bonjour, nous sommes désolés")
	own.Author.Handle = "OasisFR"
	a.api.Show(own)
	require.Equal(t, vigiev1.Ownership_OWNERSHIP_OFFICIAL, a.eventually(2)[1].Ownership)
	a.verdict(sink, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED)
}

func TestRepliesSharesAndQuotes(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.start()
	a.streaming()
	original, reply, retweet, quote := said("oasis"), said("@Lea oasis, vraiment ?"), said(""), said("oasis : lisez ça")
	reply.ReplyTo, retweet.ShareOf, quote.ShareOf = original.Number, original.Number, original.Number
	a.api.Show(original, reply, retweet, quote)
	all := a.eventually(4)
	id := "x:" + xapi.ID(original)
	require.Equal(t, vigiev1.Kind_KIND_POST, all[0].Kind)
	require.Equal(t, vigiev1.Kind_KIND_COMMENT, all[1].Kind)
	require.Equal(t, id, all[1].InReplyTo)
	require.Equal(t, vigiev1.Kind_KIND_SHARE, all[2].Kind)
	require.Equal(t, id, all[2].Shares)
	require.Contains(t, all[2].Text, "RT @")
	require.Equal(t, vigiev1.Kind_KIND_SHARE, all[3].Kind)
	require.Equal(t, id, all[3].Shares)
}

func TestAnEditComesAsARevision(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.start()
	a.streaming()
	p := said("oasis est bon")
	p.Likes = 500
	a.api.Show(p)
	a.eventually(1)
	p.Text, p.Likes, p.Edited = "oasis est mauvais", 0, p.Time.Add(2*time.Second)
	a.api.Edit(p)
	all := a.eventually(2)
	require.Equal(t, all[0].MentionId, all[1].MentionId)
	require.Equal(t, all[0].PublishedTime.AsTime(), all[1].PublishedTime.AsTime())
	require.Greater(t, all[1].Revision, all[0].Revision)
	require.Equal(t, "oasis est mauvais", all[1].Text)
}

// TestNothingIsLostWhenTheStreamBreaks breaks it in every way, with a post just
// before, one while away, and one after.
func TestNothingIsLostWhenTheStreamBreaks(t *testing.T) {
	t.Parallel()
	for name, disturb := range map[string]func(*xapi.Server){
		"cut without a word":      func(s *xapi.Server) { s.Break() },
		"operational disconnect":  func(s *xapi.Server) { s.Disconnect() },
		"too many connections":    func(s *xapi.Server) { s.Crowd() },
		"cut in mid-JSON":         func(s *xapi.Server) { s.SetFaults(xapi.Faults{Cut: true}); s.Show(said("oasis coupée")) },
		"X forgets to hang up":    func(s *xapi.Server) { s.SetFaults(xapi.Faults{Linger: 200 * time.Millisecond}); s.Break() },
		"errors at reconnection":  func(s *xapi.Server) { s.SetFaults(xapi.Faults{Status: 503, Times: 3}); s.Break() },
		"refused at reconnection": func(s *xapi.Server) { s.SetFaults(xapi.Faults{Status: 429, Times: 2}); s.Break() },
		"a proxy's error page":    func(s *xapi.Server) { s.SetFaults(xapi.Faults{Status: 502, Body: "<html>", Times: 2}); s.Break() },
		"silence":                 func(s *xapi.Server) { s.SetFaults(xapi.Faults{Silent: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAviary(t)
			c, _, _ := a.start()
			a.streaming()
			a.filled(c)
			a.api.Show(said("oasis avant"))
			a.eventually(1)
			opened := streams(a)
			disturb(a.api)
			a.api.Show(said("oasis pendant"))
			sourcetest.Eventually(t, "a new stream is asked for", func() bool { return streams(a) > opened })
			a.api.SetFaults(xapi.Faults{})
			a.streaming()
			a.api.Show(said("oasis après"))
			want := []string{"oasis avant", "oasis pendant", "oasis après"}
			if name == "cut in mid-JSON" {
				want = append(want, "oasis coupée")
			}
			sourcetest.Eventually(t, "all of them", func() bool { return len(textsOf(a.Mentions(t))) >= len(want) })
			require.ElementsMatch(t, want, textsOf(a.Mentions(t)))
		})
	}
}

// streams counts the requests for the stream.
func streams(a *aviary) (n int) {
	for _, r := range a.api.Requests() {
		if r.Endpoint == "GET "+xapi.PathStream {
			n++
		}
	}
	return n
}

// textsOf is what mentions say, each mention once.
func textsOf(mentions []*vigiev1.Mention) (texts []string) {
	seen := map[string]bool{}
	for _, m := range mentions {
		if !seen[m.MentionId] {
			seen[m.MentionId] = true
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func TestBadLinesAreKeptAndTheRestGoesThrough(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.start()
	a.streaming()
	a.api.SetFaults(xapi.Faults{Garbage: true})
	a.api.Show(said("oasis"), said(""), said("encore oasis"))
	a.eventually(2)
	require.Equal(t, 1, streams(a), "a bad line is no reason to reconnect")
	letters := a.DeadLetters(t)
	require.NotEmpty(t, letters)
	require.Equal(t, bus.ReasonInvalidUTF8, letters[0].Reason)
	require.Contains(t, string(letters[0].Payload), "502 Bad Gateway")
}

func TestALineCutInItsMiddleIsKept(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.start()
	a.streaming()
	a.api.SetFaults(xapi.Faults{Cut: true})
	a.api.Show(said("oasis coupée"))
	sourcetest.Eventually(t, "a dead letter", func() bool { return len(a.DeadLetters(t)) > 0 })
	require.Equal(t, bus.ReasonTruncated, a.DeadLetters(t)[0].Reason)
	require.Equal(t, "oasis coupée", a.eventually(1)[0].Text, "search has it whole")
}

func TestDuplicatesAndDisorderDoNotMatter(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.start()
	a.streaming()
	a.api.SetFaults(xapi.Faults{Twice: true})
	a.api.Show(said("oasis un"))
	a.eventually(1)
	a.api.SetFaults(xapi.Faults{Reorder: true})
	a.api.Show(said("oasis deux"), said("oasis trois"))
	a.eventually(3)
	require.Equal(t, []string{"oasis un", "oasis trois", "oasis deux"}, textsOf(a.Mentions(t)))
	require.Len(t, a.Mentions(t), 3)
}

// TestAQuietBrandIsNotASilentStream: keep-alives alone are signs of life.
func TestAQuietBrandIsNotASilentStream(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	c, sink, _ := a.start()
	a.streaming()
	a.filled(c)
	before := c.progress.reached()
	sourcetest.Eventually(t, "we stand later", func() bool { return c.progress.reached().After(before.Add(quick.silence)) })
	require.Equal(t, 1, streams(a))
	reason, _, seen := sink.Signs().Verdict(time.Now(), time.Second)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED, reason)
	require.WithinDuration(t, time.Now(), seen, time.Second)
}
