package escalation

import (
	"slices"
	"time"
)

const (
	// rounds is how often everyone is called before only the last is.
	rounds = 3
	// passPause is how long to wait when nobody at all could be reached.
	passPause = 30 * time.Second
	// stale is how old an end may be and still be news.
	stale = 24 * time.Hour
)

// Duty is who answers for an incident now.
type Duty struct {
	Order  []string          // on call first, then those it escalates to; nobody twice
	People map[string]Person // everyone who may be named in a page
	After  time.Duration     // how long a call may go unanswered
}

// Person is how someone can be reached now, best channel first.
type Person struct {
	Channels []string // for what can wait
	Urgent   []string // for a crisis
	Asleep   bool     // in quiet hours: what can wait, waits
}

// Sender is who attempts now: the lease it does so under, which of its attempts
// are not settled yet, and how many more a channel takes beside them. The call of
// a crisis is taken always.
type Sender struct {
	Lease    uint64
	UnderWay func(pageID string) bool
	Room     func(channel string) int
}

// Next moves the course to now and answers which pages to attempt; they are then
// Sending. Store the course before attempting them.
func (c *Course) Next(now time.Time, duty Duty, sender Sender) []Page {
	if c.Level < Alert {
		return nil
	}
	c.recover(now, sender)
	c.prune()
	switch {
	case !c.Over.IsZero():
		c.conclude(now, duty)
	case c.AckedBy != "":
		c.withdraw(Call)
	default:
		c.pursue(now, duty, Call)
	}
	return c.start(now, duty, sender)
}

// recover deals with attempts that nobody is making. Under this very lease one was
// never begun (the answer to storing it was lost). Under another, whoever made it
// died, and how it ended is not known.
func (c *Course) recover(now time.Time, sender Sender) {
	for i := range c.Pages {
		p := &c.Pages[i]
		if p.State != Sending || sender.UnderWay(p.ID) {
			continue
		}
		if p.Sender == sender.Lease {
			p.Attempts--
		}
		if p.Urgent() || p.Sender == sender.Lease {
			p.State, p.Due = Waiting, now
			continue
		}
		p.fail(now, "the pager died while sending: it may have arrived, so it is not sent again")
		p.Unsure = true
		if p.Kind == Call {
			c.tell(*p)
		}
	}
}

// prune forgets pages that are settled, told of, and of no step under way.
func (c *Course) prune() {
	c.Pages = slices.DeleteFunc(c.Pages, func(p Page) bool {
		settled := p.State == Sent || p.State == Failed
		return settled && !p.unreported() && (p.Step != c.Step || p.Level != c.Level || p.Kind == End)
	})
}

// pursue goes from step to step as far as now allows.
func (c *Course) pursue(now time.Time, duty Duty, kind Kind) {
	for {
		p := c.active(kind)
		switch {
		case p == nil:
			if now.Before(c.Hold) || !c.call(now, duty, kind) {
				return
			}
		case p.State == Waiting && c.hopeless(*p, now, duty):
			p.fail(now, "given up for a faster way")
		case p.State == Waiting, p.State == Sending, p.Unsure:
			return
		case p.State == Failed:
			if !c.otherChannel(*p, now, duty) {
				c.miss(now, duty, p.Urgent())
			}
		default: // sent, and not answered
			if !p.Urgent() || now.Before(p.Changed.Add(duty.After)) {
				return
			}
			c.Step, c.Turn, c.Hold = c.Step+1, c.Turn+1, now
		}
	}
}

// active is the page that the step stands or falls with.
func (c *Course) active(kind Kind) *Page {
	for i := len(c.Pages) - 1; i >= 0; i-- {
		if p := &c.Pages[i]; p.Level == c.Level && p.Step == c.Step && p.Kind == kind {
			return p
		}
	}
	return nil
}

// call begins a step. It answers false where nobody can be called yet.
func (c *Course) call(now time.Time, duty Duty, kind Kind) bool {
	n := len(duty.Order)
	if n == 0 {
		return false
	}
	urgent := kind == Call && c.Level == Crisis
	person := duty.Order[0]
	switch {
	case urgent && c.Turn < rounds*n:
		person = duty.Order[c.Turn%n]
	case urgent:
		person = duty.Order[n-1]
	case duty.People[person].Asleep:
		return false
	}
	c.Began = now
	if channels := duty.People[person].ways(urgent); len(channels) > 0 {
		c.add(kind, c.Step, person, channels[0], now)
	} else {
		c.miss(now, duty, urgent)
	}
	return true
}

// hopeless says that waiting longer for this channel helps less than going on:
// its person's time is over, or it asks for patience while another one is there.
func (c *Course) hopeless(p Page, now time.Time, duty Duty) bool {
	if !p.Urgent() {
		return false
	}
	if !now.Before(c.Began.Add(duty.After)) {
		return true
	}
	_, other := c.untried(p, duty)
	return other && p.Due.Sub(now) > patience
}

func (c *Course) otherChannel(p Page, now time.Time, duty Duty) bool {
	if p.Urgent() && !now.Before(c.Began.Add(duty.After)) {
		return false // the next person's turn has come
	}
	channel, other := c.untried(p, duty)
	if other {
		c.add(p.Kind, p.Step, p.Person, channel, now)
	}
	return other
}

// untried is the person's next channel that this step has not used.
func (c *Course) untried(p Page, duty Duty) (string, bool) {
	for _, channel := range duty.People[p.Person].ways(p.Urgent()) {
		if !slices.ContainsFunc(c.Pages, func(q Page) bool {
			return q.Channel == channel && q.Person == p.Person && q.Step == p.Step && q.Level == p.Level && q.Kind == p.Kind
		}) {
			return channel, true
		}
	}
	return "", false
}

// miss goes on from someone who cannot be reached: for a crisis to the next
// person at once, and for less to the same duty later. A pass in which nobody at
// all could be reached does not count as a round.
func (c *Course) miss(now time.Time, duty Duty, urgent bool) {
	c.Step++
	if !urgent {
		c.Hold = now.Add(duty.After)
		return
	}
	c.Turn, c.Misses, c.Hold = c.Turn+1, c.Misses+1, now
	if c.Misses >= len(duty.Order) {
		c.Turn, c.Misses, c.Hold = max(0, c.Turn-c.Misses), 0, now.Add(passPause)
	}
}

// conclude deals with the end, once.
func (c *Course) conclude(now time.Time, duty Duty) {
	c.withdraw(Call)
	underWay := slices.ContainsFunc(c.Pages, func(p Page) bool { return p.State == Sending && p.Kind == Call })
	switch {
	case c.Concluded || underWay:
	case len(c.Told) > 0:
		for _, told := range c.people() {
			c.add(End, 0, told.Person, told.Channel, now)
		}
		c.Concluded = true
	case c.AckedBy != "" || c.Blind || now.Sub(c.Over) > stale:
		c.withdraw(Late)
		c.Concluded = true
	default:
		if c.active(Call) != nil {
			c.Step, c.Hold = c.Step+1, now
		}
		c.pursue(now, duty, Late)
		p := c.active(Late)
		c.Concluded = p != nil && (p.State == Sent || p.Unsure)
	}
}

// people are those who were called, each once, by the way that reached them
// first; those who share a channel read the same message there.
func (c *Course) people() []Told {
	var people []Told
	for _, told := range c.Told {
		if !slices.ContainsFunc(people, func(t Told) bool { return t.Person == told.Person || t.Channel == told.Channel }) {
			people = append(people, told)
		}
	}
	return people
}

// start turns what is due into attempts. What wakes nobody waits for the morning,
// and what is no call of a crisis for room at its channel: until then it is
// waiting, and no pager that dies can have sent it.
func (c *Course) start(now time.Time, duty Duty, sender Sender) []Page {
	var due []Page
	taken := map[string]int{}
	for i := range c.Pages {
		p := &c.Pages[i]
		wakes := p.Level == Crisis && p.Kind != Late
		if p.State != Waiting || p.Due.After(now) || !wakes && duty.People[p.Person].Asleep {
			continue
		}
		if !p.Urgent() {
			if taken[p.Channel] >= sender.Room(p.Channel) {
				continue
			}
			taken[p.Channel]++
		}
		p.State, p.Changed, p.Sender = Sending, now, sender.Lease
		p.Attempts++
		due = append(due, *p)
	}
	return due
}

func (p Person) ways(urgent bool) []string {
	if urgent {
		return p.Urgent
	}
	return p.Channels
}
