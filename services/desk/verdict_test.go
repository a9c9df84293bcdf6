package desk

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// say taps one of the buttons that say what an incident was.
func (h *house) say(link url.Values, verdict string) (int, string) {
	h.t.Helper()
	form := url.Values{"t": link["t"], "person": link["person"], "verdict": {verdict}}
	return h.send("/verdict", form)
}

func (h *house) verdicts() []*vigiev1.Verdict {
	h.t.Helper()
	return bustest.All(h.t, h.bus, bus.SubjectVerdict, func() *vigiev1.Verdict { return &vigiev1.Verdict{} })
}

// over is an incident that lasted half an hour.
func over(level vigiev1.Level, at time.Time) *vigiev1.Incident {
	i := incident(level, 2, at)
	i.State, i.ResolvedTime = vigiev1.IncidentState_INCIDENT_STATE_RESOLVED, timestamppb.New(at.Add(30*time.Minute))
	return i
}

// Alice was woken by a crisis. In the morning she says that it was one, at noon that it
// was worth an alert, from the link she was woken by. Bob sees it on the desk.
func TestWhoWasPagedSaysWhatItWas(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(over(isCrisis, time.Now().Add(-time.Hour)))
	h.open()
	link := h.link("alice", isCrisis, later())
	_, body := h.get("/ack?" + link.Encode())
	for _, button := range []string{"Une crise", "Méritait une alerte", "Bon à savoir", "Rien (fausse alerte)"} {
		require.Contains(t, body, button+"</button>")
	}
	require.NotContains(t, body, `aria-pressed="true"`, "nothing is said for her")
	requireHarmless(t, body)

	code, body := h.say(link, "crisis")
	require.Equal(t, 200, code)
	require.Contains(t, body, "C’est noté : une crise.")
	code, body = h.say(link, "alert")
	require.Equal(t, 200, code)
	require.Contains(t, body, "C’est noté : méritait une alerte.")
	require.Regexp(t, `Verdict : méritait une alerte \(Alice Martin, \d\d:\d\d\)`, body)
	require.Contains(t, body, `value="alert" class="alert" aria-pressed="true"`)

	said := h.verdicts()
	require.Len(t, said, 2)
	last := said[1]
	require.WithinDuration(t, time.Now(), last.SaidTime.AsTime(), patience)
	require.Equal(t, []string{incidentID, "VERDICT_LEVEL_ALERT", "alice", "Alice Martin"}, []string{last.IncidentId, last.Level.String(), last.PersonId, last.SaidBy})

	i := h.status().Incidents[0]
	require.Equal(t, []string{"alert", "Alice Martin"}, []string{i.Verdict, i.VerdictBy})
	require.WithinDuration(t, last.SaidTime.AsTime(), *i.VerdictTime, 0)
	_, body = h.get("/?lang=en")
	require.Contains(t, body, "Verdict: worth an alert (Alice Martin, ")
}

// A verdict is a label: the incident stays as it was, and whoever is paged for it is paged
// on, until somebody takes it in charge.
func TestAVerdictChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(incident(isCrisis, 1, time.Now().Add(-time.Minute)))
	h.open()
	before := h.status().Incidents[0]
	link := h.link("alice", isCrisis, later())
	_, body := h.say(link, "none")
	require.Contains(t, body, "C’est noté : rien (fausse alerte).")
	require.Contains(t, body, "Je prends en charge", "it is still nobody's")
	require.Empty(t, h.pages())
	require.Len(t, bustest.All(t, h.bus, bus.SubjectIncident, func() *vigiev1.Incident { return &vigiev1.Incident{} }), 1)
	after := h.status().Incidents[0]
	require.Equal(t, "none", after.Verdict)
	after.Verdict, after.VerdictBy, after.VerdictTime = "", "", nil
	require.Equal(t, before, after)

	_, body = h.tap(link)
	require.Contains(t, body, "C’est noté, Alice Martin")
	require.Eventually(t, func() bool { return h.status().Incidents[0].AckedBy == "Alice Martin" }, patience, 5*time.Millisecond)
	_, body = h.get("/?lang=en")
	require.Contains(t, body, "Verdict: nothing (false alarm) (Alice Martin, ")
}

// The desk does not know who looks at it: from there, they say who they are. Nobody is
// told of a watch, but anybody may say what it was; it cannot be taken in charge.
func TestWhoLooksAtTheDeskSaysWhoTheyAre(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(over(vigiev1.Level_LEVEL_WATCH, time.Now().Add(-time.Hour)))
	h.open()
	_, body := h.get("/")
	require.Contains(t, body, "Dire ce que c’était")
	found := regexp.MustCompile(`href="/ack\?t=([^"&]+)&amp;lang=fr"`).FindStringSubmatch(body)
	require.NotNil(t, found)
	_, body = h.get("/ack?t=" + found[1])
	require.Contains(t, body, "Qui êtes-vous ?")
	require.NotContains(t, body, "Je prends en charge")

	link := url.Values{"t": {found[1]}}
	for _, person := range []string{"", "mallory", "<script>"} {
		link.Set("person", person)
		code, body := h.say(link, "watch")
		require.Equal(t, 400, code, person)
		require.Contains(t, body, "Choisissez votre nom</p>")
		require.Contains(t, body, "Vous avez choisi : bon à savoir. Ce n’est pas encore noté.")
		require.Contains(t, body, `value="watch" class="watch meant" aria-pressed="false"`)
		requireHarmless(t, body)
	}
	require.Empty(t, h.verdicts())
	link.Set("person", "bob")
	code, body := h.say(link, "watch")
	require.Equal(t, 200, code)
	require.Contains(t, body, "(Bob Smith, ")
	require.NotContains(t, body, "Vous avez choisi")
	require.NotContains(t, body, "meant")
	require.Equal(t, "bob", h.verdicts()[0].PersonId)
}

// Whoever may not take an incident in charge may not say what it was either.
func TestAVerdictByAWrongOrOldLinkIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(over(isCrisis, time.Now().Add(-time.Hour)))
	h.open()
	good := h.link("bob", isCrisis, later())
	for token, want := range map[string]int{
		"": 403, good.Get("t")[1:]: 403, `"><script>alert(1)</script>`: 403,
		h.link("bob", isCrisis, time.Now().Add(-time.Second)).Get("t"): 410,
	} {
		code, body := h.say(url.Values{"t": {token}}, "none")
		require.Equal(t, want, code, token)
		require.NotContains(t, body, "</button>")
		require.Regexp(t, "nothing .false alarm.. It is not noted yet|rien .fausse alerte.. Ce n’est pas encore noté", body, "and what was chosen is not forgotten")
		requireHarmless(t, body)
	}
	for _, verdict := range []string{"", "panic", "unspecified", "CRISIS\n"} {
		code, body := h.say(good, verdict)
		require.Equal(t, 400, code, verdict)
		require.NotContains(t, body, "It is not noted yet", "that is no choice")
	}
	code, _ := h.get("/verdict?" + url.Values{"t": good["t"], "verdict": {"none"}}.Encode())
	require.Equal(t, 405, code, "programs open links, too")
	require.Empty(t, h.verdicts())
}

// Whether a source could be seen is no matter of opinion.
func TestNobodyIsAskedAboutABlindSource(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	blind := incident(vigiev1.Level_LEVEL_ALERT, 1, time.Now().Add(-time.Minute))
	blind.Kind, blind.BrandId, blind.Source, blind.Evidence = vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE, "", "rss", nil
	h.publish(blind)
	h.open()
	link := h.link("alice", vigiev1.Level_LEVEL_ALERT, later())
	_, body := h.get("/ack?" + link.Encode())
	require.Contains(t, body, "Je prends en charge")
	require.NotContains(t, body, "Rien (fausse alerte)")
	code, _ := h.say(link, "none")
	require.Equal(t, 400, code)
	require.Empty(t, h.verdicts())
}

// A desk that starts again knows what was said, and of an incident that is forgotten here
// one can still say what it was. The last one said counts, also where an earlier one comes late.
func TestVerdictsAreKnownAfterARestart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for n, said := range []*vigiev1.Verdict{
		{Level: vigiev1.VerdictLevel_VERDICT_LEVEL_NONE, SaidBy: "Bob Smith", SaidTime: timestamppb.New(time.Now())},
		{Level: vigiev1.VerdictLevel_VERDICT_LEVEL_CRISIS, SaidBy: "Alice Martin", SaidTime: timestamppb.New(time.Now().Add(-time.Minute))},
	} {
		said.IncidentId = incidentID
		_, err := h.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectVerdict, "x"), ID: fmt.Sprint(n), Message: said})
		require.NoError(t, err)
	}
	h.open()
	link := h.link("alice", isCrisis, later())
	_, body := h.get("/ack?" + link.Encode())
	require.Contains(t, body, "n’est plus disponible ici")
	require.Contains(t, body, "Verdict : rien (fausse alerte) (Bob Smith, ")
	code, _ := h.say(link, "crisis")
	require.Equal(t, 200, code)
	_, body = h.get("/ack?" + link.Encode())
	require.Contains(t, body, "Verdict : une crise (Alice Martin, ")
}

// The bus does not take it: the page says so, and nothing on it is as if it had.
func TestAVerdictThatCannotBeWrittenSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(over(isCrisis, time.Now().Add(-time.Hour)))
	h.open()
	require.NoError(t, h.bus.JetStream().DeleteStream(t.Context(), bus.StreamVerdicts))
	link := h.link("", isCrisis, later())
	link.Set("person", "alice")
	code, body := h.say(link, "none")
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.Contains(t, body, `<option value="alice" selected>Alice Martin</option>`)
	require.Contains(t, body, `class="none meant"`)
	require.Contains(t, body, "Pas encore enregistré")
	require.NotContains(t, body, `aria-pressed="true"`)
	require.Contains(t, body, "Rien (fausse alerte)</button>", "and she can try again")
	require.Empty(t, h.status().Incidents[0].Verdict)
}

// Who reads the desk in a language reads in it what they open from there, what their taps are
// answered, and the desk they go back to; whatever they or the house speak.
func TestTheLanguageOfTheDeskIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(over(isCrisis, time.Now().Add(-time.Hour)))
	h.open()
	_, body := h.get("/?lang=en")
	found := regexp.MustCompile(`href="(/ack\?t=[^"]+)"`).FindStringSubmatch(body)
	require.NotNil(t, found)
	_, body = h.get(html.UnescapeString(found[1]))
	require.Contains(t, body, `<html lang="en">`)
	require.Contains(t, body, `<input type="hidden" name="lang" value="en">`)
	require.Contains(t, body, `<a href="/?lang=en">Open the desk</a>`)
	link := h.link("alice", isCrisis, later()) // who speaks French
	link.Set("lang", "en")
	_, body = h.tap(link)
	require.Contains(t, body, "Noted, Alice Martin: taken in charge at ")
	link.Set("verdict", "crisis")
	_, body = h.send("/verdict", link)
	require.Contains(t, body, "Noted: a crisis.")
	link.Set("lang", "de")
	_, body = h.send("/verdict", link)
	require.Contains(t, body, "C’est noté : une crise.", "of what is not written, that which she speaks")
	requireHarmless(t, body)
}
