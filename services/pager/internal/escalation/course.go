package escalation

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Level is how serious an incident is.
type Level uint8

// The levels, lowest first.
const (
	Watch Level = iota + 1
	Alert
	Crisis
)

// String is the level's name in a page's id.
func (l Level) String() string {
	switch l {
	case Watch:
		return "watch"
	case Alert:
		return "alert"
	case Crisis:
		return "crisis"
	}
	return "none"
}

// Course is what was done about one incident so far, and what comes next.
type Course struct {
	IncidentID string    `json:"incident_id"`
	Revision   uint64    `json:"revision"` // the newest seen
	Blind      bool      `json:"blind,omitempty"`
	Level      Level     `json:"level"`
	Tipped     time.Time `json:"tipped"`        // receipt of what raised it to its level
	Over       time.Time `json:"over,omitzero"` // when it ended
	AckedBy    string    `json:"acked_by,omitempty"`
	AckedTime  time.Time `json:"acked_time,omitzero"`

	Step   uint32    `json:"step"`           // of this level; never used twice
	Turn   int       `json:"turn"`           // whose turn it is, in Duty.Order
	Misses int       `json:"misses"`         // people in a row who could not be reached
	Began  time.Time `json:"began,omitzero"` // when this step did
	Hold   time.Time `json:"hold,omitzero"`  // before which this step may not

	Pages     []Page `json:"pages,omitempty"`
	Told      []Told `json:"told,omitempty"`
	Concluded bool   `json:"concluded,omitempty"` // its end was dealt with
}

// News is a revision of an incident, as far as it matters here.
type News struct {
	Revision uint64
	Level    Level
	Blind    bool
	Tipped   time.Time
	Over     time.Time // zero while it goes on
}

// State is what became of a page.
type State string

// States of a page.
const (
	Waiting State = "waiting" // to be sent when due
	Sending State = "sending" // an attempt is under way, or its outcome was lost
	Sent    State = "sent"
	Failed  State = "failed"
)

// Kind is what a page is for.
type Kind string

// Kinds of pages.
const (
	Call Kind = "call" // come and look
	Late Kind = "late" // it is over, and nobody had been called
	End  Kind = "end"  // it is over: to those who were called
)

// Page is one message to one person by one channel.
type Page struct {
	ID       string    `json:"id"`
	Kind     Kind      `json:"kind"`
	Level    Level     `json:"level"`
	Step     uint32    `json:"step"`
	Person   string    `json:"person"`
	Channel  string    `json:"channel"`
	State    State     `json:"state"`
	Attempts int       `json:"attempts"`
	Due      time.Time `json:"due"`              // when Waiting
	Changed  time.Time `json:"changed"`          // to its state
	Sender   uint64    `json:"sender,omitempty"` // the lease it is sent under
	Unsure   bool      `json:"unsure,omitempty"` // Failed, yet it may have arrived
	Reported bool      `json:"reported,omitempty"`
	Error    string    `json:"error,omitempty"`
	Text     string    `json:"text,omitempty"` // until reported
}

// Told is someone who was called, and how.
type Told struct {
	Person  string `json:"person"`
	Channel string `json:"channel"`
	Level   Level  `json:"level"`
}

// Observe takes a revision in. Old ones, and any after the end, change nothing:
// revisions may come twice and out of order.
func (c *Course) Observe(news News) {
	if news.Revision <= c.Revision || !c.Over.IsZero() {
		return
	}
	c.Revision, c.Over = news.Revision, news.Over
	level := news.Level
	if news.Blind {
		c.Blind, level = true, min(level, Alert)
	}
	if level > c.Level {
		c.raise(level, news.Tipped)
	}
}

// raise starts again from the top, for a higher level.
func (c *Course) raise(level Level, tipped time.Time) {
	c.withdraw(Call)
	c.Level, c.Tipped = level, tipped
	c.Step, c.Turn, c.Misses, c.Hold, c.Began = 0, 0, 0, time.Time{}, time.Time{}
	c.AckedBy, c.AckedTime = "", time.Time{}
}

// Ack says that someone took the incident in charge at a level. For a lower
// level than it has reached it does not answer; the first one counts.
func (c *Course) Ack(level Level, by string, at time.Time) {
	if level >= c.Level && c.AckedBy == "" {
		c.AckedBy, c.AckedTime = by, at
	}
}

// Unanswered says whether a crisis goes on that nobody took in charge.
func (c *Course) Unanswered() bool {
	return c.Level == Crisis && c.Over.IsZero() && c.AckedBy == ""
}

// Done says that nothing more can come of it.
func (c *Course) Done() bool {
	return c.Concluded && !slices.ContainsFunc(c.Pages, func(p Page) bool {
		return p.State == Waiting || p.State == Sending || p.unreported()
	})
}

// Clone is a copy that shares nothing.
func (c *Course) Clone() *Course {
	clone := *c
	clone.Pages, clone.Told = slices.Clone(c.Pages), slices.Clone(c.Told)
	return &clone
}

// Unreported are the pages whose fate nobody was told of yet. The end of an
// incident is not a page of its own.
func (c *Course) Unreported() []Page {
	var pages []Page
	for _, p := range c.Pages {
		if p.unreported() {
			pages = append(pages, p)
		}
	}
	return pages
}

// Report says that the fate of a page was told; its words are then forgotten.
func (c *Course) Report(id string) {
	if p := c.page(id); p != nil {
		p.Reported, p.Text = true, ""
	}
}

func (p Page) unreported() bool {
	return (p.State == Sent || p.State == Failed) && !p.Reported && p.Kind != End
}

func (c *Course) page(id string) *Page {
	i := slices.IndexFunc(c.Pages, func(p Page) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &c.Pages[i]
}

// withdraw forgets what was to be sent and is not under way.
func (c *Course) withdraw(kind Kind) {
	c.Pages = slices.DeleteFunc(c.Pages, func(p Page) bool { return p.State == Waiting && p.Kind == kind })
}

func (c *Course) add(kind Kind, step uint32, person, channel string, now time.Time) {
	event := c.Level.String()
	if kind == End {
		event = "end"
	}
	c.Pages = append(c.Pages, Page{
		ID:   strings.Join([]string{c.IncidentID, event, strconv.FormatUint(uint64(step), 10), person, channel}, "/"),
		Kind: kind, Level: c.Level, Step: step, Person: person, Channel: channel,
		State: Waiting, Due: now, Changed: now,
	})
}
