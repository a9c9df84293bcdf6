package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/natsd"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/services/clickhouse"
	"github.com/vigie-monitor/vigie/services/desk"
	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/ingest"
	"github.com/vigie-monitor/vigie/services/pager"
	"github.com/vigie-monitor/vigie/services/scorer"
	"github.com/vigie-monitor/vigie/services/simulate"
	"github.com/vigie-monitor/vigie/services/store"
)

// childGrace is how long queries may go on when the engine is asked to stop.
const childGrace = 3 * time.Second

// serve is how every service runs.
type serve = func(context.Context, run.Env, func()) error

func (a *app) roles() []*cobra.Command {
	return []*cobra.Command{
		a.role("ingest", "Read the sources into the stream MENTIONS", ingest.Run),
		a.role("scorer", "Score collected mentions", scorer.Run),
		a.role("detector", "Turn spikes into incidents", detector.Run),
		a.role("store", "Write everything to ClickHouse", store.Run),
		a.role("pager", "Page who is on call until someone acks", pager.Run),
		a.role("desk", "Serve the community manager's page and the ack links", desk.Run),
		a.nats(),
		a.clickhouse(),
		a.simulate(),
	}
}

func (a *app) role(name, short string, serve serve) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, GroupID: "role", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			p := a.process(cfg)
			env, err := p.connect(cmd.Context())
			if err != nil {
				return err
			}
			defer env.Bus.Close()
			return run.Parts(cmd.Context(), p.logger, grace, p.admin(), p.reload(), service(env, name, serve))
		},
	}
}

func (a *app) nats() *cobra.Command {
	return &cobra.Command{
		Use: "nats", Short: "Run the embedded NATS alone", GroupID: "role", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			server, err := natsd.Start(cfg.NATS.Listen, cfg.Path("nats"))
			if err != nil {
				return err
			}
			<-cmd.Context().Done()
			server.Stop()
			return nil
		},
	}
}

func (a *app) clickhouse() *cobra.Command {
	var child bool
	var options clickhouse.Options
	log := config.Log{Format: "text"}
	cmd := &cobra.Command{
		Use: "clickhouse", Short: "Run the embedded ClickHouse alone", GroupID: "role", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if child { // everything is told: the config file may have changed since
				ctx = untilParentEnds(ctx)
			} else {
				cfg, err := a.load()
				if err != nil {
					return err
				}
				options.Addr, options.Dir, log = cfg.ClickHouse.Listen, cfg.Path("clickhouse"), cfg.Log
			}
			options.Logger, options.Grace = obs.Logger(os.Stderr, log), childGrace
			server, err := clickhouse.New(options)
			if err != nil {
				return err
			}
			return server.Run(ctx)
		},
	}
	cmd.Flags().BoolVar(&child, "child", false, "stop when standard input ends, as a child of `vigie up`")
	cmd.Flags().StringVar(&options.Addr, "listen", "", "with --child: the address")
	cmd.Flags().StringVar(&options.Dir, "dir", "", "with --child: the data folder")
	cmd.Flags().StringVar(&log.Level, "log", "warn", "with --child: the log's level")
	for _, name := range []string{"child", "listen", "dir", "log"} {
		_ = cmd.Flags().MarkHidden(name)
	}
	return cmd
}

// untilParentEnds is done when standard input ends: the parent stopped us, or died.
func untilParentEnds(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	return ctx
}

func (a *app) simulate() *cobra.Command {
	return &cobra.Command{
		Use: "simulate", Short: "Serve the pages that do not exist", GroupID: "role", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			p := a.process(cfg)
			return run.Parts(cmd.Context(), p.logger, grace, simulatePart(p))
		},
	}
}

func simulatePart(p *process) run.Part {
	return run.Part{Name: "simulate", Run: func(ctx context.Context, ready func()) error {
		return simulate.Run(ctx, p.config.Get(), p.logger, ready)
	}}
}
