package export_test

import (
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
