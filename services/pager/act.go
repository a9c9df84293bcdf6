package pager

import (
	"context"
	"reflect"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/pager/internal/escalation"
)

// maxFaults is after how many faults a turn gives up: a bus that is gone would
// fail each course in its own time.
const maxFaults = 3

// act does what is due in every open course.
func (l *loop) act(ctx context.Context) {
	unacked, faults := 0, 0
	for id, r := range l.open {
		if r.Course.Unanswered() {
			unacked++
		}
		if ctx.Err() != nil || faults >= maxFaults {
			continue
		}
		if err := l.advance(ctx, id, r); err != nil {
			faults++
			l.logger.Warn("pager: will try again", "incident", id, "err", err)
		}
	}
	l.metrics.unacked.Set(float64(unacked))
}

// advance moves one course to now: on a copy first, because most of the time
// nothing is due, then on the course in the bucket.
func (l *loop) advance(ctx context.Context, id string, r *record) error {
	incident, err := r.incident()
	if err != nil {
		return err
	}
	roster := l.roster.Load()
	duty := roster.duty(incident.BrandId, l.settings.now())
	l.warn(id, duty)

	copied := r.Course.Clone()
	due := copied.Next(l.settings.now(), duty, l.sender())
	if r.Epoch == l.epoch && reflect.DeepEqual(copied, r.Course) {
		return l.report(ctx, r)
	}
	if acked, err := l.acked(ctx, r, due); err != nil || acked {
		return err
	}
	stored, err := l.courses.Change(ctx, id, func(r *record) bool {
		due = nil
		if r.Epoch > l.epoch {
			return false // another pager sends, and we did not know yet
		}
		r.Epoch = l.epoch
		due = r.Course.Next(l.settings.now(), duty, l.sender())
		return true
	})
	if err != nil {
		return err
	}
	l.keep(stored)
	for _, p := range due {
		l.attempt(ctx, p, stored, roster)
	}
	return l.report(ctx, stored)
}

func (l *loop) sender() escalation.Sender {
	return escalation.Sender{Lease: l.epoch, Room: l.room, UnderWay: func(id string) bool {
		_, begun := l.underWay[id]
		return begun
	}}
}

// room is how many more pages a channel is given beside those under way.
func (l *loop) room(channel string) int {
	room := sendsAtOnce
	for _, p := range l.underWay {
		if p.Channel == channel && !p.Urgent() {
			room--
		}
	}
	return room
}

// acked looks into the book before anyone is called: it counts even where the
// message that tells of it was lost.
func (l *loop) acked(ctx context.Context, r *record, due []escalation.Page) (bool, error) {
	if len(due) == 0 || due[0].Kind != escalation.Call {
		return false, nil
	}
	page, err := l.book.Find(ctx, r.Course.IncidentID, protoLevel(r.Course.Level))
	if err != nil || page == nil {
		return false, err
	}
	stored, err := l.courses.Change(ctx, r.Course.IncidentID, func(r *record) bool { return r.ack(page) })
	if err != nil {
		return false, err
	}
	l.keep(stored)
	return true, l.book.Announce(ctx, page)
}

// report tells the bus what became of pages, and then forgets what only pages
// needed: the posts of others are not kept for longer (INVARIANTS 10).
func (l *loop) report(ctx context.Context, r *record) error {
	pages := r.Course.Unreported()
	forgettable := r.Course.Done() && len(r.Incident) > 0
	if len(pages) == 0 && !forgettable {
		return nil
	}
	incident, err := r.incident()
	if err != nil {
		return err
	}
	for _, p := range pages {
		if err := l.announce(ctx, pageOf(p, r.Course, incident.BrandId)); err != nil {
			return err
		}
	}
	stored, err := l.courses.Change(ctx, r.Course.IncidentID, func(r *record) bool {
		for _, p := range pages {
			r.Course.Report(p.ID)
		}
		if r.Course.Done() {
			r.Incident = nil
		}
		return true
	})
	if err != nil {
		return err
	}
	l.keep(stored)
	return nil
}

func (l *loop) announce(ctx context.Context, page *vigiev1.Page) error {
	event := "failed"
	if page.State == vigiev1.PageState_PAGE_STATE_SENT {
		event = "sent"
	}
	_, err := l.bus.Publish(ctx, bus.Outgoing{
		Subject: bus.Subject(bus.SubjectPage, event, page.Channel), ID: event + ":" + page.PageId, Message: page,
	})
	return err
}

// warn says it once when there is nobody to tell.
func (l *loop) warn(id string, duty escalation.Duty) {
	nobody := len(duty.Order) == 0
	if nobody && !l.nobody {
		l.logger.Error("pager: nobody is on call, so nobody is told: name a team with people in the config", "incident", id)
	}
	l.nobody = nobody
}

// link is what the person taps to take the incident in charge.
func (l *loop) link(p escalation.Page, course *escalation.Course, roster *roster) (string, error) {
	return l.signer.Link(roster.cfg.DeskURL(), ack.Claim{
		PageID: p.ID, IncidentID: course.IncidentID, Level: protoLevel(p.Level), PersonID: p.Person,
		Expires: l.settings.now().Add(ack.Lifetime),
	})
}
