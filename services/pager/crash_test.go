package pager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/simulate/slack"
)

// childEnv turns the test binary into a pager that can be killed: it holds the
// addresses of NATS and Slack, and the data folder.
const childEnv = "VIGIE_PAGERTEST_CHILD"

func childMain() int {
	words := strings.Fields(os.Getenv(childEnv))
	cfg := company(words[1])
	cfg.NATS.URL, cfg.DataDir = words[0], words[2]
	b, err := bus.Connect(context.Background(), cfg, slog.New(slog.DiscardHandler), nil, time.Second)
	if err == nil {
		err = Run(context.Background(), run.Env{
			Config: config.NewLive(cfg), Bus: b, Logger: slog.New(slog.DiscardHandler),
			Registry: prometheus.NewRegistry(), Health: obs.NewHealth(),
		}, func() {})
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// victim starts a pager in a process of its own, and returns what kills it as a
// power cut would.
func (h *house) victim(slackURL string) (kill func()) {
	h.t.Helper()
	exe, err := os.Executable()
	require.NoError(h.t, err)
	child := exec.Command(exe)
	child.Env = append(os.Environ(), childEnv+"="+strings.Join([]string{h.cfg.NATS.URL, slackURL, h.cfg.DataDir}, " "))
	child.Stderr = os.Stderr
	require.NoError(h.t, child.Start())
	kill = func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}
	h.t.Cleanup(kill)
	return kill
}

// leaseRunsOut is what ten seconds after a death bring.
func (h *house) leaseRunsOut() {
	h.t.Helper()
	leases, err := h.bus.Bucket(h.t.Context(), bus.BucketLeases)
	require.NoError(h.t, err)
	require.NoError(h.t, leases.Delete(h.t.Context(), lease))
}

// Slack showed the message, and before its answer arrived the pager was killed:
// nobody can know. A crisis is sent again, under the id it had.
func TestKilledBetweenSendingACrisisAndWritingSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.slack.Fail(slack.TakenMute)
	kill := h.victim(strings.TrimSuffix(h.cfg.Channels[0].URLFile.Value(), "/services/T1/B1/alice"))
	h.publish(crisis())
	require.Equal(t, []string{"alice"}, h.hears(1))
	kill()
	h.leaseRunsOut()

	h.pager()
	require.Equal(t, []string{"alice", "alice"}, h.hears(2), "twice is better than never")
	id := "acme@2026-11-21T02:12:00Z/crisis/0/alice/slack-alice"
	for _, m := range h.slack.Messages() {
		require.Contains(t, string(m.Payload), id, "and both say that they are one page")
	}
	h.settled()
	require.Len(t, h.readers(), 2)
	sent := h.pages(vigiev1.PageState_PAGE_STATE_SENT)
	require.Len(t, sent, 1)
	require.EqualValues(t, 2, sent[0].Attempts)
}

// An alert is not: once too often is worse than once too few. What is known of
// it is announced.
func TestKilledBetweenSendingAnAlertAndWritingSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.slack.Fail(slack.TakenMute)
	kill := h.victim(strings.TrimSuffix(h.cfg.Channels[0].URLFile.Value(), "/services/T1/B1/alice"))
	h.publish(incident(1, isAlert))
	h.hears(1)
	kill()
	h.leaseRunsOut()

	h.pager()
	h.eventually(func() bool { return len(h.pages(vigiev1.PageState_PAGE_STATE_FAILED)) == 1 })
	h.settled()
	require.Equal(t, []string{"alice"}, h.readers())
	require.Contains(t, h.pages(vigiev1.PageState_PAGE_STATE_FAILED)[0].Error, "it may have arrived")
	h.publish(resolved(incident(1, isAlert), h.clock.Now()))
	require.Equal(t, []string{"alice", "alice"}, h.hears(2), "whoever may have been told hears the end")
}

// Killed while nothing was under way, the next one goes on where it stopped: it
// repeats nothing and forgets nothing.
func TestKilledWhileAnEscalationWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stop := h.pager()
	h.publish(crisis())
	h.hears(1)
	h.settled()
	stop()
	h.clock.Advance(2 * time.Minute)
	stop = h.pager()
	h.settled()
	require.Len(t, h.readers(), 1)
	h.clock.Advance(3 * time.Minute)
	require.Equal(t, []string{"alice", "bruno"}, h.hears(2))
	h.settled()
	stop()

	h.clock.Advance(time.Hour)
	h.pager()
	require.Equal(t, []string{"alice", "bruno", "chloe"}, h.hears(3), "the turn it slept through, and not twelve at once")
	h.settled()
	require.Len(t, h.readers(), 3)
}

// Two pagers run; one sends. When it goes, the other goes on.
func TestTwoPagersSendOnePage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.pager()
	h.pager()
	h.publish(crisis())
	h.hears(1)
	h.settled()
	require.Equal(t, []string{"alice"}, h.readers())
	first()
	h.clock.Advance(5 * time.Minute)
	require.Equal(t, []string{"alice", "bruno"}, h.hears(2))
	h.settled()
	require.Len(t, h.readers(), 2)
	require.Len(t, h.pages(vigiev1.PageState_PAGE_STATE_SENT), 2)
}

// A pager that slept through the loss of its lease wakes up and believes it
// still sends. The courses bear a higher epoch: it begins nothing.
func TestAPagerThatLostItsLeaseBeginsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var longAgo uint64
	require.NoError(t, h.bus.Hold(t.Context(), lease, nil, func(ctx context.Context) error {
		longAgo = bus.Epoch(ctx)
		return nil
	}))
	stop := h.pager()
	h.publish(crisis())
	h.hears(1)
	h.settled()
	stop()

	sleeper, err := newLoop(t.Context(), h.env(), settings{tick: nudge, now: h.clock.Now})
	require.NoError(t, err)
	sleeper.epoch = longAgo
	sleeper.open, sleeper.over = map[string]*record{}, map[string]time.Time{}
	stored, _, err := sleeper.courses.read(t.Context(), keyOf(crisis().IncidentId))
	require.NoError(t, err)
	require.Greater(t, stored.Epoch, sleeper.epoch)
	sleeper.keep(stored)
	h.clock.Advance(time.Hour)
	sleeper.act(t.Context())
	require.Empty(t, sleeper.underWay)
	after, _, err := sleeper.courses.read(t.Context(), keyOf(crisis().IncidentId))
	require.NoError(t, err)
	require.Equal(t, stored, after)
}

// A course that is none is ours, and broken: the pager says so until someone
// looks, and pages the others meanwhile.
func TestABrokenCourseIsLoudAndStopsNobodyElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	pages, err := h.bus.Bucket(t.Context(), bus.BucketPages)
	require.NoError(t, err)
	_, err = pages.Put(t.Context(), keyOf("other@1"), []byte("{broken"))
	require.NoError(t, err)
	health := h.watched()
	h.publish(crisis())
	require.Equal(t, []string{"alice"}, h.hears(1))
	require.ErrorContains(t, health.Ready(t.Context()), "holds no course")
}

// What is over for long is forgotten, once nothing on the bus can bring it back.
func TestOldCoursesAreForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.pager()
	h.publish(crisis())
	h.hears(1)
	h.publish(resolved(crisis(), h.clock.Now()))
	h.hears(2)
	h.settled()
	pages, err := h.bus.Bucket(t.Context(), bus.BucketPages)
	require.NoError(t, err)
	_, err = pages.Get(t.Context(), keyOf(crisis().IncidentId))
	require.NoError(t, err)
	h.clock.Advance(forgetAfter + time.Hour)
	h.eventually(func() bool {
		_, err := pages.Get(t.Context(), keyOf(crisis().IncidentId))
		return errors.Is(err, jetstream.ErrKeyNotFound)
	})
}

// Slack hangs, and more alerts are due than it is given at once: those that wait
// for room were not sent when the pager dies, whatever became of the others. So
// whoever goes on sends them.
func TestKilledWhilePagesWaitForRoom(t *testing.T) {
	t.Parallel()
	const alerts = sendsAtOnce + 3
	h := newHouse(t)
	h.slack.FailAlways(slack.Timeout)
	kill := h.victim(strings.TrimSuffix(h.cfg.Channels[0].URLFile.Value(), "/services/T1/B1/alice"))
	for n := range alerts {
		alert := incident(1, isAlert)
		alert.IncidentId = fmt.Sprintf("acme@%d", n)
		h.publish(alert)
	}
	h.eventually(func() bool { return h.slack.Requests() == sendsAtOnce })
	h.eventually(func() bool { return h.progress() == alerts }, "every alert is known")
	kill()
	h.leaseRunsOut()
	h.slack.Recover()

	h.clock.Advance(max(0, time.Since(opened))) // the victim's clock was the real one
	h.pager()
	h.eventually(func() bool { return len(h.pages(vigiev1.PageState_PAGE_STATE_SENT)) == alerts-sendsAtOnce })
	h.settled()
	require.Len(t, h.readers(), alerts-sendsAtOnce)
	unsure := h.pages(vigiev1.PageState_PAGE_STATE_FAILED)
	require.Len(t, unsure, sendsAtOnce)
	for _, page := range unsure {
		require.Contains(t, page.Error, "it may have arrived")
	}
}

// progress is how many courses the bucket holds.
func (h *house) progress() int {
	h.t.Helper()
	pages, err := h.bus.Bucket(h.t.Context(), bus.BucketPages)
	require.NoError(h.t, err)
	keys, err := pages.ListKeys(h.t.Context())
	require.NoError(h.t, err)
	n := 0
	for range keys.Keys() {
		n++
	}
	return n
}

// A hung channel has room again once its attempts end, and a crisis does not wait
// for that.
func TestACrisisNeedsNoRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server := httptest.NewServer(h.slack)
	t.Cleanup(server.Close)
	h.cfg.Channels[0].URLFile = config.NewSecret(server.URL + "/services/T1/B1/alice")
	h.slack.FailAlways(slack.Timeout)
	h.pager()
	for n := range sendsAtOnce + 1 {
		alert := incident(1, isAlert)
		alert.IncidentId = fmt.Sprintf("acme@%d", n)
		h.publish(alert)
	}
	h.eventually(func() bool { return h.slack.Requests() == sendsAtOnce })
	h.slack.Recover()
	h.publish(crisis())
	require.Equal(t, []string{"alice"}, h.hears(1))
	require.Contains(t, h.slack.Messages()[0].Text, "CRISE")
	require.Equal(t, sendsAtOnce+1, h.slack.Requests(), "the last alert waits for room")
	server.CloseClientConnections() // one just opened may be among them: it is tried again
	h.eventually(func() bool {
		h.clock.Advance(time.Second)
		return len(h.slack.Messages()) >= 2
	}, "the last alert")
}
