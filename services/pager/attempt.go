package pager

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vigie-monitor/vigie/services/pager/internal/channel"
	"github.com/vigie-monitor/vigie/services/pager/internal/escalation"
	"github.com/vigie-monitor/vigie/services/pager/internal/message"
)

// result is how an attempt ended.
type result struct {
	incidentID string
	page       escalation.Page
	outcome    escalation.Outcome
}

var errNoChannel = &channel.Error{Reason: "the config has no such channel any more", Permanent: true}

// attempt sends a page beside the loop, which hears of the outcome.
func (l *loop) attempt(ctx context.Context, p escalation.Page, r *record, roster *roster) {
	l.underWay[p.ID] = p
	page, err := l.write(p, r, roster)
	send, known := roster.channels[p.Channel]
	switch {
	case err != nil:
		err = &channel.Error{Reason: err.Error(), Permanent: true}
	case !known:
		err = errNoChannel
	}
	ctx = context.WithoutCancel(ctx) // a stop waits for what is under way
	go func() {
		words := message.Write(page)
		if err == nil {
			err = send(ctx, page, words)
		}
		l.results <- result{r.Course.IncidentID, p, outcomeOf(err, words)}
	}()
}

func outcomeOf(err error, words message.Words) escalation.Outcome {
	if err == nil {
		return escalation.Outcome{Text: words.Text()}
	}
	outcome := escalation.Outcome{Error: err.Error()}
	var fault *channel.Error
	if errors.As(err, &fault) {
		outcome.Permanent, outcome.RetryAfter = fault.Permanent, fault.RetryAfter
	}
	return outcome
}

// write makes what a page says to its reader.
func (l *loop) write(p escalation.Page, r *record, roster *roster) (message.Page, error) {
	incident, err := r.incident()
	if err != nil {
		return message.Page{}, err
	}
	m := messageOf(incident, r.Course)
	m.ID, m.About, m.Step, m.Now = p.ID, message.About(p.Kind), p.Step, l.settings.now()
	m.Zone = roster.cfg.Location() // of the desk and the reports, so that everyone speaks of the same hour
	m.Person, m.Language = roster.name(p.Person), roster.people[p.Person].language
	m.Brand = roster.brand(incident.BrandId)
	for _, id := range incident.GetEvidence().GetAlsoBrandIds() {
		m.Also = append(m.Also, roster.brand(id))
	}
	for _, told := range r.Course.Told {
		if name := roster.name(told.Person); told.Person != p.Person && told.Level == p.Level && !slices.Contains(m.Unanswered, name) {
			m.Unanswered = append(m.Unanswered, name)
		}
	}
	m.DeskURL = roster.cfg.DeskURL() + "/"
	if m.AckURL, err = l.link(p, r.Course, roster); err != nil {
		return m, fmt.Errorf("pager: %w", err)
	}
	return m, nil
}

// settle stores how an attempt ended. It counts as under way until that is done.
func (l *loop) settle(ctx context.Context, r result) {
	now := l.settings.now()
	stored, err := l.courses.Change(ctx, r.incidentID, func(stored *record) bool {
		stored.Course.Settle(r.page.ID, r.outcome, now)
		return true
	})
	if err != nil {
		l.logger.Warn("pager: will store the outcome again", "page", r.page.ID, "err", err)
		l.unstored = append(l.unstored, r)
		return
	}
	delete(l.underWay, r.page.ID)
	l.keep(stored)
	l.count(r, stored)
	if err := l.report(ctx, stored); err != nil {
		l.logger.Warn("pager: will tell of the page again", "page", r.page.ID, "err", err)
	}
}

func (l *loop) count(r result, stored *record) {
	outcome := outcomeFailed
	for _, p := range stored.Course.Pages {
		switch {
		case p.ID != r.page.ID:
		case p.State == escalation.Sent:
			outcome = outcomeSent
			if p.Kind == escalation.Call && p.Step == 0 && delay(p, stored.Course) > 0 {
				l.metrics.delay.Observe(delay(p, stored.Course).Seconds())
			}
		case p.State == escalation.Waiting:
			outcome = outcomeRetried
		}
	}
	counter := l.metrics.pages
	if r.page.Kind == escalation.End {
		counter = l.metrics.ends
	}
	counter.WithLabelValues(r.page.Channel, outcome).Inc()
	if outcome != outcomeSent {
		l.logger.Warn("pager: not sent", "page", r.page.ID, "outcome", outcome, "attempt", r.page.Attempts, "err", r.outcome.Error)
		return
	}
	l.logger.Info("pager: sent", "page", r.page.ID, "person", r.page.Person, "channel", r.page.Channel)
}
