package export

import (
	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

var (
	textLook   = look{align: "left", indent: 1}
	wrapLook   = look{align: "left", indent: 1, wrap: true}
	countLook  = look{format: countFormat}
	shareLook  = look{format: shareFormat}
	pointsLook = look{format: pointsFormat}
	growthLook = look{format: shareChangeFormat}
)

func (b *book) dateLook() look { return look{format: b.lang.dateFormat, align: "left", indent: 1} }

// sentimentColumns are the counts by sentiment, as every table shows them.
func (b *book) sentimentColumns() []column {
	columns := make([]column, 0, 6)
	for _, key := range []string{"negative", "neutral", "positive", "unscored"} {
		columns = append(columns, column{b.lang.say(key), 11, countLook})
	}
	return append(columns,
		column{b.lang.say("negative_share"), 12, shareLook},
		column{b.lang.say("net_sentiment"), 15, pointsLook})
}

func sentimentValues(c weekly.Counts) []any {
	s := c.Sentiments
	return []any{
		s[weekly.Negative], s[weekly.Neutral], s[weekly.Positive], s[weekly.Unscored], c.NegativeShare(), c.NetSentiment(),
	}
}

// growth is the change of a count as a part of the week before.
func growth(now, before uint64) weekly.Value {
	f := weekly.Figure{
		Now:    weekly.Value{Number: float64(now), Known: true},
		Before: weekly.Value{Number: float64(before), Known: true},
	}
	return f.Growth()
}

// volumeColumns and volumeValues: how many, and how many the week before where it
// was watched.
func (b *book) volumeColumns(r weekly.Report) []column {
	columns := []column{{b.lang.say("mentions"), 11, countLook}}
	if r.Compared() {
		columns = append(columns, column{b.lang.say("week_before"), 13, countLook}, column{b.lang.say("growth"), 11, growthLook})
	}
	return columns
}

func volumeValues(r weekly.Report, now, before weekly.Counts) []any {
	values := []any{now.Mentions}
	if r.Compared() {
		values = append(values, before.Mentions, growth(now.Mentions, before.Mentions))
	}
	return values
}

func (b *book) days(r weekly.Report) table {
	t := table{columns: []column{{b.lang.say("day"), 16, look{format: b.lang.dayFormat, align: "left", indent: 1}}}}
	t.columns = append(append(t.columns, b.volumeColumns(r)...), b.sentimentColumns()...)
	for _, day := range r.Days {
		row := []any{day.Start}
		if day.Watched {
			row = append(append(row, volumeValues(r, day.Now, day.WeekBefore)...), sentimentValues(day.Now)...)
		}
		t.rows = append(t.rows, row)
	}
	t.total = append([]any{b.lang.say("total")}, volumeValues(r, r.Now.Counts, r.Before.Counts)...)
	t.total = append(t.total, sentimentValues(r.Now.Counts)...)
	return t
}

func (b *book) sources(r weekly.Report) table {
	t := table{columns: []column{{b.lang.say("source"), 20, textLook}, {b.lang.say("part"), 9, shareLook}}}
	t.columns = append(append(t.columns, b.volumeColumns(r)...), b.sentimentColumns()...)
	t.columns = append(t.columns,
		column{b.lang.say("official"), 14, countLook}, column{b.lang.say("third_party"), 14, countLook},
		column{b.lang.say("engagement"), 13, countLook})
	for _, source := range r.Sources {
		row := append([]any{plain(source.Name), part(source.Now, r)}, volumeValues(r, source.Now, source.Before)...)
		row = append(row, sentimentValues(source.Now)...)
		t.rows = append(t.rows, append(row, source.Now.Official, source.Now.ThirdParty(), source.Now.Engagement))
	}
	return t
}

// part is the share of a group in the week's mentions.
func part(c weekly.Counts, r weekly.Report) weekly.Value {
	if r.Now.Mentions == 0 {
		return weekly.Value{}
	}
	return weekly.Value{Number: float64(c.Mentions) / float64(r.Now.Mentions), Known: true}
}

func (b *book) topics(r weekly.Report) table {
	t := table{columns: []column{
		{b.lang.say("topic"), 22, textLook}, {b.lang.say("owner"), 20, textLook}, {b.lang.say("part"), 9, shareLook},
	}}
	t.columns = append(append(t.columns, b.volumeColumns(r)...), b.sentimentColumns()...)
	for _, topic := range r.Topics {
		name := plain(b.lang.Topic(topic.Name))
		if name == "" {
			name = b.lang.say("no_topic")
		}
		row := []any{name, b.lang.department(topic.Owner), part(topic.Now, r)}
		row = append(row, volumeValues(r, topic.Now, topic.Before)...)
		t.rows = append(t.rows, append(row, sentimentValues(topic.Now)...))
	}
	return t
}

func (b *book) top(r weekly.Report) table {
	l := b.lang
	t := table{columns: []column{
		{l.at("published", b.job.week.Zone()), 17, b.dateLook()}, {l.say("source"), 11, textLook}, {l.say("author"), 28, wrapLook},
		{l.say("followers"), 12, countLook}, {l.say("engagement"), 12, countLook}, {l.say("sentiment"), 12, textLook},
		{l.say("topics"), 18, wrapLook}, {l.say("owner"), 20, wrapLook}, {l.say("text"), 70, wrapLook}, {l.say("link"), 34, wrapLook},
	}}
	for _, m := range r.Top {
		t.rows = append(t.rows, []any{
			m.Published, plain(m.Source), plain(authorName(m.Author)), m.Author.Followers, m.Engagement(), l.sentiment(m.Sentiment),
			plain(l.topics(m.Topics)), l.department(m.Owner), shortened(words(m), 400), address(link(m.URL)),
		})
	}
	return t
}

// authorName is how an author is best known.
func authorName(a weekly.Author) string {
	switch {
	case a.Name != "" && a.Handle != "":
		return a.Name + " (@" + a.Handle + ")"
	case a.Handle != "":
		return "@" + a.Handle
	default:
		return a.Name
	}
}

// words are a mention's title and text on one line.
func words(m weekly.Mention) string {
	if m.Title == "" {
		return plain(m.Text)
	}
	return plain(m.Title + ". " + m.Text)
}

// shortened cuts plain text for reading; the CSV file has the whole.
func shortened(text string, runes int) string {
	for i := range text {
		if runes == 0 {
			return text[:i] + "…"
		}
		runes--
	}
	return text
}

func (b *book) incidents(r weekly.Report) table {
	l := b.lang
	t := table{columns: []column{
		{l.say("incident"), 30, textLook}, {l.at("time", b.job.week.Zone()), 17, b.dateLook()}, {l.say("what"), 18, textLook},
		{l.say("level"), 14, textLook}, {l.say("who"), 20, textLook},
		{l.say("observed"), 12, countLook}, {l.say("expected"), 12, look{format: expectedFormat}},
		{l.say("observed_neg"), 12, countLook}, {l.say("expected_neg"), 12, look{format: expectedFormat}},
	}}
	for _, timeline := range r.Incidents {
		for _, event := range timeline.Events {
			t.rows = append(t.rows, []any{
				plain(timeline.IncidentID), event.Time, l.say(event.What), l.level(event.Level), plain(event.By),
				event.ObservedMentions, event.ExpectedMentions, event.ObservedNegative, event.ExpectedNegative,
			})
		}
	}
	return t
}

func (b *book) mentions(r weekly.Report) table {
	l := b.lang
	t := table{columns: []column{
		{l.at("published", b.job.week.Zone()), 17, b.dateLook()}, {l.say("source"), 11, textLook}, {l.say("page"), 24, textLook},
		{l.say("ownership"), 12, textLook}, {l.say("kind"), 13, textLook}, {l.say("language"), 9, textLook},
		{l.say("sentiment"), 12, textLook}, {l.say("topics"), 18, textLook}, {l.say("owner"), 18, textLook},
		{l.say("risks"), 18, textLook}, {l.say("stance"), 18, textLook},
		{l.say("author"), 24, textLook}, {l.say("followers"), 12, countLook}, {l.say("engagement"), 12, countLook},
		{l.say("text"), 70, textLook}, {l.say("link"), 34, textLook}, {l.say("mention_id"), 26, textLook}, {l.say("story"), 26, textLook},
	}}
	if r.Unlisted() > 0 {
		t.note = l.say("listed", l.Count(uint64(len(r.Listed))), l.Several(r.Now.Mentions, l.Mention))
	}
	t.rows = make([][]any, 0, len(r.Listed))
	for _, m := range r.Listed {
		t.rows = append(t.rows, []any{
			m.Published, plain(m.Source), plain(m.Page), l.ownership(m.Official), l.say(m.Kind), plain(m.Language),
			l.sentiment(m.Sentiment), plain(l.topics(m.Topics)), l.department(m.Owner),
			l.risks(m.Risks), l.stance(m.Stance), plain(authorName(m.Author)), m.Author.Followers, m.Engagement(),
			shortened(words(m), 2000), plain(m.URL), plain(m.ID), plain(m.StoryID),
		})
	}
	return t
}
