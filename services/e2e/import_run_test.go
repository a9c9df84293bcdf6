package e2e_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wait"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest"
)

var zest = config.Brand{ID: "zest", Name: "Zestaline", Query: "zestaline"}

// forumPosts writes posts from..to; every tenth names no brand.
func forumPosts(t *testing.T, from, to int) (path string) {
	t.Helper()
	var b strings.Builder
	for n := from; n < to; n++ {
		text := "zestaline encore"
		if n%10 == 0 {
			text = "rien à voir"
		}
		fmt.Fprintf(&b, `{"source":"forum","id":"%d","text":%q,"published_time":%q}`+"\n", n, text,
			time.Date(2026, 3, 4, 12, 0, n, 0, time.UTC).Format(time.RFC3339))
	}
	return writeFile(t, "posts.ndjson", b.String())
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// Two imports of files that overlap run at once: each speaks of what it did, and
// together they stored every post once.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	f := startFlow(t, zest)
	paths := []string{forumPosts(t, 0, 6000), forumPosts(t, 3000, 9000)}
	summaries := make([]ingest.Summary, len(paths))
	var group errgroup.Group
	for i, path := range paths {
		group.Go(func() (err error) {
			summaries[i], err = ingest.Import{Config: f.config, Bus: f.bus, Logger: slog.New(slog.DiscardHandler),
				Format: "ndjson", Paths: []string{path}}.Run(t.Context())
			return err
		})
	}
	require.NoError(t, group.Wait())
	stored := 0
	for _, summary := range summaries {
		require.Equal(t, 6000, summary.Read)
		require.Equal(t, 600, summary.Dropped["no_brand"])
		require.Equal(t, summary.Read, summary.Stored+summary.Sum(), "%+v", summary)
		stored += summary.Stored
	}
	require.Equal(t, 8100, stored)
	require.EqualValues(t, 8100, one[uint64](t, f, `SELECT count() FROM mentions`))
}

// A mention that its source took back, and one whose newer revision names nobody,
// are said to be so.
func TestAnImportOfWhatIsPast(t *testing.T) {
	t.Parallel()
	f := startFlow(t, zest)
	line := `{"source":"forum","id":"%d","text":%q,"published_time":"2026-03-04T12:00:00Z","edited_time":"2026-03-04T12:%02d:00Z"}` + "\n"
	first := writeFile(t, "first.ndjson", fmt.Sprintf(line, 1, "zestaline", 10)+fmt.Sprintf(line, 2, "zestaline", 10)+fmt.Sprintf(line, 3, "zestaline", 10))
	require.Equal(t, 3, f.importFile(t, "ndjson", first).Stored)
	edited := writeFile(t, "edited.ndjson", fmt.Sprintf(line, 2, "rien à voir", 20))
	require.Equal(t, map[string]int{"no_brand": 1}, f.importFile(t, "ndjson", edited).Dropped)
	require.EqualValues(t, 2, one[uint64](t, f, `SELECT count() FROM mentions`), "its old words are shown no more")
	_, err := f.bus.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectDeleted, "forum"), ID: "forum:3:deleted",
		Message: &vigiev1.Deletion{MentionId: "forum:3", Source: "forum", DeletedTime: timestamppb.Now()}})
	require.NoError(t, err)
	bustest.Settled(t, f.bus, bus.StoreDeleted)
	require.Equal(t, map[string]int{"already_known": 1, "outdated": 1, "deleted": 1}, f.importFile(t, "ndjson", first).Dropped)
	require.EqualValues(t, 1, one[uint64](t, f, `SELECT count() FROM mentions`))
}

// The same bad line is one dead letter, in whatever file and however often.
func TestABadLineIsKeptOnce(t *testing.T) {
	t.Parallel()
	f := startFlow(t, zest)
	good := `{"source":"forum","id":"1","text":"zestaline","published_time":"2026-03-04T12:00:00Z"}` + "\n"
	for _, content := range []string{good + "bad\n", good + "bad\nbad\n", "bad\n" + good + `{"source":"forum"}` + "\n"} {
		summary := f.importFile(t, "ndjson", writeFile(t, "posts.ndjson", content))
		require.Equal(t, strings.Count(content, "bad"), summary.Dropped["malformed"])
	}
	require.Len(t, bustest.DeadLetters(t, f.bus), 2)
}

// A file of another format is an error that says which, and not a million dead
// letters; the other files go through.
func TestAFileOfAnotherFormat(t *testing.T) {
	t.Parallel()
	var csv, x strings.Builder
	csv.WriteString("source,id,text,published_time\n")
	x.WriteString("a line that was cut\n")
	for n := range 5000 {
		fmt.Fprintf(&csv, "forum,%d,\"zestaline,\nencore\",2026-03-04T12:00:00Z\n", n)
		fmt.Fprintf(&x, `{"data":{"id":"%d","text":"zestaline","created_at":"2026-03-04T12:00:00Z"}}`+"\n", 1+n)
	}
	ndjson, err := os.ReadFile(forumPosts(t, 1, 5000))
	require.NoError(t, err)
	for _, c := range []struct{ content, as, is string }{
		{csv.String(), "ndjson", "csv"},
		{csv.String(), "x-v2", "csv"},
		{x.String(), "ndjson", "x-v2"},
		{string(ndjson), "x-v2", "ndjson"},
		{string(ndjson), "csv", "ndjson"},
	} {
		t.Run(c.is+" as "+c.as, func(t *testing.T) {
			t.Parallel()
			f := startFlow(t, zest)
			summary, err := ingest.Import{Config: f.config, Bus: f.bus, Logger: slog.New(slog.DiscardHandler), Format: c.as,
				Paths: []string{writeFile(t, "posts", c.content)}}.Run(t.Context())
			require.ErrorContains(t, err, "no record could be read as "+c.as+": is it "+c.is+"?")
			require.Equal(t, summary.Read, summary.Sum())
			require.LessOrEqual(t, len(bustest.DeadLetters(t, f.bus)), 100)
		})
	}
	t.Run("beside one that can be read", func(t *testing.T) {
		t.Parallel()
		f := startFlow(t, zest)
		summary, err := ingest.Import{Config: f.config, Bus: f.bus, Logger: slog.New(slog.DiscardHandler), Format: "ndjson",
			Paths: []string{writeFile(t, "posts.csv", csv.String()), forumPosts(t, 1, 6)}}.Run(t.Context())
		require.ErrorContains(t, err, "is it csv?")
		require.Equal(t, 5, summary.Stored)
		require.Equal(t, summary.Read, summary.Stored+summary.Sum())
	})
}

// However many records at the start of a file are bad, those behind them go through;
// a file of which none can be read is an error once all are accounted for.
func TestBadRecordsAtTheStartHoldNothingUp(t *testing.T) {
	t.Parallel()
	f := startFlow(t, zest)
	var bad strings.Builder
	for n := range 300 {
		fmt.Fprintf(&bad, "%d: not json at all\n", n)
	}
	good, err := os.ReadFile(forumPosts(t, 1, 6))
	require.NoError(t, err)
	summary := f.importFile(t, "ndjson", writeFile(t, "posts.ndjson", bad.String()+string(good)))
	require.Equal(t, 5, summary.Stored)
	require.Equal(t, map[string]int{"malformed": 300}, summary.Dropped)
	require.Len(t, bustest.DeadLetters(t, f.bus), 300)

	summary, err = ingest.Import{Config: f.config, Bus: f.bus, Logger: slog.New(slog.DiscardHandler), Format: "ndjson",
		Paths: []string{writeFile(t, "bad.ndjson", bad.String())}}.Run(t.Context())
	require.ErrorContains(t, err, "no record could be read as ndjson")
	require.NotContains(t, err.Error(), "is it", "nobody knows")
	require.Equal(t, map[string]int{"malformed": 300}, summary.Dropped)
}

// What cannot be imported is one sentence, and no account.
func TestWhatCannotBeImported(t *testing.T) {
	t.Parallel()
	m := newMachine(t, func(cfg *config.Config) { cfg.Brands = []config.Brand{zest} })
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--format", "xml", m.path()}, "unknown format"},
		{[]string{"--format", "csv", m.folder}, "is a folder"},
		{[]string{"--format", "csv", m.path()}, "unknown column"},
	} {
		out, code := m.run(append([]string{"import"}, c.args...)...)
		require.NotZero(t, code, out)
		require.Contains(t, out, c.says)
		require.NotContains(t, out, "import_id", "no account of nothing")
	}
}

// Live mentions go first: however big an import, no more than a moment's work stands
// before them at any consumer.
func TestLiveMentionsDuringAnImport(t *testing.T) {
	t.Parallel()
	f := startFlow(t, zest)
	path := forumPosts(t, 0, 60_000)
	done := make(chan error, 1)
	start := time.Now()
	go func() {
		_, err := ingest.Import{Config: f.config, Bus: f.bus, Logger: slog.New(slog.DiscardHandler), Format: "ndjson",
			Paths: []string{path}}.Run(t.Context())
		done <- err
	}()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	live, most := 0, uint64(0)
	for running := true; running; {
		select {
		case err := <-done:
			require.NoError(t, err)
			running = false
		case <-ticker.C:
			now := timestamppb.Now()
			_, err := f.bus.Publish(t.Context(), bus.Outgoing{
				Subject: bus.Subject(bus.SubjectCollected, "rss"), ID: fmt.Sprintf("rss:%d:0", live),
				Message: &vigiev1.Mention{MentionId: fmt.Sprintf("rss:%d", live), Source: "rss", Page: "p", Text: "zestaline",
					Ownership: vigiev1.Ownership_OWNERSHIP_THIRD_PARTY, Kind: vigiev1.Kind_KIND_ARTICLE,
					Origin: vigiev1.Origin_ORIGIN_LIVE, PublishedTime: now, CollectedTime: now},
			})
			require.NoError(t, err)
			live++
			for _, consumer := range []bus.Consumer{bus.Scorer, bus.StoreScored, bus.Detector} {
				progress, err := f.bus.Progress(t.Context(), consumer)
				require.NoError(t, err)
				most = max(most, progress.Pending)
			}
		}
	}
	took := time.Since(start)
	bustest.Settled(t, f.bus, bus.Scorer, bus.StoreScored)
	const delays = ` FROM (SELECT dateDiff('millisecond', collected_time, inserted_time) AS d FROM mentions WHERE origin = 'live')`
	require.EqualValues(t, live, one[uint64](t, f, `SELECT count()`+delays))
	quantile := func(q string) time.Duration {
		return time.Duration(one[float64](t, f, `SELECT quantileExact(`+q+`)(d)::Float64`+delays)) * time.Millisecond
	}
	t.Logf("60,000 posts imported in %s; %d live mentions meanwhile, receipt to stored: p50 %s, p95 %s; at most %d stood before one",
		took.Round(100*time.Millisecond), live, quantile("0.5"), quantile("0.95"), most)
	require.LessOrEqual(t, most, uint64(8000))
}

// An import stops reading while nobody handles what it published: no stream grows to
// its limit, and those who come back are not behind by a whole file.
func TestAnImportWaitsForThoseBehind(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	cfg := config.Default()
	cfg.Brands = []config.Brand{zest}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	path := forumPosts(t, 0, 30_000)
	go func() {
		_, err := ingest.Import{Config: cfg, Bus: b, Logger: slog.New(slog.DiscardHandler), Format: "ndjson", Paths: []string{path}}.Run(ctx)
		done <- err
	}()
	published := func() uint64 {
		stream, err := b.JetStream().Stream(t.Context(), bus.StreamMentions)
		require.NoError(t, err)
		return stream.CachedInfo().State.Msgs
	}
	require.Eventually(t, func() bool { return published() >= 5000 }, 20*time.Second, 20*time.Millisecond)
	for range 40 {
		require.LessOrEqual(t, published(), uint64(6000))
		require.NoError(t, wait.For(t.Context(), 50*time.Millisecond))
	}
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}
