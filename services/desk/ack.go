package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

const (
	maxForm    = 64 << 10
	ackTimeout = 5 * time.Second
)

// ackOutcome is what became of an attempt to take an incident in charge.
type ackOutcome string

const (
	ackTaken   ackOutcome = "taken"
	ackAlready ackOutcome = "already"
	ackRefused ackOutcome = "refused" // a link that is wrong or old
	ackFailed  ackOutcome = "failed"  // the bus did not take it
)

var ackOutcomes = []ackOutcome{ackTaken, ackAlready, ackRefused, ackFailed}

// ackView is the page of a link.
type ackView struct {
	T           words
	Token       string
	Level       string // that the button answers for
	Incident    *incidentView
	Over        string
	CanTake     bool   // somebody may take it in charge
	Done, Who   string // it is taken; who is to take it
	Mine        bool   // by the one who looks
	People      []config.Person
	Person      string       // of them, who was chosen
	Choices     []choiceView // what one can say that it was
	Meant       string       // of them, which was chosen
	Unsaid      string       // that it is not noted
	Said, Noted string       // what was said; that it is noted now
	Wrong, Help string       // why the link or the try was refused
	Retry       bool
	Explain     string
}

// showAck shows what a link is about. It changes nothing: programs open links too.
func (d *desk) showAck(w http.ResponseWriter, r *http.Request) {
	claim, view, ok := d.open(w, r, r.URL.Query().Get("t"))
	if !ok {
		d.metrics.ack(ackRefused)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), ackTimeout)
	defer cancel()
	d.lookUp(ctx, &view, claim)
	d.render(w, http.StatusOK, "ack.html", view)
}

// lookUp says who took an incident in charge, if anybody did.
func (d *desk) lookUp(ctx context.Context, view *ackView, claim ack.Claim) {
	taken, err := d.book.Find(ctx, claim.IncidentID, d.level(claim))
	if err != nil { // the button may work a moment later
		d.logger.Warn("desk: who took it is not known", "err", err)
	}
	if taken != nil {
		d.tell(view, taken, claim.PersonID)
	}
}

// takeCharge is the button.
func (d *desk) takeCharge(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	claim, view, ok := d.open(w, r, r.PostFormValue("t"))
	if !ok {
		d.metrics.ack(ackRefused)
		return
	}
	person := view.actor(r, claim)
	if person == "" {
		d.render(w, http.StatusBadRequest, "ack.html", view)
		return
	}
	// The button answers for the level its reader saw, not for a worse one that the
	// incident has reached meanwhile.
	level := max(claim.Level, min(ack.ParseLevel(r.PostFormValue("level")), d.level(claim)))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), ackTimeout)
	defer cancel()
	taken, first, err := d.take(ctx, claim, person, level)
	if err != nil {
		d.metrics.ack(ackFailed)
		d.logger.Error("desk: an ack could not be written", "incident", claim.IncidentID, "err", err)
		view.Wrong, view.Help, view.Retry = view.T.AckFailed, view.T.AckFailedHelp, true
		d.render(w, http.StatusServiceUnavailable, "ack.html", view)
		return
	}
	outcome := ackAlready
	if first {
		outcome = ackTaken
		d.logger.Info("desk: taken in charge", "incident", claim.IncidentID, "person", person)
	}
	d.metrics.ack(outcome)
	d.tell(&view, taken, person)
	d.render(w, http.StatusOK, "ack.html", view)
}

// take writes the ack, unless someone took it at a higher level already.
func (d *desk) take(ctx context.Context, claim ack.Claim, person string, level vigiev1.Level) (*vigiev1.Page, bool, error) {
	if taken, err := d.book.Find(ctx, claim.IncidentID, level); err == nil && taken != nil {
		return taken, false, d.book.Announce(ctx, taken)
	}
	page := &vigiev1.Page{
		PageId: claim.PageID, IncidentId: claim.IncidentID, Level: level, PersonId: person,
		Channel: ack.Channel(claim.PageID), ChangedTime: timestamppb.New(d.now()), AckedBy: personName(d.config.Get(), person),
	}
	d.live.complete(page)
	return d.book.Take(ctx, page)
}

// open checks a link and answers what it is about; it answers false where it has
// refused it.
func (d *desk) open(w http.ResponseWriter, r *http.Request, token string) (ack.Claim, ackView, bool) {
	now, cfg := d.now(), d.config.Get()
	claim, err := d.signer.Verify(token, now)
	view := ackView{T: languageOf(d.language(r, claim.PersonID)), Token: token, Person: r.PostFormValue("person")}
	view.mean(r.PostFormValue("verdict"))
	switch {
	case errors.Is(err, ack.ErrExpired):
		view.Wrong, view.Help = view.T.AckOld, view.T.AckOldHelp
		d.render(w, http.StatusGone, "ack.html", view)
		return claim, view, false
	case err != nil:
		view.Wrong, view.Help = view.T.AckWrong, view.T.AckWrongHelp
		d.render(w, http.StatusForbidden, "ack.html", view)
		return claim, view, false
	}
	level := d.level(claim)
	view.Level, view.CanTake = enum.Name(level), level > vigiev1.Level_LEVEL_WATCH // of which nobody is told
	view.Explain = view.T.AckExplain
	d.ask(&view, d.live.said(claim.IncidentID))
	if claim.PersonID == "" {
		view.People = cfg.People
	}
	if found := d.live.find(claim.IncidentID); found != nil {
		incidents := []Incident{*found}
		d.reader.hideDeleted(r.Context(), now, incidents)
		d.namer.tell(incidents)
		v := viewer{words: view.T, cfg: cfg, now: now, zone: cfg.Location(), signer: d.signer}
		shown := v.incident(incidents[0])
		view.Incident = &shown
		if over := incidents[0].Over; over != nil {
			view.Over = fmt.Sprintf(view.T.AckOver, v.clock(*over))
		}
		if found.Kind == kindBlind { // whether it sees is no matter of opinion
			view.Choices = nil
		}
	}
	return claim, view, true
}

// level is how serious the incident is now, or was when the link was made.
func (d *desk) level(claim ack.Claim) vigiev1.Level {
	if incident := d.live.find(claim.IncidentID); incident != nil {
		return max(claim.Level, ack.ParseLevel(incident.Level))
	}
	return claim.Level
}

// tell says who took it: to that person, that it is noted.
func (d *desk) tell(view *ackView, taken *vigiev1.Page, reader string) {
	cfg := d.config.Get()
	clock := view.T.Clock(taken.ChangedTime.AsTime(), d.now(), cfg.Location())
	view.Mine = reader != "" && taken.PersonId == reader
	format := view.T.AckDoneOther
	if view.Mine {
		format = view.T.AckDone
	}
	view.CanTake, view.Done = false, fmt.Sprintf(format, taken.AckedBy, clock)
}

// language is what the reader asks for, by the address or the form, or speaks, or the house
// does.
func (d *desk) language(r *http.Request, personID string) string {
	if asked := r.FormValue("lang"); asked == "fr" || asked == "en" {
		return asked
	}
	cfg := d.config.Get()
	for _, p := range cfg.People {
		if p.ID == personID && p.Language != "" {
			return p.Language
		}
	}
	return cfg.Language
}
