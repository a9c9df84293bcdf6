package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
)

// People rest on the holidays of the country whose time zone it is, but where the config
// says another one, or none.
func TestHolidaysAreThoseOfTheTimeZone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                         {"fr"}, // the default's is Paris
		"timezone: Europe/London":  {"gb"},
		"timezone: UTC":            nil,
		"detector: {holidays: []}": {},
		"timezone: Europe/London\ndetector: {holidays: [fr, gb]}": {"fr", "gb"},
	} {
		cfg, err := config.Parse("vigie.yaml", []byte(minimal+text), nil)
		require.NoError(t, err)
		require.Equal(t, want, cfg.Detector.Holidays, text)
		dump, err := cfg.Dump()
		require.NoError(t, err)
		again, err := config.Parse("vigie.yaml", dump, nil)
		require.NoError(t, err)
		require.ElementsMatch(t, want, again.Detector.Holidays, text)
	}
}

// A rule is tried from a file of its own, as it would stand in the config or without
// that head; what it leaves out stays.
func TestARuleIsReadFromAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	base := config.Default().Detector
	base.MinAuthors = 9
	want := base
	want.Alert, want.MinMentions = 7.5, 5
	for _, text := range []string{"alert: 7.5\nmin_mentions: 5\n", "detector:\n  alert: 7.5\n  min_mentions: 5\n", "detector: {alert: 7.5, min_mentions: 5}"} {
		path := filepath.Join(t.TempDir(), "rule.yaml")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		got, err := config.LoadDetector(path, base)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := config.LoadDetector("nowhere.yaml", base)
	require.ErrorContains(t, err, "nowhere.yaml")
}

// Whatever the bytes: an error, and the base stays, or a rule by which a detector hears.
func FuzzParseDetector(f *testing.F) {
	f.Add([]byte("alert: 7.5\nmin_mentions: 5\n"))
	f.Add([]byte("detector: {watch: nan, crisis: 1e308, holidays: [fr, fr], resolve_after: nand}\n---\nalert: 4\n"))
	f.Add([]byte("detector:\n  detector: &a [*a]\n? x\n: y\n"))
	base := config.Default().Detector
	f.Fuzz(func(t *testing.T, data []byte) {
		rule, err := config.ParseDetector("rule.yaml", data, base)
		if err != nil {
			require.Equal(t, base, rule)
			return
		}
		require.True(t, rule.Watch >= 2 && rule.Alert >= rule.Watch && rule.Crisis >= rule.Alert && rule.Crisis <= 300)
		require.True(t, rule.MinAuthors >= 1 && rule.MinMentions >= 1 && rule.ResolveAfter.Std() >= time.Minute)
	})
}
