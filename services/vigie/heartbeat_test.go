package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/pkg/obs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	patience = 15 * time.Second
	pulse    = 2 * time.Millisecond
)

// watcher is a server outside that raises the alarm when it hears no more, and
// the heart it listens to.
type watcher struct {
	t      *testing.T
	heard  atomic.Int64
	answer atomic.Pointer[http.HandlerFunc]
	heart  *heartbeat
	health *obs.Health
	log    safeLog
	url    string
	close  func()
}

type safeLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// listen starts a heart and a watcher of it.
func listen(t *testing.T) *watcher {
	t.Helper()
	w := &watcher{t: t, health: obs.NewHealth()}
	w.answers(func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.heard.Add(1)
		(*w.answer.Load())(rw, r)
	}))
	w.url, w.close = server.URL+"/ping/secret-path", func() {
		server.CloseClientConnections()
		server.Close()
	}
	t.Cleanup(w.close)
	w.heart = newHeartbeat(w.url, pulse, w.health, slog.New(slog.NewTextHandler(&w.log, nil)), prometheus.NewRegistry())
	w.heart.timeout = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.heart.run(ctx, func() {}) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return w
}

func (w *watcher) answers(handler http.HandlerFunc) { w.answer.Store(&handler) }

func (w *watcher) count(outcome beatOutcome) float64 {
	return testutil.ToFloat64(w.heart.beats.WithLabelValues(string(outcome)))
}

// more waits for some beats of an outcome from now on.
func (w *watcher) more(outcome beatOutcome) {
	w.t.Helper()
	before := w.count(outcome)
	require.Eventually(w.t, func() bool { return w.count(outcome) >= before+3 }, patience, pulse, "more are %s", outcome)
}

// silent says that the watcher hears nothing while beats are withheld.
func (w *watcher) silent() {
	w.t.Helper()
	w.more(beatWithheld)
	heard := w.heard.Load()
	w.more(beatWithheld)
	require.Equal(w.t, heard, w.heard.Load())
}

func TestTheHeartBeatsOnlyWhileEveryPartIsWell(t *testing.T) {
	t.Parallel()
	w := listen(t)
	w.more(beatSent)
	require.Positive(t, w.heard.Load())

	var ill atomic.Bool
	ill.Store(true)
	w.health.Require("store", func(context.Context) error {
		if ill.Load() {
			return errors.New("ClickHouse does not answer")
		}
		return nil
	})
	w.silent() // a part is not ready
	require.Contains(t, w.log.String(), "ClickHouse does not answer")
	ill.Store(false)
	w.more(beatSent)

	w.health.Beat("pager", time.Nanosecond)
	w.silent() // a loop is stuck
	require.Contains(t, w.log.String(), "pager: stuck")
	w.health.Rest("pager")
	w.more(beatSent)

	w.health.Require("detector", func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	})
	w.silent() // a check never ends
}

// The watcher has troubles of its own: it is asked again, and what is said of it
// does not tell its address.
func TestAWatcherInTroubleIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := listen(t)
	for name, trouble := range map[string]http.HandlerFunc{
		"it is down": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) },
		"it hangs": func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		},
		"it breaks off":      func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"the address is old": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) },
	} {
		w.answers(trouble)
		w.more(beatFailed)
		w.answers(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(make([]byte, 1<<20)) })
		w.more(beatSent)
		require.NotContains(t, w.log.String(), "secret-path", name)
	}
	w.close()
	w.more(beatFailed) // it is gone
	require.NotContains(t, w.log.String(), "secret-path")
}

// Ctrl-C does not wait for a watcher that hangs.
