package export

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

const (
	// maxListed is how many mentions the spreadsheet lists; the CSV has them all.
	maxListed = 100_000

	// connectWait is how long a ClickHouse that is starting is waited for.
	connectWait = 5 * time.Second
)

// Options says what to export.
type Options struct {
	Config *config.Config
	Brand  string // the brand's id
	Week   string // an ISO week: 2026-W46
	Out    string // the folder of the files, made where it is missing

	// Now decides whether the week is over; the present when zero.
	Now time.Time
}

// Result says what was written.
type Result struct {
	XLSX     string // path of the spreadsheet
	CSV      string // path of the CSV file
	Mentions uint64 // mentions of the brand in the week
	Remarks  []string
}

// Errors of wrong options.
var (
	ErrUnknownBrand = errors.New("unknown brand")
	ErrBadWeek      = errors.New("bad week")
	ErrFolder       = errors.New("cannot write")
)

// Weekly writes the brand watch of one brand and one week, as a spreadsheet and
// as a CSV file named vigie-<brand>-<week>. Files of an earlier run are replaced
// when both new ones are complete, and not touched when anything fails.
func Weekly(ctx context.Context, options Options) (Result, error) {
	job, err := newJob(options)
	if err != nil {
		return Result{}, err
	}
	out, err := newFiles(options.Out, fmt.Sprintf("vigie-%s-%s", job.brand.ID, job.week))
	if err != nil {
		return Result{}, err
	}
	defer out.discard()

	conn, err := clickhouse.Find(ctx, options.Config, connectWait)
	if err != nil {
		return Result{}, fmt.Errorf("export: %w", err)
	}
	defer func() { _ = conn.Close() }()

	report, err := job.read(ctx, conn, out)
	if err != nil {
		return Result{}, err
	}
	remarks := job.lang.remarks(report, job.now)
	if err := writeWorkbook(out.xlsx, job, report, remarks); err != nil {
		return Result{}, fmt.Errorf("export: spreadsheet: %w", err)
	}
	if err := out.keep(); err != nil {
		return Result{}, err
	}
	return Result{XLSX: out.path(".xlsx"), CSV: out.path(".csv"), Mentions: report.Now.Mentions, Remarks: remarks}, nil
}

// job is what Options ask for, checked.
type job struct {
	brand  config.Brand
	week   weekly.Week
	lang   language
	now    time.Time
	names  map[string]string // of brands, by id
	owners map[string]string // of topics, by id
	own    func(name string) bool
}

func newJob(options Options) (*job, error) {
	cfg := options.Config
	brand, known := cfg.Brand(options.Brand)
	if !known {
		return nil, fmt.Errorf("export: %w %q: the config knows %s", ErrUnknownBrand, options.Brand, brandIDs(cfg))
	}
	week, err := weekly.ParseWeek(options.Week, cfg.Location())
	if err != nil {
		return nil, fmt.Errorf("export: %w: %w", ErrBadWeek, err)
	}
	j := &job{
		brand: brand, week: week, lang: languageOf(cfg.Language), now: options.Now,
		names: map[string]string{}, owners: map[string]string{},
	}
	if j.now.IsZero() {
		j.now = time.Now()
	}
	for _, b := range cfg.Brands {
		j.names[b.ID] = b.Name
	}
	for _, topic := range cfg.Topics {
		j.owners[topic.ID] = topic.Owner
	}
	if j.own, err = cfg.Knows(brand); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return j, nil
}

func brandIDs(cfg *config.Config) string {
	ids := make([]string, len(cfg.Brands))
	for i, brand := range cfg.Brands {
		ids[i] = brand.ID
	}
	return strings.Join(ids, ", ")
}

// plan is the job as the counting needs it.
func (j *job) plan() weekly.Plan {
	return weekly.Plan{
		Week: j.week, Brand: j.brand.ID, Competitors: j.brand.Competitors,
		Owners: j.owners, MaxListed: maxListed, Own: j.own,
	}
}

// read counts the rows, and writes the CSV on the way.
func (j *job) read(ctx context.Context, conn driver.Conn, out *files) (weekly.Report, error) {
	builder := weekly.New(j.plan())
	list := newCSV(out.csv, j)
	rows := reader{conn, j}
	err := rows.ownWeek(ctx, func(m weekly.Mention) error {
		builder.AddMention(m)
		return list.write(m)
	})
	if err != nil {
		return weekly.Report{}, err
	}
	if err := list.close(); err != nil {
		return weekly.Report{}, err
	}
	if err := rows.copies(ctx, builder.Copied(), builder.AddCopy); err != nil {
		return weekly.Report{}, err
	}
	if err := rows.compared(ctx, builder.AddMention); err != nil {
		return weekly.Report{}, err
	}
	if err := rows.first(ctx, builder.AddFirst); err != nil {
		return weekly.Report{}, err
	}
	if err := rows.steps(ctx, builder.AddStep); err != nil {
		return weekly.Report{}, err
	}
	if err := rows.pages(ctx, builder.AddPage); err != nil {
		return weekly.Report{}, err
	}
	return builder.Report(), nil
}
