// Command vigie is the whole of Vigie: a subcommand a role, and `vigie up` for
// all of them in one process tree.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
)

// Exit codes.
const (
	exitFailure = 1
	exitUsage   = 2 // a wrong command line or config
)

func main() { os.Exit(execute()) }

func execute() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	var begun bool
	cmd := root()
	onBegin(cmd, func() { begun = true })
	err := cmd.ExecuteContext(ctx)
	var problems config.Problems
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &problems):
		fmt.Fprintf(os.Stderr, "vigie: the config is not right:\n%v\n", problems)
		return exitUsage
	case errors.As(err, &usage), !begun: // cobra's own errors: arguments, flags
		fmt.Fprintf(os.Stderr, "vigie: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(os.Stderr, "vigie: %v\n", err)
		return exitFailure
	}
}

// onBegin tells when a command's work begins: its command line was right.
func onBegin(cmd *cobra.Command, tell func()) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			tell()
			return run(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		onBegin(sub, tell)
	}
}

// usageError is a wrong command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

const exitCodes = `
Exit codes:
  0  done, or stopped in order
  1  it failed: the reason is on stderr
  2  the command line or the config is wrong: nothing was done
`

func root() *cobra.Command {
	app := &app{}
	cmd := &cobra.Command{
		Use:   "vigie",
		Short: "Watches what is said of your brands, and wakes the right person when it turns into a crisis",
		Long: `Vigie watches what is said of your brands on their own pages and on everyone
else's, pages the community manager on call when it turns into a crisis, keeps
every mention in ClickHouse for Grafana, and writes the week's report.

Every command reads one config file: --config, else VIGIE_CONFIG, else vigie.yaml
in this folder. The demonstration's is deploy/vigie.yaml.`,
		Example: `  vigie up -c deploy/vigie.yaml                    everything on this machine, until Ctrl-C
  export VIGIE_CONFIG=deploy/vigie.yaml            … and the rest in another terminal:
  vigie config check                               what is wrong with the config, all at once
  vigie sql "SELECT brand_id, count() FROM mentions GROUP BY ALL ORDER BY ALL"
  vigie export weekly --brand zestaline --week 2026-W46 --out reports
  vigie import --format ndjson posts.ndjson        history, which pages nobody
  vigie deadletter list                            what could not be handled, and why`,
		Args: noSuchCommand, RunE: showHelp,
		SilenceUsage: true, SilenceErrors: true,
		Version: obs.Version(),
	}
	path := os.Getenv("VIGIE_CONFIG")
	if path == "" {
		path = "vigie.yaml"
	}
	cmd.PersistentFlags().StringVarP(&app.configPath, "config", "c", path, "config file (VIGIE_CONFIG)")
	cmd.SetUsageTemplate(cmd.UsageTemplate() + exitCodes)
	cmd.AddGroup(&cobra.Group{ID: "all", Title: "Everything:"}, &cobra.Group{ID: "tool", Title: "Tools:"},
		&cobra.Group{ID: "role", Title: "Single roles, for several machines:"})
	cmd.AddCommand(app.up(), app.importCommand(), app.export(), app.sql(), app.deadletter(), app.config(), app.query(), app.score(), app.train(), app.backtestCommand(), app.tune(), app.detectCommand(), app.bench())
	cmd.AddCommand(app.roles()...)
	return cmd
}
