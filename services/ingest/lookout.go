package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/nats-io/nuid"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	// lookEvery is how often each connector's signs of life are looked at.
	lookEvery = time.Second
	// sayEvery is how often it is said which pages are watched, and sayFor how long
	// that counts: two sayings may get lost.
	sayEvery = time.Minute
	sayFor   = 3 * time.Minute
	// maxDetail bounds what is told of why a page is blind, in bytes.
	maxDetail = 500
)

// lookout tells when a page goes blind and when it sees again: a blind source is
// not a quiet source. It also says which pages there are to be seen: one that
// left the config while it was blind would otherwise stay so for ever. Several
// processes may each watch some pages, or the same, so each says its own, and
// what nobody says any more is watched no more (vigiev1.SourceWatch).
type lookout struct {
	bus     *bus.Bus
	logger  *slog.Logger
	started time.Time
	pages   []*watched
	said    time.Time // when it was last said which pages are watched
	unsaid  source.Trouble
	untold  source.Trouble
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
	l.say(ctx, time.Now())
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			l.say(ctx, now)
			l.look(ctx, now)
		}
	}
}

func (l *lookout) look(ctx context.Context, now time.Time) {
	blind := map[string]int{}
	var failure error
	for _, page := range l.pages {
		reason, detail, seen := page.signs.Verdict(now, page.description.Silence)
		detail = source.OneLine(detail, maxDetail) // it quotes the answers of others
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
			failure = err
			continue
		}
		page.reason, page.told = reason, true
	}
	for name, n := range blind {
		l.blind.WithLabelValues(name).Set(float64(n))
	}
	if failure != nil {
		l.untold.Goes(l.logger, "ingest: a source's state cannot be told, trying again", failure)
		return
	}
	l.untold.Over()
}

// say publishes which pages are watched, when it is time to.
func (l *lookout) say(ctx context.Context, now time.Time) {
	if now.Sub(l.said) < sayEvery {
		return
	}
	bySource := map[string][]string{}
	for _, page := range l.pages {
		bySource[page.description.Source] = append(bySource[page.description.Source], page.description.Page)
	}
	outs := make([]bus.Outgoing, 0, len(bySource))
	for name, pages := range bySource {
		slices.Sort(pages)
		outs = append(outs, bus.Outgoing{
			Subject: bus.Subject(bus.SubjectWatched, name),
			ID:      fmt.Sprintf("%s:watched:%s", name, nuid.Next()),
			Message: &vigiev1.SourceWatch{
				Source: name, Pages: slices.Compact(pages),
				PublishedTime: timestamppb.New(now), ValidUntilTime: timestamppb.New(now.Add(sayFor)),
			},
		})
	}
	var failures []error
	for _, result := range l.bus.PublishAll(ctx, outs) {
		failures = append(failures, result.Err)
	}
	if err := errors.Join(failures...); err != nil {
		l.unsaid.Goes(l.logger, "ingest: cannot say which pages are watched, trying again", err)
		return
	}
	l.unsaid.Over()
	l.said = now
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
	wasBlind := page.reason != vigiev1.BlindReason_BLIND_REASON_UNSPECIFIED
	switch {
	case !sees && !wasBlind:
		l.logger.Warn("ingest: blind", "source", d.Source, "page", d.Page, "why", detail)
	case !sees:
		l.logger.Info("ingest: still blind, for another reason", "source", d.Source, "page", d.Page, "why", detail)
	case page.told:
		l.logger.Info("ingest: sees again", "source", d.Source, "page", d.Page)
	}
	return nil
}
