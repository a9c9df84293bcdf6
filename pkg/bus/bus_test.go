package bus_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/natsd"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

func collected(id string) bus.Outgoing {
	return bus.Outgoing{
		Subject: bus.Subject(bus.SubjectCollected, "rss"), ID: id,
		Message: &vigiev1.Mention{MentionId: "rss:" + id},
	}
}

func TestTheSameIDIsStoredOnce(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	first, err := b.Publish(t.Context(), collected("1"))
	require.NoError(t, err)
	again, err := b.Publish(t.Context(), collected("1"))
	require.NoError(t, err)
	require.False(t, first.Duplicate)
	require.True(t, again.Duplicate)
	require.Len(t, bustest.All(t, b, bus.SubjectCollected, func() *vigiev1.Mention { return &vigiev1.Mention{} }), 1)
}

// A tool with another config than the service's leaves the bus as it is, and
// makes none where there is none.
func TestAToolChangesNothingOfTheTable(t *testing.T) {
	t.Parallel()
	server, err := natsd.Start("127.0.0.1:0", t.TempDir())
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	cfg := config.Default()
	cfg.NATS.URL = "nats://" + server.Address()
	open := func() (*bus.Bus, error) {
		return bus.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), nil, 200*time.Millisecond)
	}
	_, err = open()
	require.ErrorIs(t, err, bus.ErrNoTable)
	require.ErrorContains(t, err, "start `vigie up` first")

	service, err := bus.Connect(t.Context(), cfg, slog.New(slog.DiscardHandler), nil, time.Second)
	require.NoError(t, err)
	defer service.Close()
	cfg.Retention.Streams = config.Duration(time.Hour)
	tool, err := open()
	require.NoError(t, err)
	defer tool.Close()
	stream, err := tool.JetStream().Stream(t.Context(), bus.StreamMentions)
	require.NoError(t, err)
	require.Equal(t, 3*24*time.Hour, stream.CachedInfo().Config.MaxAge)
}

// A story of four messages: one is handled at once, one needs a second try, one
// is beyond help, one makes the handler panic. Each is settled for itself.
func TestThreeOutcomes(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	for _, id := range []string{"good", "later", "bad", "fatal"} {
		_, err := b.Publish(t.Context(), collected(id))
		require.NoError(t, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var done atomic.Int64
	go func() {
		_ = b.Consume(ctx, bus.Scorer, func(_ context.Context, batch []*bus.Message) []error {
			outcomes := make([]error, len(batch))
			for i, m := range batch {
				var mention vigiev1.Mention
				if outcomes[i] = m.Decode(&mention); outcomes[i] != nil {
					continue
				}
				switch {
				case mention.MentionId == "rss:later" && m.Delivered == 1:
					outcomes[i] = bus.Retry(time.Millisecond, errors.New("the table is away"))
				case mention.MentionId == "rss:bad":
					outcomes[i] = bus.Permanent(bus.ReasonInvalid, errors.New("no such thing"))
				case mention.MentionId == "rss:fatal":
					panic("cannot even")
				default:
					done.Add(1)
				}
			}
			return outcomes
		})
	}()
	bustest.Settled(t, b, bus.Scorer)
	require.GreaterOrEqual(t, done.Load(), int64(2))

	reasons := map[bus.Reason]bus.DeadLetter{}
	for _, letter := range bustest.DeadLetters(t, b) {
		reasons[letter.Reason] = letter
	}
	require.Len(t, reasons, 2)
	require.Contains(t, reasons[bus.ReasonPanic].Error, "cannot even")
	require.Equal(t, "MENTIONS.scorer", reasons[bus.ReasonInvalid].From)

	require.NoError(t, b.Replay(t.Context(), reasons[bus.ReasonInvalid].Sequence))
	require.Eventually(t, func() bool { return len(bustest.DeadLetters(t, b)) == 2 }, 10*time.Second, 10*time.Millisecond,
		"replayed, it is refused and kept anew")
}

func TestBytesThatNeverWereAMessageCannotBeReplayed(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	refusal := bus.Refusal{
		Source: "rss", ID: "1", Place: "https://example.org/rss", Reason: bus.ReasonTruncated,
		Err: errors.New("cut at byte 12"), Payload: []byte("<rss>"),
	}
	require.NoError(t, b.Refuse(t.Context(), refusal))
	require.NoError(t, b.Refuse(t.Context(), refusal))
	letters := bustest.DeadLetters(t, b)
	require.Len(t, letters, 1, "the same bytes are kept once")
	require.Equal(t, "https://example.org/rss", letters[0].Place)
	require.False(t, letters[0].Replayable())
	require.ErrorIs(t, b.Replay(t.Context(), letters[0].Sequence), bus.ErrNotReplayable)
	require.ErrorIs(t, b.Replay(t.Context(), 4711), bus.ErrNoDeadLetter)
}

func TestEveryReasonHasAMeaning(t *testing.T) {
	t.Parallel()
	for _, reason := range bus.Reasons {
		require.NotEmpty(t, reason.Meaning(), reason)
	}
}
