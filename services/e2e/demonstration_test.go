package e2e_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
)

// demonstration is a machine with the config that `make run` uses, on ports of
// its own.
func demonstration(t *testing.T, crisisAfter string) *machine {
	t.Helper()
	path := filepath.Join(root, "deploy", "vigie.yaml")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	simulated := freePorts(t, 1)[0]
	text := strings.ReplaceAll(string(data), "127.0.0.1:8100", simulated)
	text = regexp.MustCompile(`crisis_after: \S+`).ReplaceAllString(text, "crisis_after: "+crisisAfter)
	cfg, err := config.Parse(path, []byte(text), nil)
	require.NoError(t, err)
	m := newMachine(t, func(own *config.Config) {
		cfg.DataDir, cfg.NATS.Listen, cfg.ClickHouse.Listen = own.DataDir, own.NATS.Listen, own.ClickHouse.Listen
		cfg.Desk.Listen, cfg.Metrics.Listen, cfg.Log = own.Desk.Listen, own.Metrics.Listen, own.Log
		*own = *cfg
	})
	secrets := filepath.Join(m.folder, "demo")
	require.NoError(t, os.CopyFS(secrets, os.DirFS(filepath.Join(root, "deploy", "demo"))))
	hook := strings.ReplaceAll(read(t, "deploy/demo/slack-webhook"), "127.0.0.1:8100", simulated)
	require.NoError(t, os.WriteFile(filepath.Join(secrets, "slack-webhook"), []byte(hook), 0o600))
	return m
}

var ackLink = regexp.MustCompile(`http://\S+/ack\?t=\S+`)

// What a newcomer sees: mentions flow, a crisis climbs, the person on call is
// paged and takes charge; Ctrl-C stops in order, and the next start goes on
// without paging anyone again.
func TestTheDemonstration(t *testing.T) {
	t.Parallel()
	m := demonstration(t, "5s")
	var beats atomic.Int64
	watcher := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { beats.Add(1) }))
	t.Cleanup(watcher.Close)
	address := filepath.Join(m.folder, "heartbeat-url")
	require.NoError(t, os.WriteFile(address, []byte(watcher.URL), 0o600))
	m.config.Heartbeat.URLFile = secretFile(t, address)
	m.writeConfig()
	up := m.start("up")
	m.ready(up)
	told := func(what string, within time.Duration) {
		t.Helper()
		require.Eventually(t, func() bool { return strings.Contains(up.output.String(), what) }, within, 100*time.Millisecond,
			"%q is not told:\n%s", what, up.output)
	}
	told("CRISIS Zestaline", 85*time.Second)
	told("page sent", 10*time.Second)
	told("🔴 CRI", 10*time.Second)
	require.Eventually(t, func() bool { return beats.Load() > 0 }, 90*time.Second, 100*time.Millisecond, "the dead-man's switch is held as long as all is well")
	out := up.output.String()
	require.Less(t, strings.Index(out, "WATCH Zestaline"), strings.Index(out, "ALERT Zestaline"))
	require.Less(t, strings.Index(out, "ALERT Zestaline"), strings.Index(out, "CRISIS Zestaline"))

	takeCharge(t, ackLink.FindString(out))
	told("taken in charge", 10*time.Second)
	sayWhatItWas(t, ackLink.FindString(out), "crisis")
	require.Eventually(t, func() bool {
		return m.sql("SELECT count() FROM verdicts WHERE level = 'crisis' AND said_by != ''") == 1
	}, 10*time.Second, 100*time.Millisecond, "the verdict is not stored")
	require.Eventually(t, func() bool { // the incident is stored on a way of its own
		held, code := m.run("backtest", "--brand", "zestaline", "--since", "1d")
		return code == 0 && strings.Contains(held, "labels: 1 verdict of the desk: 1 crisis\n")
	}, 20*time.Second, time.Second)
	for _, source := range []string{"rss", "bluesky", "mastodon", "x"} {
		require.Positive(t, m.sql("SELECT count() FROM mentions WHERE source = '"+source+"'"), source)
	}
	require.Zero(t, m.sql("SELECT count() FROM mentions WHERE url NOT LIKE 'http://127.0.0.1:%'"), "nothing invented points to a real network")
	require.Zero(t, m.sql("SELECT count() - uniqExact(brand_id, mention_id) FROM mentions"), "each mention of a brand counts once")
	require.Zero(t, up.stop(t), "%s", up.output)
	require.Regexp(t, `(?s)\nstopping: .*\nstopped\n$`, up.output.String())
	require.Contains(t, up.output.String(), "Nothing is under way.")

	again := m.start("up")
	m.ready(again)
	require.Eventually(t, func() bool {
		return regexp.MustCompile(`  CRISIS Zestaline, since \d\d:\d\d, taken in charge by .+ at \d\d:\d\d`).MatchString(again.output.String())
	}, 10*time.Second, 100*time.Millisecond, "%s", again.output)
	agreed(t, m, again)
	require.Positive(t, m.sql("SELECT count() FROM pages WHERE state = 'acked'"))
	require.NotContains(t, again.output.String(), "page sent", "what was acked is not paged again")
	require.Zero(t, again.stop(t), "%s", again.output)
}

// agreed waits until the terminal's counts are those of the table.
func agreed(t *testing.T, m *machine, up *process) {
	t.Helper()
	line := regexp.MustCompile(`mentions of your brands: (.*)`)
	require.Eventually(t, func() bool {
		before := m.sql("SELECT uniqExact(mention_id) FROM mentions")
		told := line.FindAllStringSubmatch(up.output.String(), -1)
		if len(told) == 0 {
			return false
		}
		var sum uint64
		for _, source := range regexp.MustCompile(`\w+ ([\d,]+)`).FindAllStringSubmatch(told[len(told)-1][1], -1) {
			n, err := strconv.ParseUint(strings.ReplaceAll(source[1], ",", ""), 10, 64)
			require.NoError(t, err)
			sum += n
		}
		return sum <= before && before-sum < before/10 // it flows on, and the terminal tells of it every ten seconds
	}, 30*time.Second, time.Second, "%s", up.output)
}

// takeCharge opens the link of a page and presses its button.
func takeCharge(t *testing.T, link string) { press(t, link, "/ack", url.Values{}) }

// sayWhatItWas presses another there.
func sayWhatItWas(t *testing.T, link, verdict string) {
	press(t, link, "/verdict", url.Values{"verdict": {verdict}})
}

func press(t *testing.T, link, path string, form url.Values) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	page := fetch(t, client, func() (*http.Response, error) { return client.Get(link) })
	for _, input := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		form.Set(input[1], input[2])
	}
	base, _, _ := strings.Cut(link, "/ack?")
	fetch(t, client, func() (*http.Response, error) { return client.PostForm(base+path, form) })
}

func fetch(t *testing.T, _ *http.Client, ask func() (*http.Response, error)) string {
	t.Helper()
	response, err := ask()
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(body))
	return string(body)
}

// What goes wrong at the start is said in a sentence, with an exit code.
func TestAStartThatCannotBe(t *testing.T) {
	t.Parallel()
	brands := func(cfg *config.Config) {
		cfg.Brands = []config.Brand{{ID: "zest", Name: "Zestaline", Query: "zestaline"}}
	}
	t.Run("a port in use", func(t *testing.T) {
		t.Parallel()
		first, second := newMachine(t, brands), newMachine(t, brands)
		running := first.start("up")
		first.ready(running)
		second.config.NATS.Listen = first.config.NATS.Listen
		second.writeConfig()
		out, code := second.run("up")
		require.Equal(t, 1, code)
		require.Contains(t, out, "cannot listen on "+first.config.NATS.Listen)
		require.Contains(t, out, "is another Vigie running here? stop it, or change nats.listen")
	})
	t.Run("a folder that is a file", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t, brands)
		m.config.DataDir = m.path() // not even root can write below a file
		m.writeConfig()
		out, code := m.run("up")
		require.Equal(t, 1, code)
		require.Contains(t, out, "set data_dir to a folder that can be written to")
	})
	t.Run("a config with faults", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t, brands)
		require.NoError(t, os.WriteFile(m.path(), []byte("brands: [{id: zest, name: Z, query: '('}]\nlangage: fr\n"), 0o600))
		out, code := m.run("up")
		require.Equal(t, 2, code)
		require.Contains(t, out, "vigie.yaml:1: brands[0].query")
		require.Contains(t, out, "vigie.yaml:2: langage: unknown key")
	})
	t.Run("no config", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t, brands)
		require.NoError(t, os.Remove(m.path()))
		out, code := m.run("config", "check")
		require.Equal(t, 2, code)
		require.Contains(t, out, "there is no file")
	})
}
