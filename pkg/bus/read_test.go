package bus_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Who reads on sees each message once, in order, and ends where the stream ends,
// also where its oldest or newest messages are gone.
func TestReadingOn(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	read := func(after uint64) (ids []string, reached uint64) {
		reached, err := b.ReadOn(t.Context(), bus.StreamMentions, after, bus.End, func(m *bus.Message) {
			var mention vigiev1.Mention
			require.NoError(t, m.Decode(&mention))
			ids = append(ids, mention.MentionId)
		})
		require.NoError(t, err)
		return ids, reached
	}
	ids, reached := read(0)
	require.Empty(t, ids)
	require.Zero(t, reached)

	for n := range 5 {
		_, err := b.Publish(t.Context(), collected(fmt.Sprint(n)))
		require.NoError(t, err)
	}
	ids, reached = read(reached)
	require.Equal(t, []string{"rss:0", "rss:1", "rss:2", "rss:3", "rss:4"}, ids)
	ids, reached = read(reached)
	require.Empty(t, ids)
	require.EqualValues(t, 5, reached)
	ids, _ = read(3)
	require.Equal(t, []string{"rss:3", "rss:4"}, ids)

	stream, err := b.JetStream().Stream(t.Context(), bus.StreamMentions)
	require.NoError(t, err)
	for _, gone := range []uint64{1, 5} {
		require.NoError(t, stream.DeleteMsg(t.Context(), gone))
	}
	ids, reached = read(0)
	require.Equal(t, []string{"rss:1", "rss:2", "rss:3"}, ids)
	extent, err := b.Extent(t.Context(), bus.StreamMentions)
	require.NoError(t, err)
	require.EqualValues(t, 2, extent.First)
	ids, _ = read(reached)
	require.Empty(t, ids)
}
