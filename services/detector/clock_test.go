package detector_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector"
)

// clock is a detector on a real bus, and the time there.
type clock struct {
	t        *testing.T
	bus      *bus.Bus
	detector detector.Clockwork
	now      time.Time
	sequence uint64
	deaf     bool // no ingest process says what it watches
}

func newClock(t *testing.T) *clock {
	t.Helper()
	cfg := config.Default()
	cfg.Brands = []config.Brand{{ID: "zest"}, {ID: "zing"}}
	c := &clock{t: t, bus: bustest.Start(t), now: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	env := run.Env{Config: config.NewLive(cfg), Bus: c.bus, Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Health: obs.NewHealth()}
	var err error
	c.detector, err = detector.NewClockwork(t.Context(), env, c.now)
	require.NoError(t, err)
	return c
}

// calmDay is one mention of zest every second minute, for a day.
func (c *clock) calmDay() {
	c.t.Helper()
	for range 12 * 60 {
		c.now = c.now.Add(2 * time.Minute)
		c.hear(c.message("zest", fmt.Sprint("calm", c.sequence), c.now, c.now))
	}
	c.pass(time.Second)
}

func (c *clock) message(brand, id string, published, taken time.Time) *bus.Message {
	c.t.Helper()
	c.sequence++
	data, err := proto.Marshal(&vigiev1.ScoredMention{
		BrandId: brand, Sentiment: vigiev1.Sentiment_SENTIMENT_NEGATIVE, ModelVersion: "test", ScoredTime: timestamppb.New(taken),
		Mention: &vigiev1.Mention{MentionId: brand + ":" + id, Source: "x", Text: "bad", Kind: vigiev1.Kind_KIND_POST, Origin: vigiev1.Origin_ORIGIN_LIVE,
			Author: &vigiev1.Author{AuthorId: id}, PublishedTime: timestamppb.New(published), CollectedTime: timestamppb.New(taken)},
	})
	require.NoError(c.t, err)
	return &bus.Message{Data: data, Sequence: c.sequence, Time: taken}
}

func (c *clock) hear(batch ...*bus.Message) {
	c.t.Helper()
	for _, outcome := range c.detector.Hear(c.t.Context(), batch) {
		require.NoError(c.t, outcome)
	}
}

// burst is a storm of two minutes on zest that comes to light now.
func (c *clock) burst() {
	c.t.Helper()
	const n = 200
	var batch []*bus.Message
	for i := range n {
		batch = append(batch, c.message("zest", fmt.Sprint("burst", c.sequence), c.now.Add(-2*time.Minute*time.Duration(n-1-i)/time.Duration(n)), c.now))
	}
	c.hear(batch...)
	c.pass(2 * time.Second)
}

// pass lets time go on by ticks of a second.
func (c *clock) pass(lasts time.Duration) {
	c.t.Helper()
	for until := c.now.Add(lasts); c.now.Before(until); {
		c.now = c.now.Add(time.Second)
		if c.now.Second() == 0 && !c.deaf {
			c.say()
		}
		require.NoError(c.t, c.detector.Pass(c.t.Context(), c.now, false))
	}
}

// say is ingest that says what it watches.
func (c *clock) say() {
	c.note(bus.SubjectWatched, &vigiev1.SourceWatch{Source: "x", Pages: []string{"stream"},
		PublishedTime: timestamppb.New(c.now), ValidUntilTime: timestamppb.New(c.now.Add(3 * time.Minute))})
}

// see is ingest that says whether it sees its page, as of a moment of its own clock.
func (c *clock) see(sees bool, changed time.Time) {
	c.note(bus.SubjectSource, &vigiev1.SourceState{Source: "x", Page: "stream", Blind: !sees,
		LastSeenTime: timestamppb.New(changed), ChangedTime: timestamppb.New(changed)})
}

func (c *clock) note(subject string, message proto.Message) {
	c.t.Helper()
	data, err := proto.Marshal(message)
	require.NoError(c.t, err)
	c.sequence++
	for _, outcome := range c.detector.Note(c.t.Context(), []*bus.Message{{Subject: subject + ".x", Data: data, Sequence: c.sequence, Time: c.now}}) {
		require.NoError(c.t, outcome)
	}
}

// last is how the newest incident of a brand, or of a page where it is "", stands.
func (c *clock) last(brand string) (last *vigiev1.Incident) {
	c.t.Helper()
	for _, incident := range bustest.All(c.t, c.bus, bus.SubjectIncident, func() *vigiev1.Incident { return &vigiev1.Incident{} }) {
		if incident.BrandId == brand {
			last = incident
		}
	}
	return last
}

func (c *clock) open(brand string) bool {
	c.t.Helper()
	return c.last(brand).GetState() == vigiev1.IncidentState_INCIDENT_STATE_OPEN
}

// A clock that is put on by a day, a machine that sleeps or a bus that is away: what nobody
// lived through is no calm. Half an hour of it that somebody did is.
func TestATimeNobodyLivedThroughIsNoCalm(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"a quarter of an hour": 15 * time.Minute, "an hour": time.Hour, "a day": 24 * time.Hour, "a month": 30 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClock(t)
			c.calmDay()
			c.burst()
			require.Equal(t, vigiev1.Level_LEVEL_CRISIS, c.last("zest").GetLevel())
			c.now = c.now.Add(by)
			c.say()
			c.pass(25 * time.Minute)
			require.True(t, c.open("zest"))
			c.pass(10 * time.Minute)
			require.False(t, c.open("zest"))
			require.Nil(t, c.last("zing"))
		})
	}
}

// Without an incident a clock that is put on opens none, and what is said after it counts,
// whether the bus says so first or a mention does.
func TestAClockThatIsPutOnOpensNothing(t *testing.T) {
	t.Parallel()
	for _, mentionFirst := range []bool{false, true} {
		c := newClock(t)
		c.calmDay()
		sources := c.now // their clocks are right
		c.now = c.now.Add(24 * time.Hour)
		if mentionFirst {
			c.hear(c.message("zest", "first", sources, c.now))
		}
		c.say()
		for range 30 {
			c.pass(time.Minute)
			sources = sources.Add(time.Minute)
			c.hear(c.message("zest", fmt.Sprint("late", c.sequence), sources, c.now))
		}
		require.Nil(t, c.last("zest"))
		c.burst()
		require.Equal(t, vigiev1.Level_LEVEL_CRISIS, c.last("zest").GetLevel(), "by sources that have the time of the bus")
	}
}

// A clock that is put back by a little stands still, by more everything is taken up anew; a
// message taken by a clock that was ahead moves no time.
func TestAClockThatIsPutBackIsAnotherTime(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	c.calmDay()
	c.burst()
	c.now = c.now.Add(-30 * time.Second)
	c.pass(time.Minute)
	require.True(t, c.open("zest"))

	c.hear(c.message("zest", "ahead", c.now, c.now.Add(24*time.Hour)))
	c.pass(10 * time.Second)
	require.True(t, c.open("zest"))
	require.ErrorIs(t, c.detector.Pass(t.Context(), c.now.Add(-time.Hour), false), detector.ErrPutBack)
	require.True(t, c.open("zest"))
}

// After a clock was an hour ahead, the detector is as quick as before: it does not wait
// until the time it had decided on has come.
func TestADetectorIsNotDeafAfterAClockWasAhead(t *testing.T) {
	t.Parallel()
	b := newBench(t, "zing")
	stop := b.start()
	b.burst("zing", 0, 200, time.Now())
	opened := b.crisis("zing")
	b.settled()
	stop()
	bustest.Settled(t, b.bus, bus.StoreScored)
	said := make(chan string, 100)
	stop = b.run(func(ctx context.Context, env run.Env, _ func()) error {
		env.Logger = slog.New(slog.NewTextHandler(lines(said), nil))
		return detector.Ahead(ctx, env, time.Hour)
	})
	for line := range said {
		if strings.Contains(line, "the clock of the bus was put back") {
			break
		}
	}
	b.burst("zest", 0, 200, time.Now())
	b.crisis("zest")
	require.True(t, open(b.of("zing")), "it goes on")
	require.Equal(t, opened.IncidentId, b.crisis("zing").IncidentId)
	stop()
	b.start() // from snapshots, one of them of a time that has not come
	b.burst("zing", 200, 200, time.Now())
	b.settled()
	require.Equal(t, opened.IncidentId, b.crisis("zing").IncidentId)
}

// lines are what a logger writes.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

func open(incidents []*vigiev1.Incident) bool {
	return len(incidents) > 0 && incidents[len(incidents)-1].State == vigiev1.IncidentState_INCIDENT_STATE_OPEN
}

// Quiet is no calm while a page is blind, while the scorer is behind, nor while no ingest
// process says that it listens; nor does it open anything. After it half an hour is needed.
func TestQuietIsNoCalmWhileNobodyCouldHear(t *testing.T) {
	t.Parallel()
	for name, silence := range map[string]func(c *clock, lasts time.Duration){
		"a page is blind": func(c *clock, lasts time.Duration) {
			c.see(false, c.now)
			c.pass(lasts)
			c.see(true, c.now)
		},
		"the scorer is behind": func(c *clock, lasts time.Duration) {
			for until := c.now.Add(lasts); c.now.Before(until); c.now = c.now.Add(time.Second) {
				require.NoError(c.t, c.detector.Pass(c.t.Context(), c.now, true))
			}
			c.say()
		},
		"no ingest process says anything": func(c *clock, lasts time.Duration) {
			c.deaf = true
			c.pass(lasts)
			c.deaf = false
			c.say()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClock(t)
			c.calmDay()
			silence(c, 2*time.Hour)
			c.pass(time.Minute)
			require.Nil(t, c.last("zest"), "in calm")
			c.burst()
			silence(c, 2*time.Hour)
			require.True(t, c.open("zest"), "in a storm")
			c.pass(25 * time.Minute)
			require.True(t, c.open("zest"))
			c.pass(10 * time.Minute)
			require.False(t, c.open("zest"))
		})
	}
}

// What ingest says of a page last holds, whatever its clock says: one that was put back
// makes no page blind for ever, nor hides that it is.
func TestTheStateSaidLastHolds(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	c.see(false, c.now)
	require.True(t, c.open(""))
	c.see(true, c.now.Add(-time.Hour))
	require.False(t, c.open(""))
	c.see(false, c.now.Add(-59*time.Minute))
	require.True(t, c.open(""))
}

// What is no mention is a dead letter, counted under its reason, and holds nothing up; one
// from 2099 or 1970 is a mention, and turns nothing round.
func TestMentionsOfNoTimeAndOfEveryTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.start()
	raw := func(id string, data []byte) {
		_, err := b.bus.JetStream().Publish(t.Context(), bus.Subject(bus.SubjectScored, "zest", "x"), data)
		require.NoError(t, err, id)
	}
	encoded := func(m *vigiev1.ScoredMention) []byte {
		data, err := proto.Marshal(m)
		require.NoError(t, err)
		return data
	}
	now := timestamppb.Now()
	raw("garbage", []byte("\xff\xfe\x00 no message"))
	raw("empty", nil)
	raw("no time", encoded(&vigiev1.ScoredMention{BrandId: "zest", Mention: &vigiev1.Mention{MentionId: "x:1", CollectedTime: now}}))
	raw("no receipt", encoded(&vigiev1.ScoredMention{BrandId: "zest", Mention: &vigiev1.Mention{MentionId: "x:2", PublishedTime: now}}))
	raw("no brand", encoded(&vigiev1.ScoredMention{Mention: &vigiev1.Mention{MentionId: "x:3", PublishedTime: now, CollectedTime: now}}))
	for i, at := range []time.Time{
		time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, 0), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		b.publish(post{brand: "zest", id: fmt.Sprint("odd", i), origin: vigiev1.Origin_ORIGIN_LIVE, at: at, collected: at})
	}
	outOfRange := &timestamppb.Timestamp{Seconds: 1 << 62, Nanos: -5}
	raw("out of range", encoded(&vigiev1.ScoredMention{BrandId: "zest", Mention: &vigiev1.Mention{MentionId: "x:4", PublishedTime: outOfRange, CollectedTime: outOfRange}}))
	b.burst("zest", 0, 200, time.Now())
	crisis := b.crisis("zest")
	require.WithinDuration(t, time.Now(), crisis.Evidence.TippingCollectedTime.AsTime(), time.Minute, "a page's delay is counted from it")
	b.settled()
	reasons := map[bus.Reason]int{}
	for _, letter := range bustest.DeadLetters(t, b.bus) {
		if letter.From == "SCORED.detector" {
			reasons[letter.Reason]++
		}
	}
	require.Equal(t, map[bus.Reason]int{bus.ReasonUndecodable: 1, bus.ReasonInvalid: 4}, reasons)
}

// What is older than what is heard again teaches nothing, and has nothing heard again.
func TestAPostOfLongAgoHasNothingHeardAgain(t *testing.T) {
	t.Parallel()
	c := newClock(t)
	c.hear(c.message("zest", "of 1970", time.Unix(0, 0), c.now), c.message("zing", "of last week", c.now.AddDate(0, 0, -7), c.now))
	require.Equal(t, []string{"zing"}, c.detector.Stale())
}
