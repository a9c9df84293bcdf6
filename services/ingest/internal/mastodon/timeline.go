package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	// maxWalk is how many pages are walked back at the first start, to find where
	// lookback begins in a list whose ids do not tell the time.
	maxWalk = 50
	// auditDoubt is the share of earlier posts that may be gone: people delete a few
	// in a hundred of what they write. An instance that knows less was restored from
	// a backup, moved, or does not answer the whole of the question.
	auditDoubt = 0.1
	// auditFew is how many may be gone whatever their share.
	auditFew = 2
)

// entry is one status of a timeline, or one notification.
type entry struct {
	id     string // that the timeline is paged by
	at     time.Time
	status *status // nil where there is none
	raw    []byte
	fault  error
}

// page is a part of the timeline, oldest first.
type page struct {
	entries []entry
	newest  string
	last    bool // there is no more
	check   bool // what the stream should have brought
}

// audit is what became of statuses that were brought before.
type audit struct {
	asked   int
	found   []entry
	gone    []string // asked for twice
	doubted []string // unknown, and too many to be deletions
}

// timeline asks for parts of what the stream shows.
type timeline struct {
	api    *api
	stream stream
	pause  func(ctx context.Context, d time.Duration) error
}

// get asks for one page, and puts it in order.
func (t *timeline) get(ctx context.Context, bound, id string) (page, answer, error) {
	q := url.Values{"limit": {strconv.Itoa(pageSize)}}
	maps.Copy(q, t.stream.filter)
	if bound != "" {
		q.Set(bound, id)
	}
	var raw []json.RawMessage
	a, err := t.api.ask(ctx, "/api/v1/"+t.stream.timeline, q, &raw)
	if err != nil {
		return page{}, answer{}, err
	}
	p := page{entries: make([]entry, 0, len(raw))}
	for _, data := range raw {
		e := readEntry(data, t.stream.notifies())
		p.entries = append(p.entries, e)
		if newer(e.id, p.newest) {
			p.newest = e.id
		}
	}
	slices.Reverse(p.entries)
	return p, a, nil
}

// readEntry decodes one element, so that a bad one does not spoil its page.
func readEntry(data []byte, notice bool) entry {
	e := entry{raw: data}
	if notice {
		n, err := decode[notification](data)
		if err != nil {
			e.fault = err
			return e
		}
		e.id, e.at, e.status = n.ID, n.CreatedAt, n.Status
		return e
	}
	s, err := decode[status](data)
	if err != nil {
		e.fault = err
		return e
	}
	e.id, e.at, e.status = s.ID, s.CreatedAt, s
	return e
}

// beginning finds where the first start begins: now, or lookback ago.
func (t *timeline) beginning(ctx context.Context, lookback time.Duration, now time.Time) (string, error) {
	p, _, err := t.get(ctx, "", "")
	if err != nil {
		return "", err
	}
	if lookback == 0 || len(p.entries) == 0 {
		return max(p.newest, "0"), nil
	}
	if _, telling := timeOf(p.newest); telling {
		return idAt(now.Add(-lookback)), nil
	}
	for range maxWalk {
		for _, e := range slices.Backward(p.entries) {
			if e.at.Before(now.Add(-lookback)) {
				return e.id, nil
			}
		}
		oldest := p.entries[0].id
		var a answer
		if p, a, err = t.get(ctx, "max_id", oldest); err != nil {
			return "", err
		}
		if len(p.entries) == 0 {
			return "0", nil
		}
		if err := t.pause(ctx, a.pause); err != nil {
			return "", err
		}
	}
	return p.entries[0].id, nil
}

// forward reads everything after an id, page by page, and hands the pages over. It
// has reached the present when there is no more, or when it meets what was written
// after the stream was opened: on a busy timeline there is always more.
func (t *timeline) forward(ctx context.Context, from string, opened time.Time, hand func(page) error) error {
	for {
		p, a, err := t.get(ctx, "min_id", from)
		if err != nil {
			return err
		}
		p.last = len(p.entries) == 0 || p.entries[len(p.entries)-1].at.After(opened)
		if err := hand(p); err != nil || p.last {
			return err
		}
		next := a.newer
		if !newer(next, from) {
			next = p.newest
		}
		if !newer(next, from) {
			return errors.New("mastodon: the timeline does not move on")
		}
		from = next
		if err := t.pause(ctx, a.pause); err != nil {
			return err
		}
	}
}

// recent asks for some statuses that the stream should have brought by now.
func (t *timeline) recent(ctx context.Context, until time.Time, telling bool) (page, error) {
	bound, id := "", ""
	if telling {
		bound, id = "max_id", idAt(until)
	}
	p, _, err := t.get(ctx, bound, id)
	p.check = true
	return p, err
}

// lookAfter asks what became of statuses. It judges once it has asked for all of
// them: a part of the answer may look sound where the whole does not. Software that
// does not know the question is not asked further, and then nothing is gone.
func (t *timeline) lookAfter(ctx context.Context, ids []string) (audit, error) {
	a := audit{asked: len(ids)}
	unknown := slices.Clone(ids)
	for some := range slices.Chunk(ids, byIDs) {
		var raw []json.RawMessage
		answer, err := t.api.ask(ctx, "/api/v1/statuses", url.Values{"id[]": some}, &raw)
		var refusal *source.RefusedError
		if errors.As(err, &refusal) && refusal.Status < http.StatusInternalServerError && !refusal.TooMany() {
			return audit{}, nil
		}
		if err != nil {
			return audit{}, err
		}
		for _, data := range raw {
			e := readEntry(data, false)
			a.found = append(a.found, e)
			unknown = slices.DeleteFunc(unknown, func(id string) bool { return id == e.id })
		}
		if err := t.pause(ctx, answer.pause); err != nil {
			return audit{}, err
		}
	}
	if float64(len(unknown)) > max(auditFew, auditDoubt*float64(len(ids))) {
		a.doubted = unknown
		return a, nil
	}
	for _, id := range unknown {
		gone, err := t.gone(ctx, id)
		if err != nil {
			return audit{}, err
		}
		if gone {
			a.gone = append(a.gone, id)
		}
	}
	return a, nil
}

// gone asks for one status alone: whoever leaves it out of an answer may have
// forgotten it, whoever says that it does not exist means it.
func (t *timeline) gone(ctx context.Context, id string) (bool, error) {
	var raw json.RawMessage
	answer, err := t.api.ask(ctx, "/api/v1/statuses/"+url.PathEscape(id), nil, &raw)
	var refusal *source.RefusedError
	if errors.As(err, &refusal) && (refusal.Status == http.StatusNotFound || refusal.Status == http.StatusGone) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, t.pause(ctx, answer.pause)
}
