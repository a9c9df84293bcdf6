package export_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// recount counts again, in the plainest way, from the rows that count. It shares
// nothing with the export.
type recount struct {
	mentions, official, engagement float64
	sentiment                      map[string]float64
	bySource, byTopic              map[string]float64
	byDay                          [7]float64
	reach                          map[string]uint64
	rows                           []row
	signs                          map[string]float64 // recommends, warns, and risky mentions
}

func count(rows []row, brand string, from, to time.Time, zone *time.Location) recount {
	c := recount{sentiment: map[string]float64{}, bySource: map[string]float64{}, byTopic: map[string]float64{}, reach: map[string]uint64{}, signs: map[string]float64{}}
	for _, r := range rows {
		if r.brand != brand || r.published.Before(from) || !r.published.Before(to) {
			continue
		}
		c.mentions++
		c.rows = append(c.rows, r)
		if !r.own() {
			c.signs[r.recommendation]++
			if len(r.risks) > 0 {
				c.signs["risky"]++
			}
		}
		c.sentiment[r.sentiment]++
		c.bySource[r.source]++
		for _, topic := range r.topics {
			c.byTopic[topic]++
		}
		c.byDay[(int(r.published.In(zone).Weekday())+6)%7]++
		c.engagement += float64(r.likes + r.likes/2 + 1)
		if r.ownership == "official" {
			c.official++
		}
		if r.author != "" {
			author := r.source + "/" + r.author
			c.reach[author] = max(c.reach[author], r.followers)
		}
	}
	return c
}

func (c recount) scored() float64 { return c.mentions - c.sentiment["none"] }

func (c recount) net() float64 {
	return 100 * (c.sentiment["positive"] - c.sentiment["negative"]) / c.scored()
}

func (c recount) potentialReach() float64 {
	var sum uint64
	for _, followers := range c.reach {
		sum += followers
	}
	return float64(sum)
}

// figures are what the Summary sheet must say, by its English labels.
func (c recount) figures() map[string]float64 {
	return map[string]float64{
		"Mentions":               c.mentions,
		"without copies":         float64(len(c.stories())),
		"Mentions with a risk":   c.signs["risky"],
		"recommend the brand":    c.signs["recommends"],
		"warn others off it":     c.signs["warns"],
		"reach without copies":   c.reachAlone(),
		"on official pages":      c.official,
		"on third-party pages":   c.mentions - c.official,
		"Net sentiment (points)": c.net(),
		"Negative share":         c.sentiment["negative"] / c.scored(),
		"Negative":               c.sentiment["negative"],
		"Neutral":                c.sentiment["neutral"],
		"Positive":               c.sentiment["positive"],
		"Not scored":             c.sentiment["none"],
		"Distinct authors":       float64(len(c.reach)),
		"Potential reach":        c.potentialReach(),
		"Engagement":             c.engagement,
	}
}

// names are the rows of the Names sheet, but for its examples: of each kind the ten
// that most stories have, each story as it was first told by others than the brand.
func (c recount) names() []string {
	stories := map[[2]string]int{}
	for _, copies := range c.stories() {
		others := slices.DeleteFunc(copies, func(r row) bool { return r.own() })
		if len(others) == 0 {
			continue
		}
		for name, kind := range others[0].named {
			stories[[2]string{kind, name}]++
		}
	}
	var rows []string
	for _, kind := range []string{"Person", "Place", "Organisation"} {
		var of [][2]string
		for name, times := range stories {
			if name[0] == kind && times > 1 {
				of = append(of, name)
			}
		}
		slices.SortFunc(of, func(a, b [2]string) int {
			return cmp.Or(stories[b]-stories[a], strings.Compare(a[1], b[1]))
		})
		for _, name := range of[:min(10, len(of))] {
			rows = append(rows, fmt.Sprint(kind, " ", name[1], " ", stories[name]))
		}
	}
	return rows
}
