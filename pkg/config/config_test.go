package config_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
)

// Each file of testdata has one fault or several; its comments say, after
// "want:", what must be reported, all at once. Those of testdata/rules hold bounds of
// the detector alone.
func TestEveryFaultIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	for pattern, load := range map[string]func(path string) error{
		"testdata/*.yaml": func(path string) error {
			_, err := config.Load(path, nil)
			return err
		},
		"testdata/rules/*.yaml": func(path string) error {
			_, err := config.LoadDetector(path, config.Default().Detector)
			return err
		},
	} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				requireFaults(t, file, load(file))
			})
		}
	}
}

// requireFaults holds an error against what the file says is wanted.
func requireFaults(t *testing.T, file string, err error) {
	t.Helper()
	data, readErr := os.ReadFile(file)
	require.NoError(t, readErr)
	var want []string
	for line := range strings.Lines(string(data)) {
		if _, text, found := strings.Cut(line, "# want: "); found {
			want = append(want, strings.TrimSpace(text))
		}
	}
	var problems config.Problems
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems, len(want), "%v", problems)
	for _, text := range want {
		require.ErrorContains(t, err, text)
	}
}

const minimal = `
brands:
  - id: zest
    name: Zest
    query: zest
`

func TestEnvironmentOverridesAndSecretsStayHidden(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "hook"), []byte("https://hooks.example/secret-path\n"), 0o600))
	path := filepath.Join(folder, "vigie.yaml")
	data := minimal + `
channels:
  - id: crisis-room
    kind: slack
    url_file: hook
  - id: mail
    kind: smtp
    host: smtp.example
    from: a@example.org
    to: [b@example.org]
`
	cfg, err := config.Parse(path, []byte(data), []string{
		"VIGIE_NATS_URL=nats://elsewhere:4222", "VIGIE_LANGUAGE=fr", "VIGIE_RETENTION_STREAMS=2d",
		"VIGIE_CHANNELS_MAIL_PASSWORD=hunter2", "VIGIE_DATA=/data", "HOME=/root",
	})
	require.NoError(t, err)
	require.Equal(t, "nats://elsewhere:4222", cfg.NATSAddress())
	require.Equal(t, "fr", cfg.Language)
	require.Equal(t, "https://hooks.example/secret-path", cfg.Channels[0].URLFile.Value())
	require.Equal(t, "hunter2", cfg.Channels[1].PasswordFile.Value())
	dump, err := cfg.Dump()
	require.NoError(t, err)
	require.NotContains(t, string(dump), "secret-path")
	require.NotContains(t, string(dump), "hunter2")
	require.Contains(t, string(dump), "streams: 2d")

	_, err = config.Parse(path, []byte(minimal), []string{"VIGIE_NATS_URI=oops"})
	require.ErrorContains(t, err, "VIGIE_NATS_URI")
}

// What is dumped loads again, and means the same.
func TestADumpIsAConfig(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load("../../deploy/vigie.yaml", nil)
	require.NoError(t, err)
	first, err := cfg.Dump()
	require.NoError(t, err)
	again, err := config.Parse("../../deploy/vigie.yaml", first, nil)
	require.NoError(t, err)
	second, err := again.Dump()
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
}

func TestReloadTakesAllOrNothing(t *testing.T) {
	t.Parallel()
	old, err := config.Parse("vigie.yaml", []byte(minimal), nil)
	require.NoError(t, err)
	live := config.NewLive(old)
	var swapped []string
	live.OnReload(func(*config.Config) (func(), error) {
		return func() { swapped = append(swapped, "scorer") }, nil
	})
	fault := os.ErrInvalid
	live.OnReload(func(*config.Config) (func(), error) {
		return func() { swapped = append(swapped, "pager") }, fault
	})
	next, err := config.Parse("vigie.yaml", []byte(strings.ReplaceAll(minimal, "Zest", "New")), nil)
	require.NoError(t, err)
	require.ErrorIs(t, live.Replace(next), os.ErrInvalid)
	require.Empty(t, swapped)
	require.Same(t, old, live.Get())
	fault = nil
	require.NoError(t, live.Replace(next))
	require.Equal(t, []string{"scorer", "pager"}, swapped)
	require.Same(t, next, live.Get())
}

// A saved file is told of: what took effect, and what waits for a restart and
// keeps its value until then. A file with a fault changes nothing.
func TestAReloadIsToldAndHoldsBackWhatNeedsARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vigie.yaml")
	save := func(data string) { require.NoError(t, os.WriteFile(path, []byte(data), 0o600)) }
	save(minimal)
	first, err := config.Load(path, nil)
	require.NoError(t, err)
	live := config.NewLive(first)
	var said bytes.Buffer
	hup, outcomes := make(chan os.Signal), make(chan error)
	go live.Watch(t.Context(), path, hup, slog.New(slog.NewTextHandler(&said, nil)), func(err error) { outcomes <- err })
	reload := func() error {
		hup <- syscall.SIGHUP
		return <-outcomes
	}

	save(minimal + "teams: [{id: cm, rota: {people: [ana]}}]\npeople: [{id: ana, channels: [siren]}]\n" +
		"channels: [{id: siren, kind: smtp, host: h, from: a@example.org, to: [b@example.org]}]\n")
	require.NoError(t, reload())
	require.Contains(t, said.String(), "level=INFO msg=\"config: reloaded\"")
	require.Len(t, live.Get().People, 1)

	said.Reset()
	save(strings.ReplaceAll(minimal, "Zest", "New") + "desk: {listen: 127.0.0.1:9999}\ndata_dir: elsewhere\nsources: {bluesky: {url: wss://feed.example}}\n")
	require.NoError(t, reload())
	require.Contains(t, said.String(), "restart_for=\"data_dir desk.listen sources.bluesky\"")
	require.Equal(t, "New", live.Get().Brands[0].Name)
	require.Equal(t, first.Desk, live.Get().Desk, "links to the desk must go on leading to where it is")
	require.Equal(t, first.DataDir, live.Get().DataDir)

	said.Reset()
	save(minimal + "language: de\n")
	require.Error(t, reload())
	require.Contains(t, said.String(), "the old one stays in force")
	require.Equal(t, "New", live.Get().Brands[0].Name)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte("brands: [\n"))
	f.Add([]byte("brands: {id: 1}\n? x\n: [y]"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if cfg, err := config.Parse("vigie.yaml", data, nil); err == nil {
			_, _ = cfg.Dump()
		}
	})
}

// A term reads as a community manager writes it: several words are a phrase, and
// operators make a query of it.
func TestTermsOfATopic(t *testing.T) {
	t.Parallel()
	topic := config.Topic{Terms: []string{"panne", "service client", "#bug", `down AND (app OR "web site")`, "recall NOT film"}}
	require.Equal(t, `panne OR "service client" OR #bug OR down AND (app OR "web site") OR recall NOT film`, topic.Query())
}

// A brand's names are what it is called and what its query finds in a name, and its
// competitors' likewise; what is around a name is not asked for.
func TestABrandKnowsItsNames(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{Brands: []config.Brand{
		{ID: "acme", Name: "Acmé", Query: `(acme OR ouigo) NOT "acme town"`, Context: config.Context{Require: "train"}, Competitors: []string{"globex", "gone"}},
		{ID: "globex", Name: "Globex Airlines"},
		{ID: "hooli", Name: "Hooli", Query: "hooli"},
	}}
	known, err := cfg.Knows(cfg.Brands[0])
	require.NoError(t, err)
	for name, expected := range map[string]bool{
		"ACME": true, "Groupe Acme": true, "Ouigo": true, "globex airlines": true,
		"Acme Town": false, "Globex": false, "Hooli": false, "Lyon": false, "": false,
	} {
		require.Equal(t, expected, known(name), name)
	}
	cfg.Brands[0].Query = "acme AND"
	_, err = cfg.Knows(cfg.Brands[0])
	require.ErrorContains(t, err, "query of acme")
}
