package pager

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wording"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/simulate/slack"
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
	require.Contains(t, h.slack.Messages()[1].Text, "Name of alice n’a pas répondu")
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
	require.Contains(t, sent[0].Text, "84 mentions en 10\u00A0min, d’habitude 6 (×14)")
	require.Contains(t, sent[0].Text, "Trois enfants malades")
}

func TestAnAlertIsOneMessageAndAWatchNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.pager()
	h.publish(incident(1, vigiev1.Level_LEVEL_WATCH))
	h.settled()
	require.Empty(t, h.readers())
	h.publish(incident(2, isAlert))
	h.hears(1)
	require.Contains(t, h.slack.Messages()[0].Text, "ALERTE")
	h.settled()
	h.clock.Advance(time.Hour)
	h.settled()
	require.Equal(t, []string{"alice"}, h.readers(), "nobody is woken")
	h.publish(incident(3, isCrisis))
	h.hears(2)
	require.Contains(t, h.slack.Messages()[1].Text, "CRISE", "a higher level is another page")
}

func TestABlindSourceIsAMessageAtMost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.pager()
	blind := incident(1, isCrisis)
	blind.Kind, blind.BrandId, blind.Evidence = vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE, "", nil
	blind.IncidentId, blind.Source, blind.Page = "rss/https://site.example/feed?a=b c@2026", "rss", "https://site.example/feed?a=b c"
	blind.BlindReason, blind.Detail = vigiev1.BlindReason_BLIND_REASON_ERRORING, "HTTP 500 for 20 min"
	h.publish(blind)
	h.hears(1)
	require.Contains(t, h.slack.Messages()[0].Text, "SOURCE AVEUGLE")
	h.clock.Advance(time.Hour)
	h.settled()
	require.Len(t, h.readers(), 1)
	require.Equal(t, isAlert, h.pages(vigiev1.PageState_PAGE_STATE_SENT)[0].Level)
	h.publish(resolved(blind, h.clock.Now()))
	h.hears(2)
	h.settled()
	require.Len(t, h.readers(), 2)
}

// The bus delivers a revision as often as it likes, old ones after new ones; the
// stream may even be read again from its beginning, long after the end.
func TestRedeliveryPagesNobodyAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stop := h.pager()
	h.publish(crisis())
	h.hears(1)
	in := &intake{courses: &courses{}}
	pages, err := h.bus.Bucket(t.Context(), bus.BucketPages)
	require.NoError(t, err)
	in.courses.bucket = pages
	for range 3 {
		require.NoError(t, in.fold(t.Context(), crisis().IncidentId, []*vigiev1.Incident{incident(1, isAlert), crisis()}))
	}
	h.settled()
	require.Len(t, h.readers(), 1)
	h.publish(resolved(crisis(), h.clock.Now()))
	h.hears(2)
	h.settled()
	r, _, err := in.courses.read(t.Context(), keyOf(crisis().IncidentId))
	require.NoError(t, err)
	require.True(t, r.Course.Done())
	require.Empty(t, r.Incident, "the posts of others are forgotten with the incident")
	stop()

	require.NoError(t, in.fold(t.Context(), crisis().IncidentId, []*vigiev1.Incident{crisis(), resolved(crisis(), opened)}))
	h.pager()
	h.settled()
	require.Len(t, h.readers(), 2)
}

func TestSlackAsksForPatienceThenTakesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.slack.Fail(slack.RateLimited(30 * time.Second))
	h.pager()
	h.publish(crisis())
	h.eventually(func() bool { return h.slack.Requests() == 1 })
	h.settled()
	h.clock.Advance(29 * time.Second)
	h.settled()
	require.Equal(t, 1, h.slack.Requests(), "it was asked to wait")
	h.clock.Advance(time.Second)
	require.Equal(t, []string{"alice"}, h.hears(1))
	h.eventually(func() bool { return len(h.pages(vigiev1.PageState_PAGE_STATE_SENT)) == 1 })
	require.EqualValues(t, 2, h.pages(vigiev1.PageState_PAGE_STATE_SENT)[0].Attempts)
	require.Empty(t, h.pages(vigiev1.PageState_PAGE_STATE_FAILED))
}

func TestWhoCannotBeReachedIsPassedOverAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(cfg *config.Config) {
		cfg.Channels = append(cfg.Channels, config.Channel{ID: "siren", Kind: "webhook", URLFile: config.NewSecret("http://127.0.0.1:1/" + "secret")})
		cfg.People[0].CrisisChannels = []string{"siren"}
		cfg.People[0].Channels = []string{"slack-alice"}
	})
	h.slack.Fail(slack.NoService)
	h.pager()
	h.publish(crisis())
	for range 8 { // the siren is tried four times, a few seconds apart
		h.settled()
		h.clock.Advance(time.Second)
	}
	require.Equal(t, []string{"bruno"}, h.hears(1))
	h.eventually(func() bool { return len(h.pages(vigiev1.PageState_PAGE_STATE_FAILED)) == 2 })
	failed := h.pages(vigiev1.PageState_PAGE_STATE_FAILED)
	require.Equal(t, []string{"siren", "slack-alice"}, []string{failed[0].Channel, failed[1].Channel})
	require.Contains(t, failed[1].Error, "no_service")
	for _, page := range failed {
		require.NotContains(t, page.Error, "secret")
	}
	require.Contains(t, h.slack.Messages()[0].Text, "84 mentions")
}

// One dead channel: the others hear of their incidents meanwhile.
func TestADeadChannelHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	dead := slack.New(slack.Options{})
	dead.FailAlways(slack.Timeout)
	server := httptest.NewServer(dead)
	t.Cleanup(server.Close)
	h := newHouse(t, func(cfg *config.Config) {
		cfg.Channels[0].URLFile = config.NewSecret(server.URL + "/services/T1/B1/alice")
		cfg.Brands = append(cfg.Brands, config.Brand{ID: "zest", Name: "Zest", Team: "other"})
		cfg.Teams = append(cfg.Teams, config.Team{ID: "other", Rota: config.Rota{People: []string{"bruno"}}})
	})
	h.pager()
	h.publish(crisis())
	h.eventually(func() bool { return dead.Requests() == 1 })
	zest := crisis()
	zest.IncidentId, zest.BrandId = "zest@1", "zest"
	h.publish(zest)
	require.Equal(t, []string{"bruno"}, h.hears(1))
	require.Equal(t, 1, dead.Requests(), "while alice's Slack still has not answered")
	dead.Recover()
	server.CloseClientConnections() // or the pager would wait for it to the end
}

// The message that tells of an ack was lost; the book has it. It is looked up
// before anyone else is woken, and told of again.
func TestAnAckWhoseMessageWasLost(t *testing.T) {
	t.Parallel()
	h := houseInCrisis(t)
	acks, err := h.bus.Bucket(t.Context(), bus.BucketAcks)
	require.NoError(t, err)
	h.acks(crisis().IncidentId, isCrisis, "Alice")
	keys, err := acks.Keys(t.Context())
	require.NoError(t, err)
	entry, err := acks.Get(t.Context(), keys[0])
	require.NoError(t, err)

	lost := houseInCrisis(t)
	book, err := lost.bus.Bucket(t.Context(), bus.BucketAcks)
	require.NoError(t, err)
	_, err = book.Create(t.Context(), keys[0], entry.Value())
	require.NoError(t, err)
	lost.clock.Advance(5 * time.Minute)
	lost.eventually(func() bool { return len(lost.pages(vigiev1.PageState_PAGE_STATE_ACKED)) == 1 })
	lost.clock.Advance(time.Hour)
	lost.settled()
	require.Equal(t, []string{"alice"}, lost.readers())
}

// Who is on call changes in the file while a crisis goes on.
func TestANewRotaHoldsAtOnce(t *testing.T) {
	t.Parallel()
	h := houseInCrisis(t)
	bruno := config.Team{ID: "cm", EscalateTo: []string{"chloe"}, Rota: config.Rota{People: []string{"bruno"}}}
	require.NoError(t, h.reload(func(cfg *config.Config) { cfg.Teams = []config.Team{bruno} }))
	h.clock.Advance(5 * time.Minute)
	require.Equal(t, []string{"alice", "chloe"}, h.hears(2))

	broken := config.Team{ID: "cm", Timezone: "Europe/Atlantis"}
	require.Error(t, h.reload(func(cfg *config.Config) { cfg.Teams = []config.Team{broken} }), "a config the pager cannot use is not put in force")
	h.settled()
	h.clock.Advance(5 * time.Minute)
	require.Equal(t, []string{"alice", "chloe", "bruno"}, h.hears(3))
}

// A brand leaves the file while its crisis goes on: those who were called hear the end, and
// why, and nobody else is called.
func TestThoseWhoWereCalledHearThatABrandIsWatchedNoMore(t *testing.T) {
	t.Parallel()
	h := houseInCrisis(t)
	require.NoError(t, h.reload(func(cfg *config.Config) { cfg.Brands = nil }))
	over := resolved(crisis(), h.clock.Now())
	over.Detail = wording.French.Unwatched
	h.publish(over)
	require.Equal(t, []string{"alice", "alice"}, h.hears(2))
	require.Contains(t, h.slack.Messages()[1].Text, "FIN")
	h.settled()
	h.clock.Advance(time.Hour)
	h.settled()
	require.Len(t, h.readers(), 2)
}

func TestWhatIsNoIncidentIsADeadLetter(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.pager()
	h.publish(&vigiev1.Incident{IncidentId: "x"})
	h.publish(crisis())
	h.hears(1)
	h.eventually(func() bool { return len(bustest.DeadLetters(t, h.bus)) == 1 })
	require.Equal(t, bus.ReasonInvalid, bustest.DeadLetters(t, h.bus)[0].Reason)
}
