package e2e_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
)

// An engine that hangs is alive for the system and of no use to anyone: it is
// killed and started again, and the tables answer.
func TestAnEngineThatHangsIsStartedAgain(t *testing.T) {
	t.Parallel()
	m := newMachine(t, func(cfg *config.Config) {
		cfg.Brands = []config.Brand{{ID: "zest", Name: "Zestaline", Query: "zestaline"}}
	})
	up := m.start("up")
	m.ready(up)
	hung := up.child()
	require.Positive(t, hung)
	require.NoError(t, syscall.Kill(hung, syscall.SIGSTOP))
	require.Eventually(t, func() bool {
		return strings.Contains(up.output.String(), "it lives and does not answer") && up.child() > 0 && up.child() != hung
	}, 2*time.Minute, 100*time.Millisecond, "%s", up.output)
	m.ready(up)
	require.Zero(t, m.sql("SELECT count() FROM mentions"))
	require.Zero(t, up.stop(t), "%s", up.output)
}
