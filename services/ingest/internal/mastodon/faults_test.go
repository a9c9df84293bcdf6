package mastodon

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/instance"
)

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
	s := newStage(t, instance.Options{})
	s.inst.SetFaults(instance.Faults{Duplicate: 2})
	s.start("public")
	s.OnceEach(s.t, s.sayMany(30))
}

func TestWhatComesOutOfOrderComesWhole(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{Noise: 30})
	s.inst.SetFaults(instance.Faults{Reorder: 3})
	s.start("public")
	s.OnceEach(s.t, s.sayMany(30))
}

func TestADeletionThatOvertakesItsPostStillCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	s.say("zestaline, avant")
	s.Brought(s.t, "avant")
	s.inst.SetFaults(instance.Faults{Reorder: 1})
	post := s.say("zestaline, trop tard")
	s.inst.Delete(post.Number)
	s.say("zestaline, après")
	s.say("zestaline, plus tard") // overtakes in its turn, so that both arrive
	s.Brought(s.t, "après")
	require.NotContains(t, s.Texts(s.t), "zestaline, trop tard")
}

func TestAStreamCutInTheMiddleOfAnEventLosesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.inst.SetFaults(instance.Faults{Cut: true})
	s.say("zestaline coupée en deux")
	s.Brought(s.t, "coupée en deux")
	require.Empty(t, s.DeadLetters(t), "half an event is no bad input: the timeline has it whole")
	require.GreaterOrEqual(t, sourcetest.Counted(s.t, s.Registry, "vigie_ingest_mastodon_sessions_ended_total", "broken"), 1.0)
}

func TestAGapIsFilledFromTheTimeline(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.inst.SetFaults(instance.Faults{Gap: 5})
	texts := s.sayMany(5)
	s.inst.SetFaults(instance.Faults{End: true})
	texts = append(texts, s.say("zestaline après").Text, "zestaline avant")
	s.OnceEach(s.t, texts)
}

func TestSilenceIsNoticedAndTheStreamOpenedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.timing.silence = 300 * time.Millisecond
	s.start("public")
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.inst.SetFaults(instance.Faults{Silence: true})
	s.say("zestaline pendant")
	sourcetest.Eventually(t, "not even a heartbeat", func() bool {
		return sourcetest.Counted(s.t, s.Registry, "vigie_ingest_mastodon_sessions_ended_total", "silent") >= 1
	})
	s.Brought(s.t, "pendant") // the timeline has it, though the stream says nothing
	s.inst.SetFaults(instance.Faults{})
	s.say("zestaline enfin")
	s.Brought(s.t, "enfin")
}

func TestAHeartbeatWithoutPostsIsFoundOut(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.timing.check = 100 * time.Millisecond
	s.start("public")
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.inst.SetFaults(instance.Faults{Deaf: true})
	s.say("zestaline pendant")
	require.Equal(t, vigiev1.Origin_ORIGIN_LIVE, s.Brought(s.t, "pendant").Origin, "found soon enough to wake somebody")
	sourcetest.Eventually(t, "and said", func() bool {
		return sourcetest.Counted(s.t, s.Registry, "vigie_ingest_mastodon_missed_total") >= 1 && sourcetest.Counted(s.t, s.Registry, "vigie_ingest_mastodon_sessions_ended_total", "deaf") >= 1
	})
}

func TestAWholeStreamIsNotSuspected(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{Noise: 20})
	s.timing.check = 50 * time.Millisecond
	s.start("public")
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	checks := func() int {
		return strings.Count(strings.Join(s.inst.Requests(), "\n"), "max_id")
	}
	sourcetest.Eventually(t, "checked some times", func() bool { return checks() > 10 })
	require.Zero(t, sourcetest.Counted(s.t, s.Registry, "vigie_ingest_mastodon_missed_total"))
	require.Equal(t, 1, s.inst.Opened())
}

func TestAClosedFeedIsBlindHoweverConnected(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options instance.Options
		faults  instance.Faults
		says    string
	}{
		"it says so":         {options: instance.Options{Closed: []string{"live"}}, says: "timelines_access"},
		"it does not say so": {faults: instance.Faults{OnlyDeletes: true}, says: "deletions and no post"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, c.options)
			s.inst.SetFaults(c.faults)
			s.start("public")
			for range barrenDeletes {
				s.inst.Delete(s.say("zestaline perdue").Number)
			}
			sourcetest.Eventually(t, "blind", func() bool {
				reason, detail := sourcetest.Verdict(s.sink, 40*time.Second)
				return reason == vigiev1.BlindReason_BLIND_REASON_ERRORING && strings.Contains(detail, c.says)
			})
			require.Equal(t, 1, s.inst.Streams(), "it stays connected: deletions are worth having")
		})
	}
}

func TestHalfAClosedFeedIsOpen(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{Closed: []string{"live:remote"}})
	s.start("public")
	s.say("zestaline ici")
	s.Brought(s.t, "ici")
	reason, _ := sourcetest.Verdict(s.sink, 40*time.Second)
	require.Equal(t, vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED, reason)
}

func TestARefusedTokenEndsItWithAClearWord(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.inst.SetFaults(instance.Faults{Revoked: true})
	connector := s.connector("public")
	err := connector.Run(t.Context(), s.Sink(t, connector.Describe()))
	require.ErrorIs(t, err, errToken)
	require.ErrorContains(t, err, "token_file")
	require.NotContains(t, err.Error(), token)
}

func TestATokenRevokedLaterEndsItToo(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	connector := s.connector("public")
	sink := s.Sink(t, connector.Describe())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- connector.Run(ctx, sink) }()
	sourcetest.Eventually(t, "open", func() bool { return s.inst.Streams() == 1 })
	s.inst.SetFaults(instance.Faults{Revoked: true, End: true})
	s.say("zestaline, dernier mot")
	require.ErrorIs(t, <-done, errToken)
}

func TestTheRateLimitIsRespectedWithoutStoppingTheStream(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{Limit: 5, LimitWindow: time.Hour})
	s.config.Lookback = 3_600_000_000_000
	for i := range 300 {
		s.sayAs(ana, fmt.Sprintf("zestaline %d", i), time.Now().Add(-50*time.Minute+time.Duration(i)*time.Second))
	}
	s.start("public")
	s.say("zestaline en direct")
	s.Brought(s.t, "en direct") // the stream goes on while its past has to wait
	require.Less(t, len(s.Texts(s.t)), 300)
	require.LessOrEqual(t, len(s.inst.Requests()), 5, "it stops asking before it is told to")
}

func TestTooManyRequestsIsAnExhaustedQuota(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.inst.SetFaults(instance.Faults{Status: http.StatusTooManyRequests, RetryAfter: time.Minute})
	s.sink, s.stop = s.Start(t, s.connector("public"))
	sourcetest.Eventually(t, "refused", func() bool {
		reason, detail := sourcetest.Verdict(s.sink, 0)
		return reason == vigiev1.BlindReason_BLIND_REASON_QUOTA && strings.Contains(detail, "429")
	})
}

func TestAServerInTroubleIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]instance.Faults{
		"all of it": {Status: http.StatusServiceUnavailable}, "the streams": {StreamStatus: http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, instance.Options{})
			s.inst.SetFaults(faults)
			s.sink, s.stop = s.Start(t, s.connector("public"))
			sourcetest.Eventually(t, "tried several times", func() bool {
				return sourcetest.Counted(s.t, s.Registry, "vigie_ingest_mastodon_sessions_ended_total", "refused") >= 3
			})
			reason, _ := sourcetest.Verdict(s.sink, time.Minute)
			require.Equal(t, vigiev1.BlindReason_BLIND_REASON_ERRORING, reason)
			s.inst.SetFaults(instance.Faults{})
			sourcetest.Eventually(t, "open", func() bool { return s.inst.Streams() == 1 })
			s.say("zestaline enfin")
			s.Brought(s.t, "enfin")
		})
	}
}

func TestATimelineInTroubleDoesNotStopTheStream(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	s.say("zestaline avant")
	s.Brought(s.t, "avant")
	s.stop()
	s.say("zestaline pendant")
	s.start("public")
	s.inst.SetFaults(instance.Faults{Status: http.StatusInternalServerError})
	s.say("zestaline après")
	s.Brought(s.t, "après")
	s.inst.SetFaults(instance.Faults{})
	s.Brought(s.t, "pendant")
}

func TestGarbageIsKeptAsideAndTheRestGoesThrough(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	s.inst.SetFaults(instance.Faults{Garbage: 2})
	s.OnceEach(s.t, s.sayMany(10))
	sourcetest.Eventually(t, "rubbish is kept", func() bool { return len(s.DeadLetters(t)) == 2 })
	for _, letter := range s.DeadLetters(t) {
		require.Equal(t, bus.ReasonTruncated, letter.Reason)
	}
	require.Equal(t, 1, s.inst.Opened(), "none of it ended the stream")
}

func TestAStopIsPromptWhateverIsUnderWay(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]instance.Faults{
		"flowing": {}, "silent": {Silence: true}, "refused": {Status: http.StatusBadGateway}, "limited": {Status: http.StatusTooManyRequests},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, instance.Options{Noise: 30})
			s.timing.retry.First, s.timing.retry.Last = time.Minute, time.Minute
			s.inst.SetFaults(faults)
			s.sink, s.stop = s.Start(t, s.connector("public"))
			begun := time.Now()
			s.stop()
			require.Less(t, time.Since(begun), 30*time.Second, "nothing of a minute is waited for")
		})
	}
}
