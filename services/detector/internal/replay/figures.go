package replay

import (
	"math"
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// LevelNames name levels as people and tables do.
var LevelNames = []string{detect.Calm: "none", detect.Watch: "watch", detect.Alert: "alert", detect.Crisis: "crisis"}

// Figures say how good the incidents of a level are, or of one above it.
type Figures struct {
	Level       string   `json:"level"`
	Incidents   int      `json:"incidents"`
	PerWeek     *float64 `json:"per_week"`                       // nil where less than Week is known
	MedianDelay *float64 `json:"median_delay_seconds,omitempty"` // after the first post of it
	WorstDelay  *float64 `json:"worst_delay_seconds,omitempty"`
	*Score
}

// Score holds incidents against what people found. A share of nothing is nil.
type Score struct {
	Judged    int      `json:"judged"`   // incidents that people say something of
	Right     int      `json:"right"`    // of these, what people call one
	Labelled  int      `json:"labelled"` // what people call an incident
	Met       int      `json:"met"`      // of that, what was told
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	// Between which shares each lies nine times in ten: few are counted.
	PrecisionRange [2]float64 `json:"precision_range"`
	RecallRange    [2]float64 `json:"recall_range"`
}

// Week is of how much time figures a week are told at least: of minutes they would be
// thousands, and mean nothing.
const Week = 7 * 24 * time.Hour

// Judge gives the figures of each level over a time, with scores where there are
// labels.
func Judge(incidents []*Incident, labels []Label, lasting time.Duration) []Figures {
	var all []Figures
	for _, level := range []detect.Level{detect.Watch, detect.Alert, detect.Crisis} {
		all = append(all, judge(incidents, labels, lasting, level))
	}
	return all
}

func judge(incidents []*Incident, labels []Label, lasting time.Duration, level detect.Level) Figures {
	f := Figures{Level: LevelNames[level]}
	var delays []float64
	for _, incident := range incidents {
		if incident.Reached(level) == nil {
			continue
		}
		f.Incidents++
		if delay, told := incident.Delay(level); told {
			delays = append(delays, delay.Seconds())
		}
	}
	if lasting >= Week {
		perWeek := float64(f.Incidents) * Week.Seconds() / lasting.Seconds()
		f.PerWeek = &perWeek
	}
	if len(delays) > 0 {
		slices.Sort(delays)
		median, worst := delays[len(delays)/2], delays[len(delays)-1]
		f.MedianDelay, f.WorstDelay = &median, &worst
	}
	if labels != nil {
		score := scoreOf(incidents, labels, level)
		f.Score = &score
	}
	return f
}

func scoreOf(incidents []*Incident, labels []Label, level detect.Level) (s Score) {
	for _, incident := range incidents {
		was, reached := incident.at(level)
		if !reached {
			continue
		}
		if found, judged := found(was, labels); judged {
			s.Judged++
			if found >= level {
				s.Right++
			}
		}
	}
	for _, label := range labels {
		if label.Level < level {
			continue
		}
		s.Labelled++
		if meetsAny(label.span(), level, incidents) {
			s.Met++
		}
	}
	s.Precision, s.PrecisionRange = share(s.Right, s.Judged)
	s.Recall, s.RecallRange = share(s.Met, s.Labelled)
	return s
}

// share is a part of a whole, with Wilson's interval of 90 %.
func share(part, whole int) (share *float64, between [2]float64) {
	if whole == 0 {
		return nil, [2]float64{0, 1}
	}
	const z = 1.645
	of, n := float64(part)/float64(whole), float64(whole)
	centre := (of + z*z/(2*n)) / (1 + z*z/n)
	half := z * math.Sqrt(of*(1-of)/n+z*z/(4*n*n)) / (1 + z*z/n)
	return &of, [2]float64{max(0, centre-half), min(1, centre+half)}
}

// Found is the highest level that people gave an incident; it is false where they said
// nothing of it.
func Found(incident *Incident, labels []Label) (detect.Level, bool) {
	was, _ := incident.at(detect.Watch)
	return found(was, labels)
}

func found(was span, labels []Label) (level detect.Level, judged bool) {
	for _, label := range labels {
		if label.span().meets(was) {
			level, judged = max(level, label.Level), true
		}
	}
	return level, judged
}
