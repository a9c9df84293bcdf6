package obs_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/obs"
)

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
