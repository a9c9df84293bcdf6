package source_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
)

func TestALedgerRemembersAcrossRestartsWithinItsBounds(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	bench := sourcetest.New(t)
	open := func(slots int) *source.Ledger {
		sink := bench.Sink(t, source.Description{Source: "bluesky", Page: "test"})
		return sink.Ledger("authors", source.LedgerBounds{Slots: slots, Keys: 3, Values: 2})
	}
	ledger := open(1)
	for _, value := range []string{"first", "second", "second", "third"} {
		require.NoError(t, ledger.Add(ctx, "ana", value))
	}
	reopened := open(1)
	values, err := reopened.Values(ctx, "ana")
	require.NoError(t, err)
	require.Equal(t, []string{"second", "third"}, values, "the latest two, each once")

	for i := range 3 {
		require.NoError(t, reopened.Add(ctx, fmt.Sprintf("other %d", i), "x"))
	}
	values, err = reopened.Values(ctx, "ana")
	require.NoError(t, err)
	require.Empty(t, values, "the key written longest ago made room")

	require.NoError(t, reopened.Forget(ctx, "other 1"))
	require.NoError(t, reopened.Forget(ctx, "nobody"))
	values, err = reopened.Values(ctx, "other 1")
	require.NoError(t, err)
	require.Empty(t, values)
	values, err = reopened.Values(ctx, "other 2")
	require.NoError(t, err)
	require.Equal(t, []string{"x"}, values)
}
