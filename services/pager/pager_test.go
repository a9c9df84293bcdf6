package pager

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

const (
	isAlert  = vigiev1.Level_LEVEL_ALERT
	isCrisis = vigiev1.Level_LEVEL_CRISIS
)

// The night of a crisis: alice is woken, does not answer, nor does bruno; chloe
// takes it in charge, and it is over at breakfast.
func TestTheNightOfACrisis(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.pager()
	h.publish(crisis())
	require.Equal(t, []string{"alice"}, h.hears(1))
	h.settled()
	h.clock.Advance(5*time.Minute - time.Second)
	h.settled()
	require.Equal(t, []string{"alice"}, h.readers(), "not a second early")
	h.clock.Advance(time.Second)
	require.Equal(t, []string{"alice", "bruno"}, h.hears(2))
	require.Contains(t, h.slack.Messages()[1].Text, "Name of alice n'a pas répondu")
	h.settled()
	h.clock.Advance(5 * time.Minute)
	require.Equal(t, []string{"alice", "bruno", "chloe"}, h.hears(3))

	h.acks(crisis().IncidentId, isCrisis, "Chloé")
	h.settled()
	h.clock.Advance(time.Hour)
	h.settled()
	require.Len(t, h.readers(), 3, "an ack ends it")

	h.publish(resolved(crisis(), h.clock.Now()))
	require.ElementsMatch(t, []string{"alice", "bruno", "chloe"}, h.hears(6)[3:], "those who were called hear the end, once")
	require.Contains(t, h.slack.Messages()[3].Text, "FIN")
	require.Contains(t, h.slack.Messages()[3].Text, "Chloé")
	h.settled()
	require.Len(t, h.readers(), 6)

	sent := h.pages(vigiev1.PageState_PAGE_STATE_SENT)
	require.Len(t, sent, 3, "an end is no page")
	require.Equal(t, "acme@2026-11-21T02:12:00Z/crisis/0/alice/slack-alice", sent[0].PageId)
	require.InDelta(t, 2, sent[0].DelaySeconds, 0.001, "from receipt of what tipped it")
	require.Contains(t, sent[0].Text, "84 mentions en 10 min, d'habitude 6 (×14)")
	require.Contains(t, sent[0].Text, "Trois enfants malades")
}
