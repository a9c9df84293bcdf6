package desk

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/enum"
	"github.com/vigie-monitor/vigie/pkg/wording"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// verdictOutcome is what became of an attempt to say what an incident was.
type verdictOutcome string

const (
	verdictNoted   verdictOutcome = "noted"
	verdictRefused verdictOutcome = "refused" // a link that is wrong or old
	verdictFailed  verdictOutcome = "failed"  // the bus did not take it
)

var verdictOutcomes = []verdictOutcome{verdictNoted, verdictRefused, verdictFailed}

// verdicts are what one can say that an incident was, the worst first.
var verdicts = []string{"crisis", "alert", "watch", "none"}

// verdictLevel is unspecified for what is none of the verdicts.
func verdictLevel(name string) vigiev1.VerdictLevel {
	return vigiev1.VerdictLevel(vigiev1.VerdictLevel_value["VERDICT_LEVEL_"+strings.ToUpper(name)])
}

// choiceView is a button that says what an incident was.
type choiceView struct {
	Value, Name string
	Chosen      bool
}

// sayVerdict is one of these buttons. It changes nothing about the incident.
func (d *desk) sayVerdict(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	claim, view, ok := d.open(w, r, r.PostFormValue("t"))
	if !ok {
		d.metrics.verdict(verdictRefused)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), ackTimeout)
	defer cancel()
	d.lookUp(ctx, &view, claim)
	person, level := view.actor(r, claim), verdictLevel(r.PostFormValue("verdict"))
	if person == "" || level == vigiev1.VerdictLevel_VERDICT_LEVEL_UNSPECIFIED || view.Choices == nil {
		d.render(w, http.StatusBadRequest, "ack.html", view)
		return
	}
	said := &vigiev1.Verdict{
		IncidentId: claim.IncidentID, Level: level, PersonId: person,
		SaidBy: personName(d.config.Get(), person), SaidTime: timestamppb.New(d.now()),
	}
	if err := d.announce(ctx, said); err != nil {
		d.metrics.verdict(verdictFailed)
		d.logger.Error("desk: a verdict could not be written", "incident", claim.IncidentID, "err", err)
		view.Wrong, view.Help = view.T.AckFailed, view.T.VerdictFailedHelp
		d.render(w, http.StatusServiceUnavailable, "ack.html", view)
		return
	}
	d.metrics.verdict(verdictNoted)
	d.logger.Info("desk: a verdict", "incident", claim.IncidentID, "level", enum.Name(level), "person", person)
	d.live.say(said)
	d.ask(&view, said)
	view.Meant, view.Unsaid = "", ""
	view.Noted = fmt.Sprintf(view.T.VerdictNoted, view.T.verdicts[enum.Name(level)])
	d.render(w, http.StatusOK, "ack.html", view)
}

// announce publishes a verdict, which counts once the bus has it.
func (d *desk) announce(ctx context.Context, said *vigiev1.Verdict) error {
	_, err := d.bus.Publish(ctx, bus.Outgoing{
		Subject: bus.Subject(bus.SubjectVerdict, enum.Name(said.Level)),
		ID:      fmt.Sprintf("%s/%s/%d", said.IncidentId, said.PersonId, said.SaidTime.AsTime().UnixNano()),
		Message: said,
	})
	return err
}

// ask shows what one can say of an incident, and what was said of it last, if anything.
func (d *desk) ask(view *ackView, said *vigiev1.Verdict) {
	view.Choices = nil
	last := ""
	if said != nil {
		last = enum.Name(said.Level)
		view.Said = view.T.verdict(last, said.SaidBy, view.T.Clock(said.SaidTime.AsTime(), d.now(), d.config.Get().Location()))
	}
	for _, value := range verdicts {
		view.Choices = append(view.Choices, choiceView{value, wording.Capital(view.T.verdicts[value]), value == last})
	}
}

// mean keeps what was chosen, in case it is refused.
func (view *ackView) mean(verdict string) {
	if slices.Contains(verdicts, verdict) {
		view.Meant, view.Unsaid = verdict, fmt.Sprintf(view.T.VerdictUnsaid, view.T.verdicts[verdict])
	}
}

// actor is who taps: whom the link was signed for, or who they say they are. Where that
// is nobody, they are asked.
func (view *ackView) actor(r *http.Request, claim ack.Claim) string {
	if claim.PersonID != "" {
		return claim.PersonID
	}
	given := r.PostFormValue("person")
	for _, person := range view.People {
		if person.ID == given {
			return given
		}
	}
	view.Who = view.T.AckWhoPick
	return ""
}
