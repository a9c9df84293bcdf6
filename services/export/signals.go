package export

import (
	"strings"

	"github.com/vigie-monitor/vigie/pkg/wording"
	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// risks are the signs of what can become a crisis, with the words that say so and
// the post most people reacted to.
func (b *book) risks(r weekly.Report) table {
	l := b.lang
	t := table{columns: []column{{l.say("risk"), 24, textLook}, {l.say("mentions"), 11, countLook}}}
	if r.Compared() {
		t.columns = append(t.columns, column{l.say("week_before"), 13, countLook})
	}
	t.columns = append(t.columns, column{l.say("stories"), 11, countLook},
		column{l.say("risk_words"), 36, wrapLook}, column{l.say("example"), 70, wrapLook},
		column{l.say("author"), 28, wrapLook}, column{l.say("link"), 34, wrapLook})
	for _, risk := range r.Risks {
		row := []any{wording.Capital(l.risk(risk.Name)), risk.Now}
		if r.Compared() {
			row = append(row, risk.Before)
		}
		post := risk.Example
		t.rows = append(t.rows, append(row, risk.Stories, plain(strings.Join(risk.Words, ", ")),
			shortened(words(post), 400), plain(authorName(post.Author)), address(link(post.URL))))
	}
	return t
}

// stories are the texts that were copied.
func (b *book) stories(r weekly.Report) table {
	l := b.lang
	t := table{columns: []column{
		{l.at("first_told", b.job.week.Zone()), 17, b.dateLook()}, {l.say("text"), 70, wrapLook},
		{l.say("told"), 9, countLook}, {l.say("authors"), 11, countLook}, {l.say("sources"), 22, wrapLook},
		{l.say("potential_reach"), 14, countLook}, {l.say("reach_alone"), 18, countLook}, {l.say("negative_share"), 12, shareLook},
		{l.say("link"), 34, wrapLook},
	}}
	for _, story := range r.Stories {
		t.rows = append(t.rows, []any{
			story.First.Published, shortened(words(story.First), 400), story.Mentions, story.Authors(), plain(strings.Join(story.Sources, ", ")),
			story.PotentialReach(), story.ReachWithoutCopies(), story.NegativeShare(), address(link(story.First.URL)),
		})
	}
	return t
}

// stances are the posts of those who warn others off the brand, then of those who
// recommend it.
func (b *book) stances(r weekly.Report) table {
	l := b.lang
	t := table{columns: []column{
		{l.say("stance"), 18, textLook}, {l.at("published", b.job.week.Zone()), 17, b.dateLook()}, {l.say("source"), 11, textLook},
		{l.say("author"), 28, wrapLook}, {l.say("followers"), 12, countLook}, {l.say("engagement"), 12, countLook},
		{l.say("text"), 70, wrapLook}, {l.say("link"), 34, wrapLook},
	}}
	for _, posts := range [][]weekly.Mention{r.Detractors, r.Advocates} {
		for _, m := range posts {
			t.rows = append(t.rows, []any{
				wording.Capital(l.stance(m.Stance)), m.Published, plain(m.Source), plain(authorName(m.Author)), m.Author.Followers, m.Engagement(),
				shortened(words(m), 400), address(link(m.URL)),
			})
		}
	}
	return t
}

// worstRisks names the risks that most mentions have.
func (l language) worstRisks(r weekly.Report) string {
	const named = 3
	var parts []string
	for _, risk := range r.Risks[:min(len(r.Risks), named)] {
		parts = append(parts, l.risk(risk.Name)+" ("+l.Several(risk.Now, l.Mention)+")")
	}
	return l.say("had_risks", strings.Join(parts, ", "))
}

// forAndAgainst counts who recommends the brand and who warns others off it.
func (l language) forAndAgainst(c weekly.Counts) string {
	recommend := wording.Pick(l.Code,
		wording.Noun{One: "mention recommande la marque", Several: "mentions recommandent la marque"},
		wording.Noun{One: "mention recommends the brand", Several: "mentions recommend the brand"})
	warn := wording.Pick(l.Code,
		wording.Noun{One: "la déconseille", Several: "la déconseillent"},
		wording.Noun{One: "warns others off it", Several: "warn others off it"})
	return l.Several(c.Stances[weekly.Recommends], recommend) + ", " + l.Several(c.Stances[weekly.Warns], warn) + "."
}
