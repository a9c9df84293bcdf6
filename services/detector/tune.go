package detector

import (
	"fmt"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

// Proposal is a rule that keeps to a budget.
type Proposal struct {
	Rule    config.Detector
	PerWeek float64
	Alerts  int    // that it tells in all
	Missed  []Told // alerts of the present rule that it does not tell
}

// Propose is the lowest alert bound tried that tells no more alerts a week; where none
// does it answers the highest, and false.
func (f *Findings) Propose(perWeek float64) (Proposal, bool) {
	point, kept := replay.Propose(f.Curve, perWeek)
	if !kept {
		point = f.Curve[len(f.Curve)-1]
	}
	rule := f.Rule
	rule.Alert, rule.Crisis = point.Alert, max(rule.Crisis, point.Alert)
	return Proposal{Rule: rule, PerWeek: point.PerWeek, Alerts: point.Figures.Incidents, Missed: f.Told(replay.Missed(detect.Alert, f.Incidents, point.Incidents))}, kept
}

// YAML are the bounds as they stand in a config.
func (p Proposal) YAML() string {
	return fmt.Sprintf("detector:\n  watch: %v\n  alert: %v\n  crisis: %v\n", p.Rule.Watch, p.Rule.Alert, p.Rule.Crisis)
}
