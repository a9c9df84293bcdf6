package desk

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Who glances at the headline knows what is under way, and what waits for
// somebody: alerts beside crises, and nothing that is in somebody's hands.
func TestTheHeadlineSaysWhatIsOpenAndWhatWaits(t *testing.T) {
	t.Parallel()
	over := time.Now()
	at := func(level, ackedBy string) Incident { return Incident{Kind: kindSpike, Level: level, AckedBy: ackedBy} }
	blind := Incident{Kind: kindBlind, Level: "alert"}
	for _, row := range []struct {
		incidents    []Incident
		mood, fr, en string
	}{
		{nil, "calm", "Tout est calme", "All is calm"},
		{[]Incident{{Kind: kindSpike, Level: "crisis", Over: &over}}, "calm", "Tout est calme", "All is calm"},
		{[]Incident{at("watch", "")}, "calm", "En cours : 1 veille", "Under way: 1 watch"},
		{[]Incident{at("crisis", ""), at("alert", "")}, "crisis",
			"En cours : 1 crise, à prendre en charge · 1 alerte, à prendre en charge",
			"Under way: 1 crisis, not taken in charge · 1 alert, not taken in charge"},
		{[]Incident{at("crisis", "Alice"), at("alert", "")}, "alert",
			"En cours : 1 crise, prise en charge · 1 alerte, à prendre en charge",
			"Under way: 1 crisis, taken in charge · 1 alert, not taken in charge"},
		{[]Incident{at("crisis", "Alice"), at("crisis", ""), at("crisis", "")}, "crisis",
			"En cours : 3 crises, dont 2 à prendre en charge", "Under way: 3 crises, 2 not taken in charge"},
		{[]Incident{at("alert", ""), at("alert", ""), at("watch", ""), at("watch", "")}, "alert",
			"En cours : 2 alertes, à prendre en charge · 2 veilles", "Under way: 2 alerts, not taken in charge · 2 watches"},
		{[]Incident{at("crisis", "Alice"), at("crisis", "Bob"), blind}, "blind",
			"En cours : 2 crises, prises en charge · 1 source aveugle, à prendre en charge",
			"Under way: 2 crises, taken in charge · 1 blind source, not taken in charge"},
		{[]Incident{at("alert", "Alice")}, "calm", "En cours : 1 alerte, prise en charge", "Under way: 1 alert, taken in charge"},
	} {
		mood, fr := viewer{words: french}.mood(row.incidents)
		require.Equal(t, row.mood, mood, row.fr)
		require.Equal(t, row.fr, fr)
		_, en := viewer{words: english}.mood(row.incidents)
		require.Equal(t, row.en, en)
	}
}

// An alert was told to Alice and Bob, and Alice takes it in charge: nothing on
// the screen says any longer that an answer is awaited. Then it becomes a crisis,
// which that does not answer for; Bob's ack of the crisis does for both.
func TestAfterAnAckNothingIsAwaited(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(cfg *config.Config) { cfg.Language = "en" })
	began := time.Now().Add(-time.Hour)
	page := func(level vigiev1.Level, person string) {
		p := sentPage(person, 0, began)
		p.Level = level
		p.PageId = fmt.Sprintf("%s/%s/0/%s/slack", incidentID, enum.Name(level), person)
		h.page(p)
	}
	h.publish(incident(vigiev1.Level_LEVEL_ALERT, 1, began))
	page(vigiev1.Level_LEVEL_ALERT, "alice")
	page(vigiev1.Level_LEVEL_ALERT, "bob")
	h.open()
	shows := func(awaited, taken int) {
		t.Helper()
		require.Eventually(t, func() bool {
			_, body := h.get("/?lang=en")
			return strings.Count(body, "no answer yet") == awaited && strings.Count(body, "taken in charge by") == taken
		}, patience, 5*time.Millisecond)
	}
	shows(4, 0) // each page stands with its incident and in the list of pages
	_, body := h.get("/?lang=en")
	require.Contains(t, body, "Under way: 1 alert, not taken in charge")

	code, _ := h.tap(h.link("alice", vigiev1.Level_LEVEL_ALERT, later()))
	require.Equal(t, 200, code)
	shows(0, 4)
	_, body = h.get("/?lang=en")
	require.Contains(t, body, "Under way: 1 alert, taken in charge")
	require.Contains(t, body, "✓ Taken in charge by Alice Martin at ")

	h.publish(incident(isCrisis, 2, began))
	page(isCrisis, "alice")
	shows(2, 4)
	_, body = h.get("/?lang=en")
	require.Contains(t, body, "Under way: 1 crisis, not taken in charge")
	require.NotContains(t, body, "✓ Taken")
	code, _ = h.tap(h.link("bob", isCrisis, later()))
	require.Equal(t, 200, code)
	shows(0, 6+2) // Bob's link makes a page of its own
	require.Contains(t, body, `</span> <span>Acme</span> <strong>Alice Martin`, "the list of pages names what each is about")
	for _, p := range h.status().Pages {
		require.Equal(t, stateAcked, p.State)
	}
}
