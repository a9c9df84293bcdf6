package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/natsd"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/services/ingest"
	"github.com/vigie-monitor/vigie/services/scorer"
	"github.com/vigie-monitor/vigie/services/store"
)

// runningWait is how long a Vigie that may be running is looked for.
const runningWait = 500 * time.Millisecond

func (a *app) importCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "import --format FORMAT PATH…", Short: "Bring history in, through the same path as live mentions", GroupID: "tool",
		Args: atLeast("a file to read"),
		Long: `Reads files of posts, publishes each as a mention, and returns when all are
stored, with an account of every record on standard output (JSON). History feeds
baselines and dashboards; it never pages anyone. Importing twice changes nothing.
While it runs, live mentions go first: it reads no faster than they allow.

The account speaks of this run alone; read = stored + all of dropped:
  read       records in the files
  published  different mentions among them that could be read, given to the scorer
  stored     of those, in the tables because of this run
  dropped    the others, by reason: already_known (in the tables before), no_brand
             (none of your brands), duplicate (twice in these files), deleted (its
             source took it back), outdated (a newer revision concerns no brand),
             or what is wrong with the record; see: vigie deadletter list --import ID

Where ` + "`vigie up`" + ` runs, the import goes through it; where it does not, and the
config has the embedded NATS and ClickHouse, the import starts what it needs.

Formats:
  x-v2    lines of the X API v2: {"data":{…},"includes":{…}}
  ndjson  one post a line: {"source":"forum","id":"42","text":"…","published_time":"2026-03-04T12:00:00Z"}
          and page, kind, url, title, language, author, author_id, author_name, followers,
          edited_time, likes, shares, replies
  csv     the same names as columns, in a header line; separated by commas, semicolons or tabs`,
		Example: `  vigie import --format x-v2 posts.ndjson
  vigie import --format csv forum-2025.csv forum-2026.csv`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if err := importable(format, paths); err != nil {
				return usageError{err}
			}
			p := a.process(cfg)
			return p.importAll(cmd.Context(), format, paths)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "", "x-v2, ndjson or csv")
	_ = cmd.MarkFlagRequired("format")
	return cmd
}

// importable refuses what cannot be imported before anything is started.
func importable(format string, paths []string) error {
	if !slices.Contains(ingest.Formats, format) {
		return fmt.Errorf("unknown format %q: one of %s", format, strings.Join(ingest.Formats, ", "))
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.IsDir() {
			return fmt.Errorf("%s is a folder: name the files in it", path)
		}
	}
	return nil
}

// importAll goes through the Vigie that runs, or that the config names elsewhere;
// where there is none, it starts what it needs.
func (p *process) importAll(ctx context.Context, format string, paths []string) error {
	cfg := p.config.Get()
	elsewhere := cfg.NATS.URL != "" || cfg.ClickHouse.Addr != ""
	wait := runningWait
	if elsewhere {
		wait = busWait
	}
	b, err := bus.Open(ctx, cfg, p.logger, p.metrics, wait)
	if err != nil && !elsewhere {
		err = p.importAlone(ctx, format, paths)
		if !errors.Is(err, natsd.ErrInUse) {
			return err
		}
		b, err = bus.Open(ctx, cfg, p.logger, p.metrics, busWait) // it was just starting
	}
	if err != nil {
		return err
	}
	defer b.Close()
	return p.importInto(ctx, b, format, paths)
}

// importAlone starts the part of the flow that an import needs, for as long as
// it lasts.
func (p *process) importAlone(ctx context.Context, format string, paths []string) error {
	cfg := p.config.Get()
	if err := writable(cfg.DataDir); err != nil {
		return err
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
	ctx, done := context.WithCancel(ctx)
	defer done()
	var imported error
	work := run.Part{Name: "import", Run: func(ctx context.Context, ready func()) error {
		ready()
		imported = p.importInto(ctx, env.Bus, format, paths)
		done()
		<-ctx.Done()
		return nil
	}}
	err = run.Parts(ctx, p.logger, grace, p.engine(), service(env, "store", store.Run), service(env, "scorer", scorer.Run), work)
	return errors.Join(err, imported)
}

func (p *process) importInto(ctx context.Context, b *bus.Bus, format string, paths []string) error {
	bars := newBars(paths)
	summary, err := ingest.Import{
		Config: p.config.Get(), Bus: b, Logger: p.logger, Format: format, Paths: paths,
		Reading: bars.reading.IncrInt64, Storing: bars.store,
	}.Run(ctx)
	bars.end()
	if summary.Read == 0 && err != nil {
		return err
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if printed := encoder.Encode(summary); printed != nil && err == nil {
		err = fmt.Errorf("import: print the summary: %w", printed)
	}
	if summary.Unread > 0 {
		fmt.Fprintln(os.Stderr, unread(summary))
	}
	return err
}

// unread says how much was not read and where it is kept: once, by the import that
// met it first.
func unread(summary ingest.Summary) string {
	return fmt.Sprintf("%d of %d records were not read: vigie deadletter list --import %s",
		summary.Unread, summary.Read, strings.Join(summary.KeptBy, ","))
}

// bars show how much is read, and how much of that is stored.
type bars struct {
	progress         *mpb.Progress
	reading, storing *mpb.Bar
}

func newBars(paths []string) *bars {
	var total int64
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
		}
	}
	progress := newProgress()
	return &bars{progress: progress, reading: newBar(progress, "read", total), storing: newBar(progress, "stored", 0)}
}

func (b *bars) store(accounted, published int) {
	b.storing.SetTotal(int64(published), accounted == published)
	b.storing.SetCurrent(int64(accounted))
}

func (b *bars) end() {
	b.reading.Abort(false)
	b.storing.Abort(false)
	b.progress.Wait()
}
