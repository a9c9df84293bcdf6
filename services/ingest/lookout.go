package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// lookEvery is how often each connector's signs of life are looked at.
const lookEvery = time.Second

// lookout tells when a page goes blind and when it sees again: a blind source is
// not a quiet source.
type lookout struct {
	bus     *bus.Bus
	logger  *slog.Logger
	started time.Time
	pages   []*watched
	blind   *prometheus.GaugeVec
}

// watched is a connector under watch.
type watched struct {
	description source.Description
	signs       *source.Signs
	told        bool // its present state has been told
	reason      vigiev1.BlindReason
}

func newLookout(b *bus.Bus, logger *slog.Logger, registry prometheus.Registerer) *lookout {
	l := &lookout{bus: b, logger: logger, started: time.Now(), blind: prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "vigie_ingest_source_blind", Help: "Pages of a source that cannot be seen now.",
	}, []string{"source"})}
	registry.MustRegister(l.blind)
	return l
}

func (l *lookout) watch(d source.Description, signs *source.Signs) {
	l.pages = append(l.pages, &watched{description: d, signs: signs})
}

func (l *lookout) run(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			l.look(ctx, now)
		}
	}
}

func (l *lookout) look(ctx context.Context, now time.Time) {
	blind := map[string]int{}
	for _, page := range l.pages {
		reason, detail, seen := page.signs.Verdict(now, page.description.Silence)
		sees := reason == vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED
		if !sees {
			blind[page.description.Source]++
		} else {
			blind[page.description.Source] += 0
		}
		changed := reason != page.reason || !page.told
		if !changed || sees && !seen.After(l.started) {
			continue // at start it neither sees nor is blind
		}
		if err := l.tell(ctx, page, reason, detail, seen, now); err != nil {
			l.logger.Warn("ingest: a source's state could not be told, trying again", "err", err)
			continue
		}
		page.reason, page.told = reason, true
	}
	for name, n := range blind {
		l.blind.WithLabelValues(name).Set(float64(n))
	}
}

func (l *lookout) tell(ctx context.Context, page *watched, reason vigiev1.BlindReason, detail string, seen, now time.Time) error {
	d := page.description
	sees := reason == vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED
	_, err := l.bus.Publish(ctx, bus.Outgoing{
		Subject: bus.Subject(bus.SubjectSource, d.Source),
		ID:      fmt.Sprintf("%s/%s:%d:%d", d.Source, d.Page, reason, now.UnixNano()),
		Message: &vigiev1.SourceState{
			Source: d.Source, Page: d.Page, Blind: !sees, Reason: reason, Detail: detail,
			LastSeenTime: timestamppb.New(seen), ChangedTime: timestamppb.New(now.Truncate(time.Second)),
		},
	})
	if err != nil {
		return err
	}
	switch {
	case !sees:
		l.logger.Warn("ingest: blind", "source", d.Source, "page", d.Page, "why", detail)
	case page.told:
		l.logger.Info("ingest: sees again", "source", d.Source, "page", d.Page)
	}
	return nil
}
