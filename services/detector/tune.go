package detector

import (
	"fmt"
	"slices"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

// Proposal is a rule, and how it keeps to a budget. It is made where Findings are Weekly.
type Proposal struct {
	Rule    config.Detector
	PerWeek float64
	Alerts  int    // that it tells in all
	Missed  []Told // alerts of the present rule that it does not tell
	More    []Told // its alerts that the present rule does not tell
}

// Propose is the lowest alert bound tried that tells no more alerts a week; where none
// does it answers the highest, and false.
func (f *Findings) Propose(perWeek float64) (Proposal, bool) {
	point, kept := replay.Propose(f.Curve, perWeek)
	if !kept {
		point = f.Curve[len(f.Curve)-1]
	}
	return f.proposal(point), kept
}

// Present is the rule there is.
func (f *Findings) Present() Proposal {
	return f.proposal(f.Curve[slices.IndexFunc(f.Curve, func(p replay.Point) bool { return p.Present })])
}

func (f *Findings) proposal(point replay.Point) Proposal {
	rule := f.Rule
	rule.Alert, rule.Crisis = point.Alert, max(rule.Crisis, point.Alert)
	return Proposal{
		Rule: rule, PerWeek: *point.PerWeek, Alerts: point.Figures.Incidents,
		Missed: f.Told(replay.Missed(detect.Alert, f.Incidents, point.Incidents)),
		More:   f.Told(replay.Missed(detect.Alert, point.Incidents, f.Incidents)),
	}
}

// YAML are the bounds as they stand in a config.
func (p Proposal) YAML() string {
	return fmt.Sprintf("detector:\n  watch: %v\n  alert: %v\n  crisis: %v\n", p.Rule.Watch, p.Rule.Alert, p.Rule.Crisis)
}
