package fetch_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a handler and a client that may reach it.
func serve(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *fetch.Client) {
	t.Helper()
	server := httptest.NewServer(handler)
	client := fetch.New(fetch.Options{AllowPrivate: true})
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return server, client
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	client := fetch.New(fetch.Options{})
	t.Cleanup(client.Close)
	port := server.URL[strings.LastIndexByte(server.URL, ':')+1:]

	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.1.2.3", "172.20.0.1", "192.168.1.1",
		"169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]",
	} {
		for name, client := range map[string]*http.Client{"plain": client.HTTP(), "stream": client.Stream()} {
			response, err := client.Get("http://" + host + ":" + port)
			if err == nil {
				_ = response.Body.Close()
			}
			require.Error(t, err, "%s to %s", name, host)
			if !strings.Contains(err.Error(), "lookup") { // a name the resolver refuses by itself is refused too
				require.ErrorIs(t, err, fetch.ErrPrivateAddress, "%s to %s", name, host)
			}
		}
	}
}

func TestItSaysWhoItIs(t *testing.T) {
	t.Parallel()
	server, client := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.UserAgent()) })
	response, err := client.HTTP().Get(server.URL)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := fetch.ReadAll(response.Body, 1<<10)
	require.NoError(t, err)
	require.Regexp(t, `^Vigie/\S+ \(\+https://`, string(body))
}

func TestAGzipBombIsCutNotInflated(t *testing.T) {
	t.Parallel()
	server, client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		zeros := make([]byte, 1<<20)
		for range 256 { // 256 MiB in some 256 KiB
			if _, err := z.Write(zeros); err != nil {
				return
			}
		}
		_ = z.Close()
	})
	response, err := client.HTTP().Get(server.URL)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := fetch.ReadAll(response.Body, 1<<20)
	require.ErrorIs(t, err, fetch.ErrTooLarge)
	require.Len(t, body, 1<<20)
}

func TestRedirectsEnd(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]func(path string) string{
		"to itself":      func(path string) string { return path },
		"in a circle":    func(path string) string { return map[string]string{"/a": "/b", "/b": "/c", "/c": "/a"}[path] },
		"ever elsewhere": func(path string) string { return path + "a" },
	} {
		server, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, target(r.URL.Path), http.StatusFound)
		})
		_, err := client.HTTP().Get(server.URL + "/a") //nolint:bodyclose // there is no response
		require.ErrorIs(t, err, fetch.ErrRedirectLoop, name)
	}
}

func TestOnlyPermanentRedirectsAreForGood(t *testing.T) {
	t.Parallel()
	server, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var from, status int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d/%d", &status, &from); err == nil && from > 0 {
			next := fmt.Sprintf("/%s/%d", r.URL.Query().Get(fmt.Sprint(from)), from-1)
			http.Redirect(w, r, next+"?"+r.URL.RawQuery, status)
		}
	})
	for path, want := range map[string]string{
		"/200/0":             "",
		"/301/1?1=200":       "/200/0",
		"/308/2?2=301&1=200": "/200/0",
		"/302/1?1=200":       "",
		"/301/2?2=302&1=200": "/302/1",
		"/307/2?2=301&1=200": "",
	} {
		response, err := client.HTTP().Get(server.URL + path)
		require.NoError(t, err)
		_ = response.Body.Close()
		moved, ok := fetch.Moved(response)
		require.Equal(t, want != "", ok, path)
		if ok {
			require.Equal(t, want, moved.Path, path)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"120":                           2 * time.Minute,
		" 0 ":                           0,
		"-5":                            0,
		"Sun, 01 Mar 2026 12:10:00 GMT": 10 * time.Minute,
		"Sun, 01 Mar 2026 11:00:00 GMT": 0,
		"999999999999999":               24 * time.Hour,
		"Sun, 01 Mar 2036 12:00:00 GMT": 24 * time.Hour,
	} {
		got, ok := fetch.RetryAfter(http.Header{"Retry-After": {text}}, now)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "soon", "1.5"} {
		_, ok := fetch.RetryAfter(http.Header{"Retry-After": {text}}, now)
		require.False(t, ok, text)
	}
}

func TestAHostIsLeftAloneForLongerEachTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	hosts := fetch.NewHosts(10 * time.Second)
	require.Zero(t, hosts.Rest("a", now))

	var waits []time.Duration
	for range 4 {
		wait := hosts.Refused("a", now, 0)
		require.Equal(t, wait, hosts.Rest("a", now))
		waits = append(waits, wait)
		now = now.Add(wait)
	}
	for i, nominal := range []time.Duration{10, 20, 40, 80} {
		require.InDelta(t, float64(nominal*time.Second), float64(waits[i]), float64(nominal*time.Second)/4, "wait %d", i)
	}

	t.Log("a second feed of the host, refused in the same moment, does not double the wait")
	first := hosts.Refused("a", now, 0)
	require.Equal(t, first, hosts.Refused("a", now, 0))

	t.Log("what the host asks for counts when it is longer")
	require.Equal(t, time.Hour, hosts.Refused("a", now, time.Hour))

	require.Zero(t, hosts.Rest("b", now), "other hosts are not concerned")
	hosts.Served("a")
	require.Zero(t, hosts.Rest("a", now))
}
