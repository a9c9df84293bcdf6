package detector

import (
	"context"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// listens is how long an ingest process counts as listening that has not said so.
const listens = 3 * time.Minute

func place(source, page string) string { return source + "/" + page }

// blindLately says whether some page went blind so lately that quiet proves nothing.
func (s *service) blindLately(now time.Time) bool {
	for _, incident := range s.blind {
		if now.Sub(incident.OpenedTime.AsTime()) < blindHolds {
			return true
		}
	}
	return false
}

func (s *service) blindNames() []string {
	var names []string
	for name := range s.blind {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// noteSources opens an incident for each page that went blind, and resolves it
// when the page is seen again, or watched no more.
func (s *service) noteSources(ctx context.Context, batch []*bus.Message) []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	outcomes := make([]error, len(batch))
	for i, m := range batch {
		outcomes[i] = s.noteSource(m)
	}
	s.metrics.blind.Set(float64(len(s.blind)))
	if err := s.flush(ctx); err != nil {
		bus.RetryRest(outcomes, 0, err)
	}
	return outcomes
}

func (s *service) noteSource(m *bus.Message) error {
	if strings.HasPrefix(m.Subject, bus.SubjectWatched+".") {
		var watch vigiev1.SourceWatch
		err := m.Decode(&watch)
		if err == nil {
			if until := m.Time.Add(listens); until.After(s.listened) {
				s.listened = until
			}
			s.noteWatch(&watch)
		}
		return err
	}
	var state vigiev1.SourceState
	err := m.Decode(&state)
	if err == nil {
		s.note(&state, m.Sequence)
	}
	return err
}

// noteWatch resolves the blindness of pages that nobody has said for a while to
// watch. Every page gets its while again when nobody said anything for that long,
// whether ingest or this process was away.
func (s *service) noteWatch(watch *vigiev1.SourceWatch) {
	now, until := watch.PublishedTime.AsTime(), watch.ValidUntilTime.AsTime()
	say := func(name string) {
		if until.After(s.watched[name]) {
			s.watched[name] = until
		}
	}
	for _, page := range watch.Pages {
		say(place(watch.Source, page))
	}
	silent := now.Sub(s.heard) > until.Sub(now)
	if now.After(s.heard) {
		s.heard = now
	}
	for name := range s.blind {
		switch last, known := s.watched[name]; {
		case silent, !known:
			say(name)
		case last.Before(now):
			s.see(name, watch.PublishedTime)
		}
	}
}

func (s *service) note(state *vigiev1.SourceState, sequence uint64) {
	name := place(state.Source, state.Page)
	if sequence < s.noted[name] {
		return // delivered again after a newer one
	}
	s.noted[name] = sequence
	switch _, open := s.blind[name]; {
	case state.Blind && !open:
		incident := blindIncident(state)
		s.blind[name] = incident
		s.unsent = append(s.unsent, change{key: keyOf(name), incident: incident})
	case !state.Blind && open:
		s.see(name, state.ChangedTime)
	}
}

// see resolves the incident of a page that is blind no more.
func (s *service) see(name string, at *timestamppb.Timestamp) {
	incident := proto.Clone(s.blind[name]).(*vigiev1.Incident)
	incident.Revision++
	incident.State = vigiev1.IncidentState_INCIDENT_STATE_RESOLVED
	incident.ResolvedTime, incident.ChangedTime = at, at
	delete(s.blind, name)
	s.unsent = append(s.unsent, change{key: keyOf(name), incident: incident})
}

// blindIncident is an alert: someone must look, nobody is woken.
func blindIncident(state *vigiev1.SourceState) *vigiev1.Incident {
	opened := state.ChangedTime.AsTime()
	return &vigiev1.Incident{
		IncidentId: place(state.Source, state.Page) + "@" + opened.Format(time.RFC3339), Revision: 1,
		Kind: vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE, Source: state.Source, Page: state.Page,
		Level: vigiev1.Level_LEVEL_ALERT, State: vigiev1.IncidentState_INCIDENT_STATE_OPEN,
		OpenedTime: state.ChangedTime, LevelTime: state.ChangedTime, ChangedTime: state.ChangedTime,
		Evidence: &vigiev1.Evidence{
			WindowFrom: state.LastSeenTime, WindowTo: state.ChangedTime,
			TippingCollectedTime: timestamppb.New(opened),
		},
		RuleVersion: detect.RuleVersion, BlindReason: state.Reason, Detail: state.Detail,
	}
}
