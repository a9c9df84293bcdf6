package export

import (
	"strings"

	"github.com/vigie-monitor/vigie/pkg/names"
	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// named are the people, places and organisations that most stories name.
func (b *book) named(r weekly.Report) table {
	l := b.lang
	t := table{columns: []column{
		{l.say("name_kind"), 16, textLook}, {l.say("name"), 32, wrapLook}, {l.say("stories"), 11, countLook},
		{l.say("example"), 70, wrapLook}, {l.say("author"), 28, wrapLook}, {l.say("link"), 34, wrapLook},
	}}
	if drawn := r.Named.Drawn; drawn > 0 {
		t.note = l.say("drawn", l.Count(uint64(drawn)), l.Count(r.Now.Stories()))
	}
	for _, kind := range []names.Kind{names.Person, names.Place, names.Organisation} {
		for _, name := range r.Named.Names {
			if name.Kind != kind {
				continue
			}
			post := name.Example
			t.rows = append(t.rows, []any{
				l.say(string(kind)), plain(name.Text), name.Stories,
				shortened(words(post), 400), plain(authorName(post.Author)), address(link(post.URL)),
			})
		}
	}
	return t
}

// mostNamed tells who and what most stories name.
func (l language) mostNamed(r weekly.Report) string {
	const told = 5
	var parts []string
	for _, name := range r.Named.Names[:min(len(r.Named.Names), told)] {
		parts = append(parts, plain(name.Text)+" ("+l.Count(uint64(name.Stories))+")")
	}
	return l.say("had_names", strings.Join(parts, ", "))
}
