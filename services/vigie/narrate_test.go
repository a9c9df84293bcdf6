package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wording"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/desk"
)

var night = time.Date(2026, 11, 21, 2, 12, 23, 0, time.UTC) // 03:12 in Paris

// listener is a narrator whose words a test reads.
func listener(t *testing.T, language string) (*narrator, *bytes.Buffer) {
	t.Helper()
	cfg := config.Default()
	cfg.Brands = []config.Brand{{ID: "zest", Name: "Zestaline"}, {ID: "tele", Name: "Télémur"}}
	cfg.People = []config.Person{{ID: "noor", Name: "Noor Haddad"}}
	out := &bytes.Buffer{}
	return &narrator{
		out: out, cfg: cfg, words: wording.Pick(language, frenchNarration, englishNarration),
		now: func() time.Time { return night }, last: map[string]uint64{},
	}, out
}

func wire(t *testing.T, message proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(message)
	require.NoError(t, err)
	return data
}

// Someone starts Vigie again in the middle of the night.
func TestAStartSaysWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	over, acked := night.Add(-time.Hour), night.Add(-5*time.Minute)
	status := desk.Status{Incidents: []desk.Incident{
		{Level: "crisis", BrandID: "zest", Opened: night.Add(-20 * time.Minute), AckedBy: "Noor Haddad", AckedTime: &acked},
		{Level: "alert", BrandID: "tele", Opened: night.Add(-26 * time.Hour)},
		{Level: "watch", BrandID: "zest", Opened: night.Add(-time.Minute)},
		{Level: "alert", Source: "x", Page: "zestaline", Reason: "quota", Opened: night.Add(-time.Minute)},
		{Level: "crisis", BrandID: "tele", Opened: over, Over: &over},
	}}
	n, out := listener(t, "en")
	n.underWay(status)
	require.Equal(t, `Under way:
  CRISIS Zestaline, since 02:52, taken in charge by Noor Haddad at 03:07
  ALERT Télémur, since 20 Nov 01:12, not taken in charge: do so on http://127.0.0.1:8080
  WATCH Zestaline, since 03:11
  BLIND SOURCE x zestaline, since 03:11, not taken in charge: do so on http://127.0.0.1:8080
`, out.String())

	n, out = listener(t, "fr")
	n.underWay(status)
	require.Contains(t, out.String(), "  CRISE Zestaline, depuis 02:52, pris en charge par Noor Haddad à 03:07\n")
	require.Contains(t, out.String(), "  ALERTE Télémur, depuis 20/11 01:12, à prendre en charge sur http://127.0.0.1:8080\n")
	n, out = listener(t, "en")
	n.underWay(desk.Status{Incidents: status.Incidents[4:]})
	require.Equal(t, "Nothing is under way.\n", out.String())
}

// The counts are the desk's totals, so a restart does not begin at nought.
func TestTheFlowIsThatOfTheDesk(t *testing.T) {
	t.Parallel()
	totals := func(bluesky, x uint64) desk.Status {
		var none uint64
		return desk.Status{Sources: []desk.Source{
			{Name: "bluesky", Total: &bluesky}, {Name: "mastodon"}, {Name: "rss", Total: &none}, {Name: "x", Total: &x},
		}}
	}
	n, out := listener(t, "en")
	n.flow(desk.Status{})
	n.flow(totals(9761, 118))
	n.flow(totals(9765, 118))
	n.flow(totals(9700, 119)) // old ones have been forgotten
	require.Equal(t, "03:12  mentions of your brands: none yet\n"+
		"03:12  mentions of your brands: bluesky 9,761 · x 118\n"+
		"03:12  mentions of your brands: bluesky 9,765 (+4) · x 118\n"+
		"03:12  mentions of your brands: bluesky 9,700 · x 119 (+1)\n", out.String())
}

func TestIncidentsAndPagesInPlainWords(t *testing.T) {
	t.Parallel()
	incident := wire(t, &vigiev1.Incident{BrandId: "zest", Level: vigiev1.Level_LEVEL_CRISIS, Evidence: &vigiev1.Evidence{
		WindowFrom: timestamppb.New(night.Add(-9*time.Minute - 24*time.Second)), WindowTo: timestamppb.New(night),
		ObservedMentions: 84, ExpectedMentions: 6, ObservedNegative: 52, ExpectedNegative: 0.72, DistinctAuthors: 1,
	}})
	page := &vigiev1.Page{PersonId: "noor", Channel: "slack", Level: vigiev1.Level_LEVEL_ALERT, State: vigiev1.PageState_PAGE_STATE_SENT, DelaySeconds: 0.2}
	later := &vigiev1.Page{PersonId: "noor", Channel: "slack", Level: vigiev1.Level_LEVEL_ALERT, State: vigiev1.PageState_PAGE_STATE_SENT, DelaySeconds: 301, Step: 1}
	n, out := listener(t, "en")
	n.incident(incident)
	n.page(wire(t, page))
	n.page(wire(t, later))
	require.Equal(t, "03:12  CRISIS Zestaline: 84 mentions in 10\u00A0min, usually 6 (×14) · 62% negative, usually 12% · 1 author\n"+
		"03:12  page sent to Noor Haddad by slack, less than 1\u00A0s after the post that tipped it\n"+
		"03:12  page sent to Noor Haddad by slack, because nobody answered so far\n", out.String())
	n, out = listener(t, "fr")
	n.incident(incident)
	n.page(wire(t, later))
	require.Equal(t, "03:12  CRISE Zestaline\u00A0: 84 mentions en 10\u00A0min, d’habitude 6 (×14) · 62\u00A0% négatives, d’habitude 12\u00A0% · 1 auteur\n"+
		"03:12  page envoyée à Noor Haddad par slack, faute de réponse jusqu’ici\n", out.String())
}

// Posts, names and answers of others hold commands to terminals: whatever they are,
// the narrator's own colours are the only ones.
func TestHostileTextStaysTextOnATerminal(t *testing.T) {
	t.Parallel()
	const hostile = "a\x1b]0;owned\x07b\u009b2Jc\rd\x7f"
	n, out := listener(t, "en")
	acked := night
	n.underWay(desk.Status{Incidents: []desk.Incident{{Level: "crisis", BrandID: "zest", Opened: night, AckedBy: hostile, AckedTime: &acked}}})
	n.incident(wire(t, &vigiev1.Incident{Kind: vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE, Source: "rss", Page: hostile, Detail: hostile}))
	n.page(wire(t, &vigiev1.Page{State: vigiev1.PageState_PAGE_STATE_FAILED, Channel: "slack", Error: hostile}))
	n.page(wire(t, &vigiev1.Page{State: vigiev1.PageState_PAGE_STATE_ACKED, AckedBy: hostile}))
	n.page(wire(t, &vigiev1.Page{State: vigiev1.PageState_PAGE_STATE_SENT, Level: vigiev1.Level_LEVEL_CRISIS, Text: "one\n" + hostile}))
	require.Equal(t, 6, strings.Count(out.String(), "a]0;ownedb2Jcd"), out.String())
	require.False(t, strings.ContainsFunc(out.String(), func(r rune) bool { return unicode.IsControl(r) && r != '\n' }), "%q", out.String())
}
