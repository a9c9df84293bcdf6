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
	err := root().ExecuteContext(ctx)
	var problems config.Problems
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &problems):
		fmt.Fprintf(os.Stderr, "vigie: the config is not right:\n%v\n", problems)
		return exitUsage
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "vigie: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(os.Stderr, "vigie: %v\n", err)
		return exitFailure
	}
}

// usageError is a wrong command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func root() *cobra.Command {
	app := &app{}
	cmd := &cobra.Command{
		Use:   "vigie",
		Short: "Watches what is said of your brands, and wakes the right person when it turns into a crisis",
		Long: `Vigie watches what is said of your brands on their own pages and on everyone
else's, pages the community manager on call when it turns into a crisis, keeps
every mention in ClickHouse for Grafana, and writes the week's report.

Start everything on this machine:        vigie up --config vigie.yaml
Check a config before using it:          vigie config check --config vigie.yaml
Bring history in:                        vigie import --format ndjson posts.ndjson
Ask the tables:                          vigie sql "SELECT count() FROM mentions"`,
		SilenceUsage: true, SilenceErrors: true,
		Version: obs.Version(),
	}
	path := os.Getenv("VIGIE_CONFIG")
	if path == "" {
		path = "vigie.yaml"
	}
	cmd.PersistentFlags().StringVarP(&app.configPath, "config", "c", path, "config file (VIGIE_CONFIG)")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.AddGroup(&cobra.Group{ID: "all", Title: "Everything:"}, &cobra.Group{ID: "tool", Title: "Tools:"},
		&cobra.Group{ID: "role", Title: "Single roles, for several machines:"})
	cmd.AddCommand(app.up(), app.importCommand(), app.export(), app.sql(), app.deadletter(), app.config(), app.train())
	cmd.AddCommand(app.roles()...)
	return cmd
}
