package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
)

const onCall = `
brands: [{id: acme, name: Acme, query: acme}]
channels:
  - {id: mail, kind: smtp, host: mail.example.org, from: a@example.org, to: [b@example.org]}
  - {id: siren, kind: smtp, host: mail.example.org, from: a@example.org, to: [c@example.org]}
people:
  - id: alice
    name: Alice
    channels: [mail]
    crisis_channels: [siren]
    quiet_hours: {from: "22:00", to: "07:30"}
teams: [{id: cm, rota: {people: [alice]}}]
`

func TestOnCallPractice(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse("vigie.yaml", []byte(onCall), nil)
	require.NoError(t, err)
	alice := cfg.People[0]
	require.Equal(t, []string{"siren"}, alice.CrisisChannels)
	require.Equal(t, 22*time.Hour, alice.QuietHours.From.Std())
	require.Equal(t, 7*time.Hour+30*time.Minute, alice.QuietHours.To.Std())

	dump, err := cfg.Dump()
	require.NoError(t, err)
	again, err := config.Parse("vigie.yaml", dump, nil)
	require.NoError(t, err, "%s", dump)
	require.Equal(t, cfg.People, again.People)
}

func TestOnCallProblemsAreAllTold(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("vigie.yaml", []byte(`
brands: [{id: acme, name: Acme, query: acme}]
people:
  - {id: alice, channels: [nowhere], crisis_channels: [siren], quiet_hours: {from: "22:00"}}
`), nil)
	require.ErrorContains(t, err, `people[0].channels: "nowhere" is no channel's id`)
	require.ErrorContains(t, err, `people[0].crisis_channels: "siren" is no channel's id`)
	require.ErrorContains(t, err, `people[0].quiet_hours: needs both from and to`)

	_, err = config.Parse("vigie.yaml", []byte(`
people:
  - {id: alice, quiet_hours: {from: "10pm", to: "25:00"}}
`), nil)
	require.ErrorContains(t, err, `"10pm" is not a time of day`)
	require.ErrorContains(t, err, `"25:00" is not a time of day`)
}
