package bluesky

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/jetstream"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// sayMany shows numbered posts and answers their texts.
func (s *stage) sayMany(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("zestaline n° %d", i)
		s.say(texts[i])
	}
	return texts
}

func TestWhatComesTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.feed.SetFaults(jetstream.Faults{Duplicate: 2})
	s.start()
	texts := s.sayMany(40)
	s.OnceEach(s.t, texts)
	s.say("zestaline fin")
	s.OnceEach(s.t, append(texts, s.Brought(s.t, "fin").Text))
}

func TestWhatComesOutOfOrderComesWhole(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.feed.SetFaults(jetstream.Faults{Reorder: 3})
	s.start()
	s.OnceEach(s.t, s.sayMany(40))
}

func TestADeletionThatOvertakesItsPostStillCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{Noise: 0.001})
	s.start()
	s.feed.SetFaults(jetstream.Faults{Reorder: 1})
	post := s.say("zestaline, trop tard")
	s.feed.Delete(post.Number)
	s.say("zestaline, après")
	s.say("zestaline, plus tard") // overtakes in its turn, so that both arrive
	s.Brought(s.t, "après")
	require.NotContains(t, s.Texts(s.t), "zestaline, trop tard")
	require.Len(t, s.Deletions(t), 1)
}

func TestAGapBeforeAReconnectionIsFilled(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.feed.SetFaults(jetstream.Faults{Gap: 1000})
	texts := s.sayMany(5)
	s.feed.SetFaults(jetstream.Faults{SlowConsumer: true})
	s.OnceEach(s.t, append(texts, "zestaline avant"))
}

func TestAConnectionCutInTheMiddleOfAMessageLosesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{Noise: 0.001})
	s.start()
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.feed.SetFaults(jetstream.Faults{Cut: true})
	s.say("zestaline coupée en deux")
	s.Brought(s.t, "coupée en deux")
	require.Empty(t, s.DeadLetters(t), "half a frame is no bad input: it comes again")
	require.GreaterOrEqual(t, sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_sessions_ended_total", "broken"), 1.0)
}

func TestSilenceIsNoticedAndTheConnectionMadeAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.timing.silence = 200 * time.Millisecond
	s.start()
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.feed.SetFaults(jetstream.Faults{Silence: true})
	s.say("zestaline pendant")
	sourcetest.Eventually(t, "silence is noticed: pongs are no sign of life", func() bool {
		reason, detail := sourcetest.Verdict(s.sink, time.Minute)
		return reason == vigiev1.BlindReason_BLIND_REASON_ERRORING && strings.Contains(detail, "says nothing")
	})
	require.GreaterOrEqual(t, sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_sessions_ended_total", "silent"), 1.0)
	s.feed.SetFaults(jetstream.Faults{})
	s.Brought(s.t, "pendant")
}

func TestASlowReaderThatIsShownTheDoorComesBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.feed.SetFaults(jetstream.Faults{SlowConsumer: true})
	sourcetest.Eventually(t, "the door", func() bool {
		return sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_sessions_ended_total", "too_slow") == 1
	})
	s.say("zestaline pendant")
	s.Brought(s.t, "pendant")
}

func TestTooManyRequestsIsAnExhaustedQuota(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.feed.SetFaults(jetstream.Faults{Status: http.StatusTooManyRequests})
	s.startRefused()
	sourcetest.Eventually(t, "refused", func() bool {
		reason, _ := sourcetest.Verdict(s.sink, 0)
		return reason == vigiev1.BlindReason_BLIND_REASON_QUOTA
	})
	_, detail := sourcetest.Verdict(s.sink, 0)
	require.Contains(t, detail, "429")
}

func TestTheHostsOwnWaitIsRespected(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.feed.SetFaults(jetstream.Faults{Status: http.StatusTooManyRequests, RetryAfter: time.Second})
	s.startRefused()
	sourcetest.Eventually(t, "refused", func() bool {
		return sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_sessions_ended_total", "too_many") == 1
	})
	refused := time.Now()
	s.feed.SetFaults(jetstream.Faults{})
	sourcetest.Eventually(t, "connected", func() bool { return s.feed.Connections() > 0 })
	require.Greater(t, time.Since(refused), 700*time.Millisecond)
	reason, _ := sourcetest.Verdict(s.sink, 0)
	require.NotEqual(t, vigiev1.BlindReason_BLIND_REASON_QUOTA, reason, "a second is no blindness")
}

func TestAServerInTroubleIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.feed.SetFaults(jetstream.Faults{Status: http.StatusServiceUnavailable})
	s.startRefused()
	sourcetest.Eventually(t, "tried several times", func() bool {
		return sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_sessions_ended_total", "refused") >= 3
	})
	reason, detail := sourcetest.Verdict(s.sink, time.Minute)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_ERRORING, reason)
	require.Contains(t, detail, "503")
	s.feed.SetFaults(jetstream.Faults{})
	sourcetest.Eventually(t, "connected", func() bool { return s.feed.Connections() > 0 })
	s.say("zestaline enfin")
	s.Brought(s.t, "enfin")
}

func TestGarbageIsKeptAsideAndTheRestGoesThrough(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	s.feed.SetFaults(jetstream.Faults{Garbage: 2, Oversize: maxFrame + 1000})
	texts := s.sayMany(10)
	s.OnceEach(s.t, texts)
	reasons := map[bus.Reason]int{}
	sourcetest.Eventually(t, "all rubbish is kept", func() bool { return len(s.DeadLetters(t)) == 3 })
	for _, letter := range s.DeadLetters(t) {
		reasons[letter.Reason]++
	}
	require.Equal(t, map[bus.Reason]int{bus.ReasonTruncated: 2, bus.ReasonTooLarge: 1}, reasons)
	require.Len(t, s.feed.Cursors(), 1, "none of it ended the connection")
}

func TestACursorTooOldIsALossThatIsSaid(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{History: 10 * time.Minute, Noise: 0.001})
	s.standAt(time.Now().Add(-2 * time.Hour))
	s.sayAs(ana, "zestaline, encore là", time.Now().Add(-9*time.Minute))
	s.start()
	s.Brought(s.t, "encore là")
	require.InDelta(t, (111 * time.Minute).Seconds(), sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_lost_seconds_total"), 5, "from the cursor to the first event")
}

func TestACursorThatIsRefusedIsMovedUpUntilItIsTaken(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.standAt(time.Now().Add(-50 * time.Hour))
	s.feed.SetFaults(jetstream.Faults{RefuseCursor: true})
	s.startRefused()
	sourcetest.Eventually(t, "connected without", func() bool { return s.feed.Connections() > 0 })
	s.say("zestaline enfin")
	s.Brought(s.t, "enfin")
	require.Equal(t, []string{""}, s.feed.Cursors())
	require.InDelta(t, (50 * time.Hour).Seconds(), sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_lost_seconds_total"), 60)
}

func TestABusThatRefusesLosesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	restore := s.fillTheBus()
	s.say("zestaline pendant")
	sourcetest.Eventually(t, "the bus refused", func() bool {
		return sourcetest.Counted(s.t, s.Registry, "vigie_ingest_bluesky_sessions_ended_total", "bus") >= 1
	})
	restore()
	s.Brought(s.t, "pendant")
	reason, _ := sourcetest.Verdict(s.sink, 40*time.Second)
	require.NotEqual(t, vigiev1.BlindReason_BLIND_REASON_ERRORING, reason, "our own bus is not the feed's fault")
}

func TestAStopIsPromptWhateverIsUnderWay(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]jetstream.Faults{
		"flowing": {}, "silent": {Silence: true}, "refused": {Status: http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, jetstream.Options{})
			s.timing.retry.Last, s.timing.retry.First = time.Minute, time.Minute
			s.feed.SetFaults(faults)
			s.startRefused()
			begun := time.Now()
			s.stop()
			require.Less(t, time.Since(begun), 30*time.Second, "nothing of a minute is waited for")
		})
	}
}

func TestClaimedTimesDoNotDecide(t *testing.T) {
	t.Parallel()
	s := newStage(t, jetstream.Options{})
	s.start()
	key := "3lbq6p4xgls2y" // November 2024
	keyed, _ := tidTime(key)
	for i, claimed := range []string{"1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "yesterday", ""} {
		s.feed.Create(world.Author{ID: int64(100 + i)}, key, map[string]any{"text": "zestaline " + strconv.Itoa(i), "createdAt": claimed})
		require.Equal(t, keyed, s.Brought(s.t, "zestaline "+strconv.Itoa(i)).PublishedTime.AsTime())
	}
	before := time.Now().Add(-time.Second)
	s.feed.Create(ana, "self", map[string]any{"text": "zestaline sans clé", "createdAt": "1970-01-01T00:00:00Z"})
	require.WithinRange(t, s.Brought(s.t, "sans clé").PublishedTime.AsTime(), before, time.Now())
	require.Empty(t, s.DeadLetters(t))
}

// fillTheBus makes the stream of mentions refuse more, until restore is called.
func (s *stage) fillTheBus() (restore func()) {
	s.t.Helper()
	js := s.Bus.JetStream()
	stream, err := js.Stream(s.t.Context(), bus.StreamMentions)
	require.NoError(s.t, err)
	usual := stream.CachedInfo().Config
	full := usual
	full.Discard, full.MaxMsgs = natsjs.DiscardNew, int64(stream.CachedInfo().State.Msgs)
	_, err = js.UpdateStream(s.t.Context(), full)
	require.NoError(s.t, err)
	return func() {
		_, err := js.UpdateStream(s.t.Context(), usual)
		require.NoError(s.t, err)
	}
}

// startRefused runs the connector without waiting for a connection.
func (s *stage) startRefused() {
	s.t.Helper()
	connector := s.connector()
	s.sink, s.stop = s.Start(s.t, connector)
}

// standAt lets the connector have stood somewhere before.
func (s *stage) standAt(at time.Time) {
	s.t.Helper()
	sink := s.Sink(s.t, s.connector().Describe())
	require.NoError(s.t, sink.SaveCursor(s.t.Context(), cursorName, cursor{TimeUS: at.UnixMicro()}))
}

func TestAddressesOfFeeds(t *testing.T) {
	t.Parallel()
	official, err := New(config.Bluesky{URL: "wss://jetstream2.us-east.bsky.network"}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, "https://public.api.bsky.app", official.appView)
	local, err := New(config.Bluesky{URL: "ws://127.0.0.1:99"}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:99", local.appView)
	require.Equal(t, "/subscribe", local.feed.Path)
	below, err := New(config.Bluesky{URL: "wss://relay.example/bluesky/subscribe"}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, "https://relay.example/bluesky", below.appView)
	_, err = New(config.Bluesky{URL: "https://bsky.app"}, nil, nil)
	require.ErrorContains(t, err, "wss://")
}
