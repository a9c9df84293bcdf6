package desk

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

func later() time.Time { return time.Now().Add(time.Hour) }

// Chat programs, mail filters and curious phones open links, in every way there
// is. None of that takes anything in charge; the button does.
func TestALinkPreviewAcksNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(incident(isCrisis, 1, time.Now().Add(-time.Minute)))
	h.open()
	link := h.link("alice", isCrisis, later())
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		request, err := http.NewRequestWithContext(t.Context(), method, h.url+"/ack?"+link.Encode(), nil)
		require.NoError(t, err)
		code, _ := h.do(request)
		require.Equal(t, 200, code)
	}
	require.Empty(t, h.pages())
	_, body := h.get("/ack?" + link.Encode())
	require.Contains(t, body, "Je prends en charge")
	require.Contains(t, body, "84 mentions en 10\u00A0min")
	requireHarmless(t, body)

	code, body := h.tap(link)
	require.Equal(t, 200, code)
	require.Contains(t, body, "C’est noté, Alice Martin")
	acked := h.pages()
	require.Len(t, acked, 1)
	require.Equal(t, vigiev1.PageState_PAGE_STATE_ACKED, acked[0].State)
	require.Equal(t, incidentID+"/crisis/0/alice/slack", acked[0].PageId)
	require.Equal(t, []string{"acme", "alice", "Alice Martin", "slack"},
		[]string{acked[0].BrandId, acked[0].PersonId, acked[0].AckedBy, acked[0].Channel})
}

// Alice and Bob tap at the same moment, several times: one of them has it, both
// are told who, and it is announced once.
func TestTheFirstToTapHasIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(incident(isCrisis, 1, time.Now().Add(-time.Minute)))
	h.open()
	bodies := make([]string, 10)
	var all sync.WaitGroup
	for i := range bodies {
		link := h.link([]string{"alice", "bob"}[i%2], isCrisis, later())
		all.Go(func() { _, bodies[i] = h.tap(link) })
	}
	all.Wait()
	acked := h.pages()
	require.Len(t, acked, 1)
	clock := acked[0].ChangedTime.AsTime().In(h.cfg.Location()).Format("15:04")
	for i, body := range bodies {
		switch mine := acked[0].PersonId == []string{"alice", "bob"}[i%2]; {
		case mine && i%2 == 0:
			require.Contains(t, body, "C’est noté, Alice Martin : pris en charge à "+clock)
		case mine:
			require.Contains(t, body, "Noted, Bob Smith: taken in charge at "+clock)
		case i%2 == 0:
			require.Contains(t, body, "Déjà pris en charge par Bob Smith à "+clock)
		default:
			require.Contains(t, body, "Already taken in charge by Alice Martin at "+clock)
		}
		require.NotContains(t, body, `action="/ack"`, "there is nothing left to take")
	}
}

func TestALinkThatIsWrongCutOrOld(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(incident(isCrisis, 1, time.Now().Add(-time.Minute)))
	h.open()
	good := h.link("bob", isCrisis, later()).Get("t")
	for _, row := range []struct {
		name, token string
		code        int
		says        string
	}{
		{"none", "", 403, "Ce lien n’est pas valable"},
		{"cut", good[:len(good)-3], 403, "Ce lien n’est pas valable"},
		{"changed", strings.Replace(good, good[5:8], "AAA", 1), 403, "Ce lien n’est pas valable"},
		{"hostile", `"><script>alert(1)</script>`, 403, "Ce lien n’est pas valable"},
		{"old", h.link("bob", isCrisis, time.Now().Add(-time.Second)).Get("t"), 410, "This link is too old"},
		{"huge", strings.Repeat("A", 50_000), 403, "Ce lien n’est pas valable"},
	} {
		code, body := h.get("/ack?" + url.Values{"t": {row.token}}.Encode())
		require.Equal(t, row.code, code, row.name)
		require.Contains(t, body, row.says, row.name)
		require.NotContains(t, body, "<form", row.name)
		requireHarmless(t, body)
		code, _ = h.tap(url.Values{"t": {row.token}, "level": {"crisis"}})
		require.Equal(t, row.code, code, row.name)
	}
	code, _ := h.tap(url.Values{"t": {good}, "x": {strings.Repeat("A", maxForm)}})
	require.Equal(t, 403, code, "a form beyond any size")
	require.Empty(t, h.pages())
}

// The alert's link is opened after it has become a crisis: the page shows the
// crisis, and its button answers for it. A page that was open since the alert
// answers for the alert only, because its reader saw no crisis.
func TestTheButtonAnswersForWhatItsReaderSaw(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	at := time.Now().Add(-time.Hour)
	h.publish(incident(vigiev1.Level_LEVEL_ALERT, 1, at))
	h.open()
	link := h.link("alice", vigiev1.Level_LEVEL_ALERT, later())
	h.publish(incident(isCrisis, 2, at))
	require.Eventually(t, func() bool { return h.status().Incidents[0].Level == "crisis" }, patience, 5*time.Millisecond)

	_, body := h.tap(link)
	require.Contains(t, body, "C’est noté")
	require.Equal(t, vigiev1.Level_LEVEL_ALERT, h.pages()[0].Level)
	_, body = h.get("/ack?" + link.Encode())
	require.Contains(t, body, `name="level" value="crisis"`)
	require.Contains(t, body, "Je prends en charge", "the crisis is still nobody's")

	link.Set("level", "crisis")
	_, body = h.tap(link)
	require.Contains(t, body, "C’est noté")
	require.Len(t, h.pages(), 2)
	require.Equal(t, isCrisis, h.pages()[1].Level)
	link.Set("level", "panic")
	_, body = h.tap(link)
	require.Contains(t, body, "C’est noté", "an ack of the crisis covers the alert")
	require.Len(t, h.pages(), 2)
}

func TestAnIncidentThatIsOverOrForgottenCanStillBeAcked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.open()
	link := h.link("alice", isCrisis, later())
	code, body := h.get("/ack?" + link.Encode())
	require.Equal(t, 200, code)
	require.Contains(t, body, "n’est plus disponible ici")
	require.Contains(t, body, "Je prends en charge")

	over := incident(isCrisis, 2, time.Now().Add(-time.Hour))
	over.State = vigiev1.IncidentState_INCIDENT_STATE_RESOLVED
	over.ResolvedTime = timestamppb.New(time.Now().Add(-time.Minute))
	h.publish(over)
	require.Eventually(t, func() bool { return len(h.status().Incidents) == 1 }, patience, 5*time.Millisecond)
	_, body = h.get("/ack?" + link.Encode())
	require.Contains(t, body, "C’est terminé depuis")
}

// The bus is gone: the page says that nothing is noted yet, and lets its reader
// try again.
func TestAnAckThatCannotBeWrittenSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(incident(isCrisis, 1, time.Now().Add(-time.Minute)))
	h.open()
	require.NoError(t, h.bus.JetStream().DeleteKeyValue(t.Context(), "ACKS"))
	code, body := h.tap(h.link("alice", isCrisis, later()))
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.Contains(t, body, "Pas encore enregistré")
	require.Contains(t, body, "Réessayer")
}

func FuzzAckToken(f *testing.F) {
	cfg := config.Default()
	cfg.DataDir = f.TempDir()
	signer, err := ack.NewSigner(cfg)
	require.NoError(f, err)
	d := &desk{
		signer: signer, config: config.NewLive(cfg), metrics: newMetrics(prometheus.NewRegistry()),
		now: time.Now, live: newLive(slog.New(slog.DiscardHandler)), namer: &namer{},
	}
	for _, seed := range []string{"", ".", "a.b", "%00.%00", "WyJ4Il0.AAAA", `"><script>`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		recorded := httptest.NewRecorder()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/ack?"+url.Values{"t": {token}}.Encode(), nil)
		require.NoError(t, err)
		d.handler().ServeHTTP(recorded, request)
		if recorded.Code != http.StatusForbidden {
			t.Fatalf("%d for a link that nobody signed: %q", recorded.Code, token)
		}
		requireHarmless(t, recorded.Body.String())
	})
}
