package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
)

// A moment may be written as the clock on the wall shows it, where the team is.
func TestAMomentOnTheWallIsTheTeams(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse("vigie.yaml", []byte(minimal+`
people: [{id: ana, channels: [mail]}, {id: noor, channels: [mail]}]
channels: [{id: mail, kind: smtp, host: h, from: a@example.org, to: [b@example.org]}]
teams:
  - id: paris
    rota:
      start: 2026-01-05 09:00
      every: 7d
      people: [ana, noor]
      overrides: [{person: noor, from: 2026-07-24 09:00, to: 2026-07-27T09:00:00Z}]
  - {id: tokyo, timezone: Asia/Tokyo, rota: {start: 2026-01-05 09:00, people: [ana]}}
`), []string{"VIGIE_TEAMS_TOKYO_ROTA_START=2026-01-06 09:00"})
	require.NoError(t, err)
	paris := cfg.Teams[0].Rota
	require.Equal(t, "2026-01-05T09:00:00+01:00", paris.Start.Format("2006-01-02T15:04:05Z07:00"))
	require.Equal(t, "2026-07-24T07:00:00Z", paris.Overrides[0].From.UTC().Format("2006-01-02T15:04:05Z07:00"))
	require.Equal(t, "2026-07-27T09:00:00Z", paris.Overrides[0].To.UTC().Format("2006-01-02T15:04:05Z07:00"))
	require.Equal(t, "2026-01-06T00:00:00Z", cfg.Teams[1].Rota.Start.UTC().Format("2006-01-02T15:04:05Z07:00"))
}

// What is announced of a brand stands in the config's time zone.
func TestWhatIsExpectedOfABrand(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse("vigie.yaml", []byte(minimal+`
    expected:
      - {name: "Match PSG–OM", from: 2026-03-28 20:00, to: 2026-03-29 20:00}
      - {name: Sales, from: 2026-03-01T20:00:00Z, to: 2026-03-08T20:00:00+02:00}
timezone: Europe/Paris
`), []string{"VIGIE_BRANDS_ZEST_EXPECTED_1_NAME=Soldes"})
	require.NoError(t, err)
	match, sales := cfg.Brands[0].Expected[0], cfg.Brands[0].Expected[1]
	require.Equal(t, "2026-03-28T19:00:00Z", match.From.UTC().Format(time.RFC3339))
	require.Equal(t, 23*time.Hour, match.To.Sub(match.From), "the clocks went forward")
	require.Equal(t, "Soldes", sales.Name)
	require.Equal(t, "2026-03-08T18:00:00Z", sales.To.UTC().Format(time.RFC3339))
	dump, err := cfg.Dump()
	require.NoError(t, err)
	again, err := config.Parse("vigie.yaml", dump, nil)
	require.NoError(t, err, "%s", dump)
	require.True(t, match.From.Equal(again.Brands[0].Expected[0].From))
}

// What came from the environment is blamed on its variable, not on the file.
func TestAFaultOfTheEnvironmentNamesItsVariable(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("vigie.yaml", []byte(minimal+"desk: {listen: 127.0.0.1:80}\n"), []string{
		"VIGIE_DESK_LISTEN=zzz", "VIGIE_DETECTOR_MIN_AUTHORS=many", "VIGIE_RETENTION_STREAMS=0d",
	})
	require.EqualError(t, err, `environment: VIGIE_DETECTOR_MIN_AUTHORS: "many" is not a whole number
environment: VIGIE_DESK_LISTEN: "zzz" is not host:port
environment: VIGIE_RETENTION_STREAMS: must be at least 1h: what is older is deleted, read or not`)
}

func TestADumpShowsTheDefaultsInForce(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse("vigie.yaml", []byte(minimal+`
people: [{id: ana, channels: [mail]}]
channels: [{id: mail, kind: smtp, host: h, from: a@example.org, to: [b@example.org]}]
teams: [{id: cm, rota: {people: [ana]}}]
sources:
  rss: {feeds: [{url: "https://one.example.org"}, {url: "https://two.example.org", every: 1m}]}
  x: {base_url: "https://api.x.com", bearer_token_file: vigie.yaml, monthly_budget_usd: 1}
`), []string{"VIGIE_SOURCES_X_BEARER_TOKEN=t"})
	require.NoError(t, err)
	require.Equal(t, config.DefaultFeedEvery, cfg.Sources.RSS.Feeds[0].Every.Std())
	dump, err := cfg.Dump()
	require.NoError(t, err)
	for _, line := range []string{
		"    every: 10m0s\n", "    - url: https://one.example.org\n      every: 10m0s\n", "      every: 1m0s\n",
		"escalate_after: 5m0s\n", "price_per_post_usd: 0.005\n", "port: 587\n", "tls: starttls\n",
	} {
		require.Contains(t, string(dump), line)
	}
	require.NotContains(t, string(dump), "0001-01-01")
	require.NotContains(t, string(dump), "every: 0s")
}

// An address that nobody completed, or that anybody on its way can read, is no
// address of Slack's; it is a secret, and not shown.
func TestAnAddressFromADocumentIsRefused(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://hooks.slack.com/services/…":       "channels[0].url_file: holds an example",
		"https://hooks.slack.com/services/...":     "channels[0].url_file: holds an example",
		"http://hooks.slack.com/services/T0/B0/XX": "channels[0].url_file: Slack's addresses start with https://",
		"hooks.slack.com/services/T0/B0/XX":        "channels[0].url_file: does not hold an address",
		"https://hooks.slack.com/services/T0/B0/X": "",
		"http://127.0.0.1:8100/slack/services/T/B": "", // the simulation's
	} {
		path := filepath.Join(t.TempDir(), "vigie.yaml")
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "hook"), []byte(address), 0o600))
		_, err := config.Parse(path, []byte(minimal+"channels: [{id: slack, kind: slack, url_file: hook}]\n"), nil)
		if want == "" {
			require.NoError(t, err, address)
			continue
		}
		require.ErrorContains(t, err, want, address)
		require.NotContains(t, err.Error(), "hooks.slack.com")
	}
}

// Check looks at the machine: at the folder that must be made, and at who can
// read the secrets.
func TestCheckLooksAtTheMachine(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "vigie.yaml")
	secret := filepath.Join(folder, "hook")
	require.NoError(t, os.WriteFile(secret, []byte("https://hooks.example.org/x"), 0o600))
	check := func(data string) (config.Problems, error) {
		require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
		_, warnings, err := config.Check(path, []string{"VIGIE_DATA_DIR=" + filepath.Join(folder, "var", "vigie")})
		return warnings, err
	}
	const slack = minimal + "channels: [{id: slack, kind: slack, url_file: hook}]\n"
	warnings, err := check(slack)
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.NoDirExists(t, filepath.Join(folder, "var"), "nothing is made")

	require.NoError(t, os.Chmod(secret, 0o644))
	require.NoError(t, os.Chmod(folder, 0o700))
	warnings, err = check(slack)
	require.NoError(t, err)
	require.Empty(t, warnings, "its folder keeps others out")

	require.NoError(t, os.Chmod(folder, 0o755))
	warnings, err = check(slack)
	require.NoError(t, err)
	require.EqualError(t, warnings, "vigie.yaml:6: channels[0].url_file: everyone on this machine can read hook: chmod 600 hook")

	require.NoError(t, os.WriteFile(filepath.Join(folder, "var"), nil, 0o600))
	_, err = check(slack)
	require.ErrorContains(t, err, "environment: VIGIE_DATA_DIR: ")
	require.ErrorContains(t, err, "var")
}
