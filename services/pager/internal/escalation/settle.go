package escalation

import (
	"slices"
	"time"
)

const (
	// urgentAttempts bounds the tries by one channel of a crisis, whose next
	// channel or person waits for them: 1, 2 and 4 s apart.
	urgentAttempts = 4
	// calmAttempts bounds the tries of anything else, up to a minute apart.
	calmAttempts = 8
	maxBackoff   = time.Minute
	// patience is how long a crisis waits for a channel while another is there.
	patience = 5 * time.Second
	// maxRetryAfter is the longest a channel may ask for; beyond it has failed.
	maxRetryAfter = 15 * time.Minute
)

// Outcome is how an attempt ended.
type Outcome struct {
	Text       string        // the words sent
	Error      string        // why it failed, empty where it did not
	Permanent  bool          // trying again cannot help
	RetryAfter time.Duration // what the channel asks for
}

// Settle writes down how an attempt ended.
func (c *Course) Settle(id string, outcome Outcome, now time.Time) {
	p := c.page(id)
	if p == nil || p.State != Sending {
		return
	}
	p.Sender = 0
	if outcome.Error == "" {
		p.State, p.Changed, p.Error, p.Text = Sent, now, "", outcome.Text
		c.Misses = 0
		if p.Kind == Call {
			c.tell(*p)
		}
		return
	}
	limit := calmAttempts
	if p.Urgent() {
		limit = urgentAttempts
	}
	p.Error = ""
	if outcome.Permanent || p.Attempts >= limit || outcome.RetryAfter > maxRetryAfter {
		p.fail(now, outcome.Error)
		return
	}
	p.State, p.Changed, p.Error = Waiting, now, outcome.Error
	p.Due = now.Add(max(backoff(p.Attempts), outcome.RetryAfter))
}

// backoff is 1 s after the first attempt, and twice as long after each more.
func backoff(attempts int) time.Duration {
	return min(maxBackoff, time.Second<<min(attempts-1, 10))
}

// Urgent pages are the calls of a crisis.
func (p Page) Urgent() bool { return p.Kind == Call && p.Level == Crisis }

// fail gives a page up; the error of its last attempt says more than ours.
func (p *Page) fail(now time.Time, why string) {
	if p.Error != "" && p.Error != why {
		why += "; last: " + p.Error
	}
	p.State, p.Changed, p.Error, p.Sender = Failed, now, why, 0
}

func (c *Course) tell(p Page) {
	told := Told{p.Person, p.Channel, p.Level}
	if !slices.Contains(c.Told, told) {
		c.Told = append(c.Told, told)
	}
}
