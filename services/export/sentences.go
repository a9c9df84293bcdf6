package export

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// remarks are what a reader must know before any figure: that the week is not
// over, that it is empty, that a source could not be seen.
func (l language) remarks(r weekly.Report, now time.Time) []string {
	var list []string
	switch {
	case now.Before(r.Week.From()):
		list = append(list, l.say("not_begun"))
	case now.Before(r.Week.To()):
		list = append(list, l.say("not_over"))
	}
	if r.Now.Mentions == 0 {
		list = append(list, l.say("no_data"))
	}
	if !r.Compared() {
		list = append(list, l.say("since", l.date(r.Since.In(r.Week.Zone()))))
	}
	for _, blind := range r.Blind {
		if r.Compared() || !blind.Before {
			list = append(list, l.blind(blind, r.Week.Zone()))
		}
	}
	return list
}

// pages are the same in both languages.
var pages = wording.Noun{One: "page", Several: "pages"}

// blind says what of a source could not be seen, and when.
func (l language) blind(b weekly.Blind, zone *time.Location) string {
	key, place := "blind", plain(b.Source)
	if b.Before {
		key = "blind_before"
	}
	switch {
	case len(b.Pages) > 1:
		place += " (" + l.Several(uint64(len(b.Pages)), pages) + ")"
	case b.Pages[0] != "":
		place += " (" + plain(b.Pages[0]) + ")"
	}
	from, to := l.moment(b.From, zone), l.moment(b.To, zone)
	if b.Total < b.To.Sub(b.From) {
		return l.say(key, place, l.say("in_all", l.Span(b.Total), from, to))
	}
	return l.say(key, place, l.say("from_to", from, to))
}

// inShort tells the week in a few sentences.
func (l language) inShort(r weekly.Report, names map[string]string) []string {
	sentences := []string{l.volume(r)}
	if stories := r.Now.Stories(); stories < r.Now.Mentions {
		sentences[0] += " " + l.say("no_copies", l.Count(stories))
	}
	if mood := r.Now.NetSentiment(); mood.Known {
		sentence := l.say("mood", l.mood(mood), l.Percent(r.Now.NegativeShare().Number), l.Percent(positiveShare(r.Now.Counts)))
		if before := r.Before.NetSentiment(); before.Known && r.Compared() {
			sentence += " " + l.say("mood_before", l.points(before))
		}
		sentences = append(sentences, sentence)
	}
	if topic := l.worstTopic(r); topic != "" {
		sentences = append(sentences, topic)
	}
	if len(r.Risks) > 0 {
		sentences = append(sentences, l.worstRisks(r))
	}
	if len(r.Named.Names) > 0 {
		sentences = append(sentences, l.mostNamed(r))
	}
	if r.Now.Stances[weekly.Recommends]+r.Now.Stances[weekly.Warns] > 0 {
		sentences = append(sentences, l.forAndAgainst(r.Now.Counts))
	}
	if len(r.Rivals) > 1 && r.Rivals[0].Share.Known {
		sentence := l.say("voice", l.Percent(r.Rivals[0].Share.Number), rivalNames(r, names))
		if before := r.Rivals[0].ShareBefore; before.Known && r.Compared() {
			sentence += " " + l.say("voice_was", l.Percent(before.Number))
		}
		sentences = append(sentences, sentence)
	}
	return append(sentences, l.crises(r.Crises))
}

func (l language) volume(r weekly.Report) string {
	now, before := r.Now.Mentions, r.Before.Mentions
	mentions := l.Several(now, l.Mention)
	part := func(of uint64) string { return l.Percent(float64(of) / float64(before)) }
	switch {
	case !r.Compared():
		return l.say("not_compared", mentions)
	case before == 0:
		return l.say("first", mentions)
	case now > before:
		return l.say("grown", mentions, part(now-before), l.Count(before))
	case now < before:
		return l.say("shrunk", mentions, part(before-now), l.Count(before))
	default:
		return l.say("steady", mentions)
	}
}

func positiveShare(c weekly.Counts) float64 {
	return float64(c.Sentiments[weekly.Positive]) / float64(c.Scored())
}

// worstTopic names the topic with the most negative mentions.
func (l language) worstTopic(r weekly.Report) string {
	named := slices.DeleteFunc(slices.Clone(r.Topics), func(g weekly.Group) bool {
		return g.Name == "" || g.Now.Sentiments[weekly.Negative] == 0
	})
	if len(named) == 0 {
		return ""
	}
	worst := slices.MinFunc(named, func(a, b weekly.Group) int {
		return cmp.Compare(b.Now.Sentiments[weekly.Negative], a.Now.Sentiments[weekly.Negative])
	})
	count := l.Several(worst.Now.Sentiments[weekly.Negative], l.NegativeMention)
	if worst.Owner == "" {
		return l.say("top_topic", plain(l.Topic(worst.Name)), count)
	}
	return l.say("and_owner", plain(l.Topic(worst.Name)), count, l.department(worst.Owner))
}

func rivalNames(r weekly.Report, names map[string]string) string {
	var list []string
	for _, rival := range r.Rivals[1:] {
		list = append(list, plain(names[rival.BrandID]))
	}
	return strings.Join(list, ", ")
}

func (l language) crises(c weekly.Crises) string {
	var parts []string
	for _, level := range []struct {
		level weekly.Level
		count uint64
	}{{weekly.Crisis, c.Crises}, {weekly.Alert, c.Alerts}, {weekly.Watch, c.Watches}, {weekly.Opportunity, c.Opportunities}} {
		if level.count > 0 {
			parts = append(parts, l.Several(level.count, l.levelNoun(level.level)))
		}
	}
	if len(parts) == 0 {
		return l.say("no_incident")
	}
	return l.say("had_incidents", strings.Join(parts, ", "))
}
