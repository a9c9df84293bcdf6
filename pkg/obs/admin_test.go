package obs_test

import (
	"context"
	"io"
	"net/http"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/obs"
)

// Whoever starts a second Vigie is told so, and which key sets the port; any other
// fault of an address is not blamed on a Vigie.
func TestAPortThatCannotBeHad(t *testing.T) {
	t.Parallel()
	first, err := obs.Listen("127.0.0.1:0", "desk.listen")
	require.NoError(t, err)
	defer func() { _ = first.Close() }()
	_, err = obs.Listen(first.Addr().String(), "desk.listen")
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.ErrorContains(t, err, "is another Vigie running here? stop it, or change desk.listen")
	_, err = obs.Listen("203.0.113.7:80", "desk.listen")
	require.ErrorContains(t, err, "change desk.listen")
	require.NotContains(t, err.Error(), "another Vigie")
}

func TestARequestUnderWayEndsBeforeServeDoes(t *testing.T) {
	t.Parallel()
	listener, err := obs.Listen("127.0.0.1:0", "metrics.listen")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	arrived, finish := make(chan struct{}), make(chan struct{})
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() {
		served <- obs.Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(arrived)
			<-finish
			_, _ = io.WriteString(w, "done")
		}))
	}()
	go func() {
		body := ""
		if response, err := http.Get("http://" + listener.Addr().String()); err == nil {
			data, _ := io.ReadAll(response.Body)
			_ = response.Body.Close()
			body = string(data)
		}
		answered <- body
	}()
	<-arrived
	cancel()
	select {
	case err := <-served:
		t.Fatalf("Serve returned while a request was under way: %v", err)
	default:
	}
	close(finish)
	require.NoError(t, <-served)
	require.Equal(t, "done", <-answered)
}
