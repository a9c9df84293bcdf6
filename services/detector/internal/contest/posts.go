package contest

import (
	"cmp"
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

// Post is one that concerns a brand.
type Post struct {
	Brand string
	detect.Mention
}

// Heard is what everybody did on posts of which nobody knows what is true.
type Heard struct {
	Posts       int
	From, Until time.Time
	Brands      []string
	Incidents   []*replay.Incident // ours, in the order in which they opened
	Rivals      []Alarms
}

// Alarms are how many incidents a rival's alarms make, as they are counted on scenarios.
type Alarms struct {
	Name     string `json:"name"`
	All      int    `json:"alarms_on_all"`
	Negative int    `json:"alarms_on_negative"`
}

// Hear lets everybody hear posts as if live, by the time each was known.
func Hear(rule detect.Rule, posts []Post) Heard {
	if len(posts) == 0 {
		return Heard{}
	}
	posts = slices.Clone(posts)
	slices.SortFunc(posts, func(a, b Post) int {
		return cmp.Or(a.Known.Compare(b.Known), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Brand, b.Brand))
	})
	first, last := posts[0].Known, posts[len(posts)-1].Known
	h := Heard{Posts: len(posts), From: first, Until: last}
	lane := replay.NewLane(rule, "", first, nil)
	fields := map[string]*field{}
	for _, p := range posts {
		f := fields[p.Brand]
		if f == nil {
			f = newField(firestorm.Truth{}, first.Truncate(time.Minute), first)
			fields[p.Brand] = f
			h.Brands = append(h.Brands, p.Brand)
		}
		f.hear(p.Known, p.Sentiment == detect.Negative)
		lane.Hear(p.Brand, p.Mention)
	}
	slices.Sort(h.Brands)
	lane.Pass(last)
	h.Incidents = lane.Incidents()
	for i, brand := range h.Brands {
		fields[brand].pass(last)
		for n := range fields[brand].runners {
			r := &fields[brand].runners[n]
			if i == 0 {
				h.Rivals = append(h.Rivals, Alarms{Name: r.Name})
			}
			h.Rivals[n].All += r.alarms[allMentions][0].raised[firestorm.Alert]
			h.Rivals[n].Negative += r.alarms[negativeMentions][0].raised[firestorm.Alert]
		}
	}
	return h
}
