// Package message owns the words of a page, in French and in English: what the
// person on call reads on one screen of a phone, at three in the morning. It is
// pure, and what strangers wrote comes out of it as one line of plain text.
//
// It does not own the markup of a channel, nor who reads it.
package message

import (
	"time"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

// About is the occasion of a page.
type About string

// The occasions.
const (
	Call About = "call" // come and look
	Late About = "late" // it is over, and nobody had been told
	End  About = "end"  // it is over
)

// Page is what a page says, before it is put into words.
type Page struct {
	ID         string
	IncidentID string
	About      About
	Level      string // alert, crisis
	Blind      bool   // a source that cannot be seen, not a brand that is spoken of

	Person     string // who reads it
	Language   string // fr, en
	Zone       *time.Location
	Now        time.Time
	Step       uint32
	Unanswered []string // names of those called before, who did not answer

	Brand                 string // its name
	Source, Place, Reason string // of a blind source; Reason is silent, erroring or quota
	Detail                string

	Opened, Over time.Time // Over is zero while it goes on
	AckedBy      string
	AckedTime    time.Time

	Figures      wording.Figures
	OnlyNegative bool     // the volume is as usual, the tone is not
	Signals      []string // beyond their bound, as the tables name them
	PartKind     string
	Part         string   // which topic or source rose, where it is not the brand as a whole
	Occasion     string   // announced for now
	Also         []string // names of other brands that rise
	Posts        []Post
	Words        []string
	Path         []wording.Step
	Accounts     []wording.Account
	BlindSources []string

	AckURL, DeskURL           string
	RuleVersion, ModelVersion string
}

// Post is a post that shows it.
type Post struct {
	Source, Author, Text, URL string
	Published                 time.Time
	Reason, Risk              string // why it is shown, as the tables name it
}

// Words is a page in words. All of it is plain text.
type Words struct {
	Headline           string
	Lines              []string
	Posts              []Quote
	Caveat             string // what the figures leave out; may be empty
	AckLabel, AckURL   string // empty where there is nothing to take in charge
	DeskLabel, DeskURL string
	OpenLabel          string // of a post
	Footer             string
}

// Quote is a post in words.
type Quote struct {
	By, Text string
	URL      string // http or https, or empty
}

const (
	maxPosts = 3
	maxText  = 160 // of a post: three of them fit a phone
	maxName  = 60
	maxList  = 5  // blind sources named
	maxWords = 6  // that mark it
	maxSteps = 4  // of its path
	maxLoud  = 3  // accounts named
	maxWord  = 30 // of a word, a place or an account
)

// Write puts a page into the words of its reader.
func Write(p Page) Words {
	t := wording.Pick(p.Language, french, english)
	w := Words{
		Headline: t.headline(p), Lines: t.lines(p), Caveat: t.caveat(p),
		DeskLabel: t.desk, DeskURL: address(p.DeskURL), OpenLabel: t.open, Footer: t.footer(p),
	}
	if p.About == Call {
		w.AckLabel, w.AckURL = t.ack, address(p.AckURL)
	}
	if p.About != End {
		w.Posts = t.quotes(p)
	}
	return w
}

// Text is the whole page as plain text, for mail and for what keeps it.
func (w Words) Text() string {
	var out lines
	out.add(w.Headline)
	for _, line := range w.Lines {
		out.add(line)
	}
	for _, post := range w.Posts {
		out.gap()
		out.add(post.By)
		out.add("> " + post.Text)
		out.add(post.URL)
	}
	out.gap()
	out.add(w.Caveat)
	out.gap()
	if w.AckURL != "" {
		out.add(w.AckLabel)
		out.add(w.AckURL)
	}
	if w.DeskURL != "" {
		out.add(w.DeskLabel)
		out.add(w.DeskURL)
	}
	out.gap()
	out.add(w.Footer)
	return out.String()
}

// lines gathers lines, with never two empty ones together.
type lines struct {
	text []byte
	open bool // a gap is due before the next line
}

func (l *lines) add(line string) {
	if line == "" {
		return
	}
	if l.open && len(l.text) > 0 {
		l.text = append(l.text, '\n')
	}
	l.open = false
	l.text = append(append(l.text, line...), '\n')
}

func (l *lines) gap() { l.open = true }

func (l *lines) String() string { return string(l.text) }
