package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/natsd"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/desk"
	"github.com/vigie-monitor/vigie/services/detector"
	"github.com/vigie-monitor/vigie/services/ingest"
	"github.com/vigie-monitor/vigie/services/pager"
	"github.com/vigie-monitor/vigie/services/scorer"
	"github.com/vigie-monitor/vigie/services/store"
)

// memoryLimit is where the garbage collector works harder rather than let the
// process grow: with the engine beside it, everything fits in 800 MB.
const memoryLimit = 330 << 20

func (a *app) up() *cobra.Command {
	return &cobra.Command{
		Use: "up", Short: "Run the whole product on this machine", GroupID: "all", Args: cobra.NoArgs,
		Long: `Runs every role in this process, the embedded NATS in it too, and the embedded
ClickHouse as a child process; nats.url and clickhouse.addr in the config name
real servers instead. Ctrl-C stops it in order: sources first, then what is under
way, then the servers. What is stored stays in data_dir: the next start goes on.`,
		Example: `  vigie up --config deploy/vigie.yaml`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			return a.process(cfg).up(cmd.Context())
		},
	}
}

// up runs everything until ctx is done, and says so when it stops.
func (p *process) up(ctx context.Context) error {
	words := wording.Pick(p.config.Get().Language, frenchNarration, englishNarration)
	defer context.AfterFunc(ctx, func() { fmt.Println(words.stopping) })()
	if err := p.everything(ctx); err != nil {
		return err
	}
	fmt.Println(words.stopped)
	return nil
}

func (p *process) everything(ctx context.Context) error {
	cfg := p.config.Get()
	if err := writable(cfg.DataDir); err != nil {
		return err
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	stopNATS, err := p.embeddedNATS(cfg)
	if err != nil {
		return err
	}
	defer stopNATS()
	env, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer env.Bus.Close()
	narrator := newNarrator(os.Stdout, cfg, env.Bus)
	return run.Parts(ctx, p.logger, grace, p.parts(cfg, env, narrator)...)
}

// parts lists what runs, from the end of the flow to its beginning: each is
// stopped before those above it.
func (p *process) parts(cfg *config.Config, env run.Env, narrator *narrator) []run.Part {
	parts := []run.Part{p.admin()}
	if cfg.ClickHouse.Addr == "" {
		parts = append(parts, p.engine())
	}
	parts = append(parts, service(env, "store", store.Run))
	if cfg.Simulate != nil {
		parts = append(parts, simulatePart(p)) // its fake Slack must outlive the pager
	}
	parts = append(parts,
		service(env, "desk", desk.Run),
		service(env, "pager", pager.Run),
		service(env, "detector", detector.Role(mistakes())),
		service(env, "scorer", scorer.Run),
		narrator.part(),
		service(env, "ingest", ingest.Run),
		p.reload(),
	)
	return append(parts, p.heartbeat()...) // last: it says that all the others work
}

// embeddedNATS starts the bus unless the config names one. Clients reach it over
// loopback even in this process: nats.go's in-process pipe has no buffer, and
// measured a third slower.
func (p *process) embeddedNATS(cfg *config.Config) (stop func(), err error) {
	if cfg.NATS.URL != "" {
		return func() {}, nil
	}
	server, err := natsd.Start(cfg.NATS.Listen, cfg.Path("nats"))
	if err != nil {
		return nil, err
	}
	return server.Stop, nil
}

// writable makes the data folder, and says so when it cannot be written to.
func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fmt.Errorf("cannot make the data folder: set data_dir to a folder that can be written to: %w", err)
	}
	probe, err := os.CreateTemp(folder, ".writable-*")
	if err != nil {
		return fmt.Errorf("cannot write to the data folder: set data_dir to a folder that can be written to: %w", err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}
