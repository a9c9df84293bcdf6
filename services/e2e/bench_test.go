package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

const (
	benchMentions = 200_000
	benchBrands   = 50
	benchLoad     = 5000 // mentions a second while pages are timed
	benchSeconds  = 30
)

// BenchmarkWhole measures the real binary (`vigie up`) on this machine: what it
// sustains from publish to stored and detected, beside a bare loop over the same
// bytes; how long a page takes at half the target load; and the peak memory of
// each process.
func BenchmarkWhole(b *testing.B) {
	hook := newHook(b)
	m := newMachine(b, func(cfg *config.Config) {
		cfg.Brands = []config.Brand{{ID: "big", Name: "Big", Query: "bigbrand"}}
		for n := range benchBrands {
			cfg.Brands = append(cfg.Brands, config.Brand{
				ID: fmt.Sprintf("small-%d", n), Name: fmt.Sprintf("Small %d", n), Query: fmt.Sprintf("smallbrand%d", n),
			})
		}
		cfg.Channels = []config.Channel{{ID: "hook", Kind: "webhook", URLFile: secretFile(b, "hook")}}
		cfg.People = []config.Person{{ID: "ana", Name: "Ana", Channels: []string{"hook"}}}
		cfg.Teams = []config.Team{{ID: "team", EscalateAfter: config.Duration(5 * time.Minute), Rota: config.Rota{People: []string{"ana"}}}}
	})
	require.NoError(b, os.WriteFile(filepath.Join(m.folder, "hook"), []byte(hook.URL), 0o600))
	up := m.start("up")
	m.ready(up)
	load, err := bus.Connect(b.Context(), m.config, slog.New(slog.DiscardHandler), nil, 5*time.Second)
	require.NoError(b, err)
	defer load.Close()

	published := time.Now()
	calmPast(b, load)
	whole := throughput(b, m, load)
	require.Eventually(b, func() bool {
		return m.metric("vigie_detector_past_learnt_timestamp_seconds") > float64(published.Add(15*time.Second).Unix())
	}, time.Minute, 100*time.Millisecond, "the detector reads the past")
	delays := hook.delays(b, load)
	upMemory, engineMemory := peakMemory(b, up.cmd.Process.Pid), peakMemory(b, up.child())
	bare := bareLoop(b, m, load)

	b.ReportMetric(0, "ns/op")
	b.ReportMetric(whole, "mentions/s")
	b.ReportMetric(bare, "bare-mentions/s")
	b.ReportMetric(whole/bare, "ratio")
	b.ReportMetric(quantile(delays, 0.5).Seconds(), "page-p50-s")
	b.ReportMetric(quantile(delays, 0.99).Seconds(), "page-p99-s")
	fmt.Printf(`
whole      %8.0f mentions/s from publish to stored and detected (%d mentions)
bare loop  %8.0f mentions/s publish, consume, batch-insert of the same bytes
ratio      %8.2f
page       p50 %v  p99 %v  max %v from receipt to page, %d pages at %d mentions/s
memory     vigie %d MB, engine %d MB, together %d MB at their peaks

`, whole, benchMentions, bare, whole/bare,
		quantile(delays, 0.5).Round(time.Millisecond), quantile(delays, 0.99).Round(time.Millisecond), slices.Max(delays).Round(time.Millisecond),
		len(delays), benchLoad, upMemory, engineMemory, upMemory+engineMemory)
}

func benchMention(n int, brand string, negative bool, now time.Time) *vigiev1.Mention {
	text := brand + " yes. We waited in line for almost an hour to do so, some passengers just left, c'est comme ça #" + strconv.Itoa(n%1000)
	if negative {
		text = brand + " worst service ever, I hate this, terrible and disgusting #fail"
	}
	return &vigiev1.Mention{
		MentionId: fmt.Sprintf("x:%d", n), Source: "x", Page: "someone", Text: text, LanguageHint: "en",
		Url: fmt.Sprintf("https://x.com/someone/status/%d", n), Kind: vigiev1.Kind_KIND_POST,
		Ownership: vigiev1.Ownership_OWNERSHIP_THIRD_PARTY, Origin: vigiev1.Origin_ORIGIN_LIVE,
		Author:        &vigiev1.Author{AuthorId: strconv.Itoa(n), Handle: "someone" + strconv.Itoa(n), Followers: uint64(n % 5000)},
		Engagement:    &vigiev1.Engagement{},
		PublishedTime: timestamppb.New(now), CollectedTime: timestamppb.New(now),
	}
}

func outgoing(m *vigiev1.Mention) bus.Outgoing {
	return bus.Outgoing{Subject: bus.Subject(bus.SubjectCollected, m.Source), ID: m.MentionId, Message: m}
}

// throughput publishes as fast as the bus takes it, and stops the clock when the
// store and the detector are through with all of it.
func throughput(b *testing.B, m *machine, load *bus.Bus) float64 {
	b.Helper()
	before := m.sql("SELECT count() FROM mentions WHERE brand_id = 'big'")
	start := time.Now()
	publishMany(b, load, benchMentions, 0)
	for _, consumer := range []bus.Consumer{bus.Scorer, bus.StoreScored, bus.Detector} {
		require.Eventually(b, func() bool {
			progress, err := load.Progress(b.Context(), consumer)
			return err == nil && progress.Pending == 0
		}, 3*time.Minute, 20*time.Millisecond, consumer.Durable)
	}
	elapsed := time.Since(start)
	require.EqualValues(b, benchMentions, m.sql("SELECT count() FROM mentions WHERE brand_id = 'big'")-before)
	return benchMentions / elapsed.Seconds()
}

// calmPast is an hour of quiet for each small brand, as a connector fills a gap.
func calmPast(b *testing.B, load *bus.Bus) {
	b.Helper()
	var batch []bus.Outgoing
	for brand := range benchBrands {
		for minute := range 60 {
			mention := benchMention(20*benchMentions+len(batch), fmt.Sprintf("smallbrand%d", brand), false, time.Now())
			mention.PublishedTime = timestamppb.New(time.Now().Add(-time.Duration(15+minute) * time.Minute))
			batch = append(batch, outgoing(mention))
		}
	}
	for _, result := range load.PublishAll(b.Context(), batch) {
		require.NoError(b, result.Err)
	}
}

// publishMany publishes through several hands: one would wait for the bus.
func publishMany(b *testing.B, load *bus.Bus, n, from int) {
	b.Helper()
	const hands = 4
	var group errgroup.Group
	for hand := range hands {
		group.Go(func() error {
			batch := make([]bus.Outgoing, 0, 500)
			for i := hand; i < n; i += hands {
				batch = append(batch, outgoing(benchMention(from+i, "bigbrand", false, time.Now())))
				if len(batch) < cap(batch) && i+hands < n {
					continue
				}
				for _, result := range load.PublishAll(b.Context(), batch) {
					if result.Err != nil {
						return result.Err
					}
				}
				batch = batch[:0]
			}
			return nil
		})
	}
	require.NoError(b, group.Wait())
}

// hook receives pages.
type hook struct {
	URL string
	mu  sync.Mutex
	at  map[string]time.Time // first receipt, by page id
}

func newHook(b *testing.B) *hook {
	h := &hook{at: map[string]time.Time{}}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var page struct {
			PageID string `json:"page_id"`
		}
		data, _ := io.ReadAll(r.Body)
		if json.Unmarshal(data, &page) == nil {
			h.mu.Lock()
			if _, known := h.at[page.PageID]; !known {
				h.at[page.PageID] = time.Now()
			}
			h.mu.Unlock()
		}
	}))
	b.Cleanup(server.Close)
	h.URL = server.URL
	return h
}

// delays keeps half the target load up while crises break out on the small
// brands, and times each page from the receipt of the mention that tipped it, as
// the incident says, to its arrival here.
func (h *hook) delays(b *testing.B, load *bus.Bus) []time.Duration {
	b.Helper()
	const slice = 50 * time.Millisecond
	ticker := time.NewTicker(slice)
	defer ticker.Stop()
	n := 10 * benchMentions
	slices := int(benchSeconds * time.Second / slice)
	for i := range slices {
		<-ticker.C
		now := time.Now()
		batch := make([]bus.Outgoing, 0, benchLoad/20+64)
		for range int(benchLoad * slice.Seconds()) {
			n++
			batch = append(batch, outgoing(benchMention(n, "bigbrand", false, now)))
		}
		if brand := i * benchBrands / slices; i*benchBrands/slices != (i-1)*benchBrands/slices || i == 0 {
			for range 60 {
				n++
				batch = append(batch, outgoing(benchMention(n, fmt.Sprintf("smallbrand%d", brand), true, now)))
			}
		}
		for _, result := range load.PublishAll(b.Context(), batch) {
			require.NoError(b, result.Err)
		}
	}
	tipped := map[string]time.Time{}
	require.Eventually(b, func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.at) >= benchBrands
	}, 30*time.Second, 100*time.Millisecond)
	for incident := range incidents(b, load) {
		key := fmt.Sprintf("%s/%s", incident.IncidentId, enum.Name(incident.Level))
		tipped[key] = incident.GetEvidence().TippingCollectedTime.AsTime()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var delays []time.Duration
	for id, at := range h.at {
		for key, from := range tipped {
			if strings.HasPrefix(id, key) {
				delays = append(delays, at.Sub(from))
			}
		}
	}
	require.GreaterOrEqual(b, len(delays), benchBrands)
	return delays
}

// incidents reads every step of every incident.
func incidents(b *testing.B, load *bus.Bus) func(func(*vigiev1.Incident) bool) {
	b.Helper()
	stream, err := load.JetStream().Stream(b.Context(), bus.StreamIncidents)
	require.NoError(b, err)
	consumer, err := stream.OrderedConsumer(b.Context(), jetstream.OrderedConsumerConfig{})
	require.NoError(b, err)
	return func(yield func(*vigiev1.Incident) bool) {
		batch, err := consumer.FetchNoWait(10_000)
		require.NoError(b, err)
		for msg := range batch.Messages() {
			var incident vigiev1.Incident
			require.NoError(b, proto.Unmarshal(msg.Data(), &incident))
			if !yield(&incident) {
				return
			}
		}
	}
}

// bareLoop is what the machine does with these bytes through the same bus when
// nothing is decided: publish, consume, batch-insert.
func bareLoop(b *testing.B, m *machine, load *bus.Bus) float64 {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	bare := bus.Consumer{Durable: "bare", Stream: "BARE", Batch: bus.StoreScored.Batch, Linger: bus.StoreScored.Linger}
	_, err := load.JetStream().CreateStream(ctx, jetstream.StreamConfig{Name: "BARE", Subjects: []string{"bare"}, Duplicates: time.Minute})
	require.NoError(b, err)
	_, err = load.JetStream().CreateConsumer(ctx, "BARE", jetstream.ConsumerConfig{
		Durable: "bare", AckPolicy: jetstream.AckExplicitPolicy, MaxAckPending: 2 * bare.Batch,
	})
	require.NoError(b, err)
	conn, err := clickhouse.Open(ctx, m.config, time.Second)
	require.NoError(b, err)
	defer conn.Close()
	require.NoError(b, conn.Exec(ctx, "CREATE TABLE bare (sequence UInt64, data String) ENGINE = MergeTree ORDER BY sequence"))

	start := time.Now()
	var done atomic.Int64
	go func() {
		_ = load.Consume(ctx, bare, func(ctx context.Context, messages []*bus.Message) []error {
			batch, err := conn.PrepareBatch(ctx, "INSERT INTO bare")
			for _, message := range messages {
				if err == nil {
					err = batch.Append(message.Sequence, string(message.Data))
				}
			}
			if err == nil {
				err = batch.Send()
			}
			if err != nil {
				b.Error(err)
			}
			done.Add(int64(len(messages)))
			return nil
		})
	}()
	outs := make([]bus.Outgoing, 0, 2000)
	for i := range benchMentions {
		out := outgoing(benchMention(i, "bigbrand", false, start))
		out.Subject = "bare"
		if outs = append(outs, out); len(outs) == cap(outs) {
			for _, result := range load.PublishAll(ctx, outs) {
				require.NoError(b, result.Err)
			}
			outs = outs[:0]
		}
	}
	require.Eventually(b, func() bool { return done.Load() >= benchMentions }, 3*time.Minute, 20*time.Millisecond)
	return benchMentions / time.Since(start).Seconds()
}

func quantile(delays []time.Duration, q float64) time.Duration {
	slices.Sort(delays)
	return delays[min(len(delays)-1, int(float64(len(delays))*q))]
}

// peakMemory is the most a process ever held, in MB.
func peakMemory(b *testing.B, pid int) int {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(b, err)
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			kilobytes, err := strconv.Atoi(fields[1])
			require.NoError(b, err)
			return kilobytes / 1024
		}
	}
	return 0
}
