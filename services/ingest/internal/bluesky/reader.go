package bluesky

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// maxDeleted is how many recent deletions are remembered, to stop a post whose
// deletion came first.
const maxDeleted = 20_000

// reader carries what outlives a connection.
type reader struct {
	connector *Connector
	sink      *source.Sink
	position  *position
	people    *people
	authors   *source.Ledger               // by DID, the keys of the posts we brought
	deleted   *source.Recent[string, bool] // mention ids
	pages     *pages                       // of the brands
	interests *source.Interests            // that pages were made of
	metrics   *Metrics
}

func newReader(c *Connector, sink *source.Sink) *reader {
	return &reader{
		connector: c, sink: sink, metrics: c.metrics,
		position: &position{sink: sink, timing: c.timing, lookback: c.lookback, metrics: c.metrics},
		people:   newPeople(c.appView, c.client.HTTP(), c.timing.lookup, c.metrics),
		authors:  sink.Ledger("authors", source.LedgerBounds{Slots: 16384, Keys: 32, Values: 200}),
		deleted:  source.NewRecent[string, bool](maxDeleted),
	}
}

// work handles frames in batches: whatever is waiting, so that a batch is one
// event when the feed is calm and many when there is much to catch up with.
func (r *reader) work(ctx context.Context, frames <-chan frame) error {
	for {
		batch, open := take(ctx, frames)
		if len(batch) > 0 {
			if err := r.handle(ctx, batch); err != nil {
				return fmt.Errorf("%w: %w", source.ErrBus, err)
			}
		}
		if !open {
			return nil
		}
	}
}

// take waits for a frame and takes those behind it. It answers false when there
// will be no more.
func take(ctx context.Context, frames <-chan frame) ([]frame, bool) {
	var batch []frame
	select {
	case <-ctx.Done():
		return nil, false
	case f, open := <-frames:
		if !open {
			return nil, false
		}
		batch = append(batch, f)
	}
	for len(batch) < maxBatch {
		select {
		case f, open := <-frames:
			if !open {
				return batch, false
			}
			batch = append(batch, f)
		default:
			return batch, true
		}
	}
	return batch, true
}

// outcome is what a batch comes to.
type outcome struct {
	mentions []*vigiev1.Mention
	keys     []string // of the mentions' posts
	deleted  []string
	ended    []ended // accounts
	latest   int64
}

type ended struct{ did, status string }

// handle makes the effects of a batch durable, and then moves the cursor.
func (r *reader) handle(ctx context.Context, batch []frame) error {
	r.watch(ctx)
	var out outcome
	for _, f := range batch {
		if err := r.sort(ctx, f, &out); err != nil {
			return err
		}
	}
	if out.latest == 0 {
		return nil // nothing but rubbish: no sign of life
	}
	r.sink.Alive()
	if err := r.bring(ctx, &out); err != nil {
		return err
	}
	for _, account := range out.ended {
		if err := r.erase(ctx, account); err != nil {
			return err
		}
	}
	r.position.done(ctx, out.latest)
	return nil
}

// sort puts one frame where it belongs.
func (r *reader) sort(ctx context.Context, f frame, out *outcome) error {
	if f.fault != nil {
		return r.sink.Refuse(ctx, bus.ReasonTooLarge, fmt.Errorf("bluesky: a frame: %w", f.fault), f.data)
	}
	e, err := decode(f.data, time.Now())
	if err != nil {
		var invalid *invalidError
		errors.As(err, &invalid)
		return r.sink.Refuse(ctx, invalid.reason, err, f.data)
	}
	r.metrics.event(e)
	out.latest = max(out.latest, e.TimeUS)
	if !r.position.see(e.TimeUS) {
		return nil
	}
	switch {
	case e.Kind == "identity":
		r.people.rename(e.DID, e.Handle.Handle)
	case e.ends():
		out.ended = append(out.ended, ended{e.DID, e.Account.Status})
	case !e.isPost():
	case e.Commit.Operation == "delete":
		id := mentionID(e.uri())
		out.deleted = append(out.deleted, id)
		r.deleted.Put(id, true)
	case e.Commit.Operation == "create", e.Commit.Operation == "update":
		return r.consider(ctx, e, out)
	}
	return nil
}

// consider makes a mention of a post that somebody wants.
func (r *reader) consider(ctx context.Context, e *event, out *outcome) error {
	p := readPost(e)
	addressed := r.pages.addressed(p)
	if len(addressed) == 0 && !r.pages.owns(e.DID) && !r.interests.Wanted(sourceName, r.people.page(e.DID), p.text) {
		if e.Commit.Operation != "update" {
			return nil
		}
		before, err := r.authors.Values(ctx, e.DID)
		if err != nil || !slices.Contains(before, e.Commit.Key) {
			return err
		}
	}
	m := p.mention(e, r.position.live(e.TimeUS))
	m.Url = source.Web(m.Url, site, r.connector.web)
	m.AddressedPages = addressed
	out.mentions = append(out.mentions, m)
	out.keys = append(out.keys, e.Commit.Key)
	return nil
}

// bring hands over mentions and deletions. A post whose deletion is already known
// is not brought.
func (r *reader) bring(ctx context.Context, out *outcome) error {
	var wanted []*vigiev1.Mention
	for i, m := range out.mentions {
		if _, gone := r.deleted.Get(m.MentionId); gone {
			continue
		}
		if err := r.authors.Add(ctx, m.Author.AuthorId, out.keys[i]); err != nil {
			return err
		}
		wanted = append(wanted, m)
	}
	if len(wanted) > 0 {
		r.people.introduce(ctx, wanted)
		for _, m := range wanted {
			r.sign(m)
		}
		if err := r.within(ctx, func(ctx context.Context) error { return r.sink.Publish(ctx, wanted...) }); err != nil {
			return err
		}
	}
	return r.remove(ctx, out.deleted)
}

// remove passes deletions on.
func (r *reader) remove(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return r.within(ctx, func(ctx context.Context) error { return r.sink.Delete(ctx, ids...) })
}

// within bounds the wait for acknowledgements.
func (r *reader) within(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, r.connector.timing.bus)
	defer cancel()
	return do(ctx)
}

// sign fills in who wrote a mention, and on which page it stands.
func (r *reader) sign(m *vigiev1.Mention) {
	did := m.Author.AuthorId
	if who, known := r.people.who(did); known {
		m.Author.Handle, m.Author.Name, m.Author.Followers, m.Author.Verified = who.Handle, who.Name, who.Followers, who.verified()
	}
	m.Page = r.people.page(did)
	if page, owned := r.pages.of(did); owned {
		m.Page = page // as the config writes it
	}
}

// erase deletes what was brought of an account that ended.
func (r *reader) erase(ctx context.Context, account ended) error {
	keys, err := r.authors.Values(ctx, account.did)
	if err != nil {
		return err
	}
	r.metrics.accountEnded(account.status)
	if len(keys) == 0 {
		return nil
	}
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = mentionID(postURI(account.did, key))
		r.deleted.Put(ids[i], true)
	}
	if err := r.remove(ctx, ids); err != nil {
		return err
	}
	r.sink.Logger().Info("bluesky: an account ended, its posts are removed", "did", account.did, "status", account.status, "posts", len(ids))
	return r.authors.Forget(ctx, account.did)
}

// watch learns the brands' pages when the brands changed, and goes on looking for
// those that nobody could tell.
func (r *reader) watch(ctx context.Context) {
	changed := r.interests != r.sink.Interests()
	if changed {
		r.interests = r.sink.Interests()
		r.pages = newPages(r.interests)
	}
	if !changed && !r.pages.unresolved(time.Now()) {
		return
	}
	r.pages.resolve(ctx, r.people)
	if changed && len(r.pages.handles) > 0 {
		r.sink.Logger().Warn("bluesky: nobody can tell which accounts these are: check brands[].pages.bluesky", "handles", r.pages.handles)
	}
}
