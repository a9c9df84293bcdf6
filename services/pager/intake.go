package pager

import (
	"cmp"
	"context"
	"errors"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/pager/internal/escalation"
)

var (
	errNoIncident = errors.New("a message about no incident, or of no level")
	errNoAck      = errors.New("a page that nobody acked")
)

// intake writes what the bus says into the courses. Any pager may do so, with or
// without the lease: a course changes the same way whoever writes it.
type intake struct {
	courses *courses
}

// incidents folds a batch, all revisions of an incident at once: after a pause of
// ours, what has become a crisis is not first told as an alert.
func (in *intake) incidents(ctx context.Context, batch []*bus.Message) []error {
	outcomes := make([]error, len(batch))
	revisions := map[string][]*vigiev1.Incident{}
	places := map[string][]int{}
	for i, m := range batch {
		incident := &vigiev1.Incident{}
		if outcomes[i] = m.Decode(incident); outcomes[i] != nil {
			continue
		}
		if incident.IncidentId == "" || incident.Level == vigiev1.Level_LEVEL_UNSPECIFIED {
			outcomes[i] = bus.Permanent(bus.ReasonInvalid, errNoIncident)
			continue
		}
		revisions[incident.IncidentId] = append(revisions[incident.IncidentId], incident)
		places[incident.IncidentId] = append(places[incident.IncidentId], i)
	}
	for id, all := range revisions {
		if err := in.fold(ctx, id, all); err != nil {
			for _, i := range places[id] {
				outcomes[i] = bus.Retry(0, err)
			}
		}
	}
	return outcomes
}

func (in *intake) fold(ctx context.Context, id string, revisions []*vigiev1.Incident) error {
	var fault error
	_, err := in.courses.Change(ctx, id, func(r *record) bool {
		for _, incident := range revisions {
			fault = errors.Join(fault, r.observe(incident))
		}
		return fault == nil && r.Course.Level >= escalation.Alert // nobody is told of less
	})
	return errors.Join(fault, err)
}

// acks stops escalations. Who took what stands in the book (pkg/ack); this only
// makes it quick.
func (in *intake) acks(ctx context.Context, batch []*bus.Message) []error {
	outcomes := make([]error, len(batch))
	for i, m := range batch {
		page := &vigiev1.Page{}
		if outcomes[i] = m.Decode(page); outcomes[i] != nil {
			continue
		}
		if page.State != vigiev1.PageState_PAGE_STATE_ACKED || page.IncidentId == "" {
			outcomes[i] = bus.Permanent(bus.ReasonInvalid, errNoAck)
			continue
		}
		if _, err := in.courses.Change(ctx, page.IncidentId, func(r *record) bool { return r.ack(page) }); err != nil {
			outcomes[i] = bus.Retry(0, err)
		}
	}
	return outcomes
}

// ack writes into a course who took it; it answers false where there is none.
func (r *record) ack(page *vigiev1.Page) bool {
	if r.Course.IncidentID == "" {
		return false
	}
	r.Course.Ack(levelOf(page.Level), cmp.Or(page.AckedBy, page.PersonId, "?"), page.ChangedTime.AsTime())
	return true
}
