package slack

import (
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed style.css
	styleCSS []byte

	page = template.Must(template.New("page").Parse(pageHTML))
)

// shown is a message as the page shows it.
type shown struct {
	Number int
	Clock  string
	Hook   string
	Text   string // where there are no blocks
	Parts  []part
}

// part is a block.
type part struct {
	Type  string
	Text  []string // lines
	Spans []span   // of a rich text
	Links []link   // buttons
}

type span struct {
	Text, URL string
	Bold      bool
}

type link struct {
	Label, URL string
	Primary    bool
}

// show is the page: the newest message first.
func (f *Fake) show(w http.ResponseWriter, _ *http.Request) {
	messages := f.Messages()
	slices.Reverse(messages)
	var view struct {
		Messages []shown
		Requests int
	}
	for _, m := range messages {
		view.Messages = append(view.Messages, f.newShown(m))
	}
	view.Requests = f.Requests()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	_ = page.Execute(w, view)
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(styleCSS)
}

func (f *Fake) newShown(m Message) shown {
	s := shown{Number: m.Number, Clock: m.Time.In(f.zone).Format("15:04"), Hook: m.Hook}
	if len(m.blocks) == 0 {
		s.Text = m.Text
	}
	for _, b := range m.blocks {
		s.Parts = append(s.Parts, newParts(b)...)
	}
	return s
}

func newParts(b block) []part {
	switch b.Type {
	case "rich_text":
		var parts []part
		for _, e := range b.Elements {
			parts = append(parts, part{Type: strings.TrimPrefix(e.Type, "rich_text_"), Spans: spans(e.Elements)})
		}
		return parts
	case "actions":
		p := part{Type: b.Type}
		for _, e := range b.Elements {
			p.Links = append(p.Links, link{e.label(), e.URL, strings.Contains(string(e.Style), "primary")})
		}
		return []part{p}
	case "context":
		p := part{Type: b.Type}
		for _, e := range b.Elements {
			p.Text = append(p.Text, e.label())
		}
		return []part{p}
	}
	p := part{Type: b.Type}
	if b.Text != nil {
		p.Text = strings.Split(b.Text.Text, "\n")
	}
	return []part{p}
}

func spans(elements []element) []span {
	var out []span
	for _, e := range elements {
		s := span{Text: e.label(), URL: e.URL, Bold: e.bold()}
		if s.Text == "" {
			s.Text = e.URL
		}
		out = append(out, s)
	}
	return out
}
