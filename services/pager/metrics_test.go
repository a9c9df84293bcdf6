package pager

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/simulate/slack"
)

// value is a series' value now: a counter's, a gauge's, or how often a histogram
// was told something.
func value(t *testing.T, registry prometheus.Registerer, name string, labels ...string) int {
	t.Helper()
	families, err := registry.(*prometheus.Registry).Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, m := range family.Metric {
			matches := family.GetName() == name && len(m.Label) == len(labels)
			for i := range labels {
				matches = matches && m.Label[i].GetValue() == labels[i]
			}
			if matches {
				return int(m.GetCounter().GetValue()+m.GetGauge().GetValue()) + int(m.GetHistogram().GetSampleCount())
			}
		}
	}
	t.Fatalf("no series %s %v", name, labels)
	return 0
}

func TestWhatAnOperatorSees(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	env := h.env()
	h.start(env)
	require.Zero(t, value(t, env.Registry, "vigie_pager_pages_total", "slack-alice", "failed"), "a series is there before anything happens")
	h.slack.Fail(slack.ServerError)
	h.publish(crisis())
	h.eventually(func() bool { return value(t, env.Registry, "vigie_pager_pages_total", "slack-alice", "retried") == 1 })
	h.settled()
	h.clock.Advance(time.Second)
	h.hears(1)
	h.eventually(func() bool { return value(t, env.Registry, "vigie_pager_pages_total", "slack-alice", "sent") == 1 })
	require.Equal(t, 1, value(t, env.Registry, "vigie_pager_page_delay_seconds"))
	require.Equal(t, 1, value(t, env.Registry, "vigie_pager_unacked_crises"))
	h.acks(crisis().IncidentId, isCrisis, "Alice")
	h.eventually(func() bool { return value(t, env.Registry, "vigie_pager_unacked_crises") == 0 })
	h.publish(resolved(crisis(), h.clock.Now()))
	h.eventually(func() bool { return value(t, env.Registry, "vigie_pager_ends_total", "slack-alice", "sent") == 1 })
	require.Equal(t, 1, value(t, env.Registry, "vigie_pager_pages_total", "slack-alice", "sent"), "an end is no page")
}
