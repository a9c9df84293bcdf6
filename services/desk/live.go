package desk

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

const (
	// keepOver is how long an incident that is over is remembered: as long as its
	// links work.
	keepOver = ack.Lifetime
	maxKept  = 500
	// catchUp is how long a start waits for what the streams already hold.
	catchUp = 10 * time.Second
)

// live is what the bus tells of incidents, of pages and of verdicts.
type live struct {
	logger *slog.Logger

	mu        sync.Mutex
	incidents map[string]*followed
	pages     map[string]*vigiev1.Page    // newest state of each, with what earlier ones knew
	sent      map[string]time.Time        // when each page was sent
	answers   map[string]levelAnswers     // by incident
	verdicts  map[string]*vigiev1.Verdict // by incident, the last one said
}

// levelAnswers are who took an incident in charge, at each level.
type levelAnswers map[vigiev1.Level]answer

type answer struct {
	by string
	at time.Time
}

// followed is an incident and the way it took.
type followed struct {
	now   *vigiev1.Incident // the mentions counted left out
	steps []Step
}

func newLive(logger *slog.Logger) *live {
	return &live{
		logger: logger, incidents: map[string]*followed{}, pages: map[string]*vigiev1.Page{}, sent: map[string]time.Time{},
		answers: map[string]levelAnswers{}, verdicts: map[string]*vigiev1.Verdict{},
	}
}

// follow reads the streams from their beginning and goes on until ctx is done.
// It calls ready once what they held at the start is known.
func (l *live) follow(ctx context.Context, b *bus.Bus, ready func()) error {
	late := time.After(catchUp)
	for _, source := range []struct {
		stream string
		take   func([]byte) error
	}{{bus.StreamIncidents, l.incident}, {bus.StreamPages, l.page}, {bus.StreamVerdicts, l.verdict}} {
		reading, caughtUp, err := l.read(ctx, b, source.stream, source.take)
		if err != nil {
			return err
		}
		defer reading.Stop()
		select { // better to start with a full page, and better late than never
		case <-caughtUp:
		case <-late:
		case <-ctx.Done():
		}
	}
	ready()
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			l.forget(now)
		}
	}
}

// read hands the messages of a stream to take. caughtUp is closed once those that
// were there at the start have been.
func (l *live) read(ctx context.Context, b *bus.Bus, stream string, take func([]byte) error) (jetstream.ConsumeContext, <-chan struct{}, error) {
	consumer, err := b.Ordered(ctx, stream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return nil, nil, fmt.Errorf("desk: read %s: %w", stream, err)
	}
	caughtUp := make(chan struct{})
	arrive := sync.OnceFunc(func() { close(caughtUp) })
	if consumer.CachedInfo().NumPending == 0 {
		arrive()
	}
	reading, err := consumer.Consume(func(m jetstream.Msg) {
		if err := take(m.Data()); err != nil { // the services that act on it keep it as a dead letter
			l.logger.Warn("desk: skipped", "stream", stream, "err", err)
		}
		if meta, err := m.Metadata(); err == nil && meta.NumPending == 0 {
			arrive()
		}
	})
	if err != nil {
		return nil, nil, fmt.Errorf("desk: read %s: %w", stream, err)
	}
	return reading, caughtUp, nil
}

// incident takes in a revision; one that is known changes nothing.
func (l *live) incident(data []byte) error {
	incident := &vigiev1.Incident{}
	if err := proto.Unmarshal(data, incident); err != nil {
		return err
	}
	if incident.Evidence != nil {
		incident.Evidence.MentionIds = nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.incidents[incident.IncidentId]
	if f == nil {
		f = &followed{now: &vigiev1.Incident{}}
		l.incidents[incident.IncidentId] = f
	}
	if incident.Revision <= f.now.Revision {
		return nil
	}
	if incident.Level != f.now.Level {
		f.steps = append(f.steps, Step{enum.Name(incident.Level), incident.LevelTime.AsTime()})
	}
	if over := overTime(incident); over != nil {
		f.steps = append(f.steps, Step{stepResolved, *over})
	}
	f.now = incident
	return nil
}

// page takes in what became of a page.
func (l *live) page(data []byte) error {
	page := &vigiev1.Page{}
	if err := proto.Unmarshal(data, page); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.pages[page.PageId]
	if page.State == vigiev1.PageState_PAGE_STATE_ACKED {
		l.answer(page)
	}
	if page.State == vigiev1.PageState_PAGE_STATE_SENT {
		l.sent[page.PageId] = page.ChangedTime.AsTime()
	}
	switch {
	case known == nil:
	case page.State == vigiev1.PageState_PAGE_STATE_ACKED: // what an ack does not know, the page did
		page.DelaySeconds, page.Attempts, page.Error = known.DelaySeconds, known.Attempts, known.Error
	case known.State == vigiev1.PageState_PAGE_STATE_ACKED: // told late
		page.State, page.AckedBy, page.ChangedTime = known.State, known.AckedBy, known.ChangedTime
	}
	page.Text = "" // the incident shows its posts, as long as they may be shown
	l.pages[page.PageId] = page
	return nil
}

// answer takes in who took an incident in charge. The first has it.
func (l *live) answer(acked *vigiev1.Page) {
	known := l.answers[acked.IncidentId]
	if known == nil {
		known = levelAnswers{}
		l.answers[acked.IncidentId] = known
	}
	if _, earlier := known[acked.Level]; !earlier {
		known[acked.Level] = answer{acked.AckedBy, acked.ChangedTime.AsTime()}
	}
}

// answered is who took an incident in charge at a level, or at a higher one,
// which covers it.
func (l *live) answered(incidentID string, level vigiev1.Level) (answer, bool) {
	for ; level <= vigiev1.Level_LEVEL_CRISIS; level++ {
		if found, taken := l.answers[incidentID][level]; taken {
			return found, true
		}
	}
	return answer{}, false
}

// verdict takes in what someone says that an incident was.
func (l *live) verdict(data []byte) error {
	verdict := &vigiev1.Verdict{}
	if err := proto.Unmarshal(data, verdict); err != nil {
		return err
	}
	l.say(verdict)
	return nil
}

// said is what was said last of an incident, nil while nothing was.
func (l *live) said(incidentID string) *vigiev1.Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.verdicts[incidentID]
}

// say keeps what was said last.
func (l *live) say(verdict *vigiev1.Verdict) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.verdicts[verdict.IncidentId]
	if known == nil || !verdict.SaidTime.AsTime().Before(known.SaidTime.AsTime()) {
		l.verdicts[verdict.IncidentId] = verdict
	}
}

// forget drops what is over for long, and beyond a bound the oldest.
func (l *live) forget(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, f := range l.incidents {
		if over := overTime(f.now); over != nil && now.Sub(*over) > keepOver {
			delete(l.incidents, id)
		}
	}
	if excess := len(l.incidents) - maxKept; excess > 0 {
		for _, f := range l.sorted()[maxKept:] {
			delete(l.incidents, f.now.IncidentId)
		}
	}
	for id, page := range l.pages {
		if l.incidents[page.IncidentId] == nil && now.Sub(page.ChangedTime.AsTime()) > time.Hour {
			delete(l.pages, id)
			delete(l.sent, id)
			delete(l.answers, page.IncidentId)
		}
	}
	for id, verdict := range l.verdicts {
		if l.incidents[id] == nil && now.Sub(verdict.SaidTime.AsTime()) > time.Hour {
			delete(l.verdicts, id)
		}
	}
}

// sorted are the incidents: those that go on first, the most serious first, then
// the newest.
func (l *live) sorted() []*followed {
	all := make([]*followed, 0, len(l.incidents))
	for _, f := range l.incidents {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *followed) int {
		aOver, bOver := overTime(a.now) != nil, overTime(b.now) != nil
		switch {
		case aOver != bOver && aOver:
			return 1
		case aOver != bOver:
			return -1
		case !aOver && a.now.Level != b.now.Level:
			return int(b.now.Level) - int(a.now.Level)
		}
		return b.now.OpenedTime.AsTime().Compare(a.now.OpenedTime.AsTime())
	})
	return all
}

// find is one incident, nil where it is not known (any more).
func (l *live) find(id string) *Incident {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.incidents[id]
	if f == nil {
		return nil
	}
	incident := l.newIncident(f)
	return &incident
}

// complete adds to an ack what the desk knows of the incident.
func (l *live) complete(acked *vigiev1.Page) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f := l.incidents[acked.IncidentId]; f != nil {
		acked.BrandId = f.now.BrandId
	}
}

// all are the incidents and the pages, newest first.
func (l *live) all() ([]Incident, []Page) {
	l.mu.Lock()
	defer l.mu.Unlock()
	incidents := []Incident{}
	for _, f := range l.sorted() {
		incidents = append(incidents, l.newIncident(f))
	}
	pages := []Page{}
	for _, page := range l.pages {
		pages = append(pages, l.newPage(page))
	}
	sortPages(pages)
	slices.Reverse(pages)
	return incidents, pages
}

func overTime(incident *vigiev1.Incident) *time.Time {
	if incident.State != vigiev1.IncidentState_INCIDENT_STATE_RESOLVED {
		return nil
	}
	over := incident.ResolvedTime.AsTime()
	if incident.ResolvedTime == nil {
		over = incident.ChangedTime.AsTime()
	}
	return &over
}
