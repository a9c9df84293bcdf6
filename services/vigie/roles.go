package main

import (
	"context"
	"fmt"
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

// allRoles says of each role what a person who splits Vigie up must know.
const allRoles = `

Roles meet on the NATS and the ClickHouse that nats.url and clickhouse.addr name;
a role that starts makes what it misses of the streams. Each serves /metrics,
/healthz and /readyz on metrics.listen: on one machine, give each its own.`

func (a *app) roles() []*cobra.Command {
	return []*cobra.Command{
		a.role("ingest", "Read the sources into the stream MENTIONS", `Reads the config's sources and publishes each post as a mention. It goes on from
where it stood, and says of a source that is silent, erring or out of quota that it
is blind. Run one: two would both fetch, and what they find is stored once.`, ingest.Run),
		a.role("scorer", "Score collected mentions", `Reads MENTIONS and says of each mention which brands it concerns, its language,
sentiment, topics and owner; publishes to SCORED. Run as many as it takes.`, scorer.Run),
		a.role("detector", "Turn spikes into incidents", `Reads SCORED, compares with the past in ClickHouse, and publishes what opens,
escalates and resolves to INCIDENTS. One works by lease; others stand by and take
over within seconds.`, detector.Role(mistakes())),
		a.role("store", "Write everything to ClickHouse", `Migrates the tables of clickhouse.database, writes mentions, incidents and pages,
and deletes what is older than retention.mentions. Mentions are written by one, by
lease; others stand by and take over within seconds.`, store.Run),
		a.role("pager", "Page who is on call until someone acks", `Reads INCIDENTS and sends pages by the rotas and channels of the config, to the
next person until someone acks. One works by lease; others stand by and take over
within seconds.`, pager.Run),
		a.role("desk", "Serve the community manager's page and the ack links", `Serves the desk on desk.listen; desk.public_url is what links in pages start with.
It asks nobody for a password: put it behind what does. All desks and pagers need
the same desk.ack_key_file.`, desk.Run),
		a.nats(),
		a.clickhouse(),
		a.simulate(),
	}
}

// mistakes are those of the scorer's sentiment model, for the detector to reckon with:
// services do not know each other.
func mistakes() detector.Mistakes {
	found, mistaken := scorer.Mistakes()
	return detector.Mistakes{Found: found, Mistaken: mistaken}
}

func (a *app) role(name, short, long string, serve serve) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, GroupID: "role", Args: cobra.NoArgs,
		Long:    long + allRoles,
		Example: fmt.Sprintf("  VIGIE_METRICS_LISTEN=127.0.0.1:9465 vigie %s --config vigie.yaml", name),
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
			parts := []run.Part{p.admin(), p.reload(), service(env, name, serve)}
			if name == "pager" { // of all roles, the one whose silence nobody else would notice
				parts = append(parts, p.heartbeat()...)
			}
			return run.Parts(cmd.Context(), p.logger, grace, parts...)
		},
	}
}

func (a *app) nats() *cobra.Command {
	return &cobra.Command{
		Use: "nats", Short: "Run the embedded NATS alone", GroupID: "role", Args: cobra.NoArgs,
		Long: `Runs the NATS that ` + "`vigie up`" + ` embeds, on nats.listen with its streams under
data_dir, in a process of its own. It answers on this machine only and asks nobody
for a password; for several machines run NATS itself, and set nats.url.`,
		Example: "  vigie nats --config vigie.yaml",
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
		Long: `Runs the ClickHouse that ` + "`vigie up`" + ` starts, on clickhouse.listen with its tables
under data_dir, in ClickHouse's native protocol. It answers on this machine only and
asks nobody for a password; for several machines run a server, and set clickhouse.addr.`,
		Example: "  vigie clickhouse --config vigie.yaml",
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
		Long: `Serves invented posts on simulate.listen in the protocols of the real sources, with
their faults, and a pretended Slack at /slack/. For demonstrations and tests.`,
		Example: `  vigie simulate --config deploy/vigie.yaml
  curl -X POST 'http://127.0.0.1:8100/crisis?brand=telemur&kind=outage'`,
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
