package replay

import (
	"math"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// Point of the curve over alert bounds: what a bound tells of someone.
type Point struct {
	Alert   float64 `json:"alert"`
	Present bool    `json:"present,omitempty"` // it is the rule's own bound
	Figures
	Missed int `json:"missed"` // alerts of the present bound that this one does not tell
	More   int `json:"more"`   // its alerts that the present bound does not tell

	Incidents []*Incident `json:"-"`
}

// nearly is by how much bounds must differ, to tell them apart.
const nearly = 0.1

// Bounds are rules that differ from one in their alert bound alone, from its watch
// bound up to eight times that, so many for each doubling; without those that are nearly
// its own. A crisis is at least as rare as an alert.
func Bounds(rule detect.Rule, each int) (rules []detect.Rule) {
	for n := range 3*each + 1 {
		bound := rule
		bound.Alert = math.Round(rule.Watch*math.Pow(2, float64(n)/float64(each))*10) / 10
		bound.Crisis = max(rule.Crisis, bound.Alert)
		if math.Abs(bound.Alert-rule.Alert) > nearly*rule.Alert {
			rules = append(rules, bound)
		}
	}
	return rules
}

// PointOf is what a bound told, held against what the present one did.
func PointOf(alert float64, incidents, present []*Incident, labels []Label, lasting time.Duration) Point {
	return Point{
		Alert: alert, Figures: judge(incidents, labels, lasting, detect.Alert), Incidents: incidents,
		Missed: len(Missed(detect.Alert, present, incidents)), More: len(Missed(detect.Alert, incidents, present)),
	}
}

// Propose is the lowest bound of a curve, lowest first, from which on no more alerts a
// week are told; false where even the highest tells more, or too little is known.
func Propose(curve []Point, perWeek float64) (proposed Point, found bool) {
	for n := len(curve) - 1; n >= 0 && curve[n].keeps(perWeek); n-- {
		proposed, found = curve[n], true
	}
	return proposed, found
}

func (p Point) keeps(perWeek float64) bool { return p.PerWeek != nil && *p.PerWeek <= perWeek }
