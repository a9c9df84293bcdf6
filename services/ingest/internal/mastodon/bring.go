package mastodon

import (
	"context"
	"slices"
	"strings"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/query"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// consider makes a mention of a status that somebody wants.
func (r *reader) consider(ctx context.Context, e entry, edit, live bool, out *outcome) error {
	if e.fault != nil {
		return r.refuse(ctx, e, e.fault)
	}
	s := e.status
	if s == nil || !s.shown() {
		return nil // a notification without a post; or one that not everybody may read
	}
	if err := s.check(); err != nil {
		return r.refuse(ctx, e, err)
	}
	addressed := r.addressed(s)
	if len(addressed) == 0 && !r.wanted(s) {
		if !edit {
			return nil
		}
		before, err := r.ids.Values(ctx, s.ID)
		if err != nil || len(before) == 0 {
			return err
		}
	}
	parent, err := r.parent(ctx, s)
	if err != nil {
		return err
	}
	m := s.mention(r.domain, parent, live)
	m.AddressedPages = addressed
	out.mentions = append(out.mentions, m)
	out.ids = append(out.ids, s.ID)
	return nil
}

// wanted says whether a status concerns a brand. What a hashtag or a notification
// brings is left to the scorer.
func (r *reader) wanted(s *status) bool {
	return !r.connector.stream.filtered ||
		r.interested.Official(sourceName, r.domain) ||
		r.interested.Wanted(sourceName, federated(s.Account.Acct, r.domain), s.text())
}

// addressed are the brands' pages that a status names, as the config writes them.
func (r *reader) addressed(s *status) []string {
	var addressed []string
	for _, mention := range s.Mentions {
		named := strings.ToLower(federated(mention.Acct, r.domain))
		if !r.interested.Official(sourceName, named) {
			continue
		}
		r.interested.Brands(func(brand config.Brand, _ *query.Query) {
			for _, page := range brand.Pages[sourceName] {
				page = strings.ToLower(strings.TrimPrefix(page, "@"))
				if page == named && !slices.Contains(addressed, page) {
					addressed = append(addressed, page)
				}
			}
		})
	}
	return addressed
}

// parent is the mention that a status answers, if we brought it: the status names
// it by an id that only this instance knows.
func (r *reader) parent(ctx context.Context, s *status) (string, error) {
	if s.InReplyToID == "" {
		return "", nil
	}
	uris, err := r.ids.Values(ctx, s.InReplyToID)
	if err != nil || len(uris) == 0 {
		return "", err
	}
	return mentionID(uris[0]), nil
}

// bring hands over mentions and deletions. A status whose deletion is already
// known is not brought.
func (r *reader) bring(ctx context.Context, out *outcome) error {
	var wanted []*vigiev1.Mention
	for i, m := range out.mentions {
		id := out.ids[i]
		if _, gone := r.deleted.Get(id); gone {
			continue
		}
		if err := r.ids.Add(ctx, id, strings.TrimPrefix(m.MentionId, sourceName+":")); err != nil {
			return err
		}
		wanted = append(wanted, m)
		if !slices.Contains(r.position.latest(), id) {
			r.position.keep(id)
		}
	}
	if len(wanted) > 0 {
		if err := r.within(ctx, func(ctx context.Context) error { return r.sink.Publish(ctx, wanted...) }); err != nil {
			return err
		}
	}
	return r.remove(ctx, out.deleted)
}

// within bounds the wait for acknowledgements.
func (r *reader) within(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, r.connector.timing.bus)
	defer cancel()
	return do(ctx)
}

// remove deletes what we brought of the statuses that are gone.
func (r *reader) remove(ctx context.Context, ids []string) error {
	for _, id := range ids {
		uris, err := r.ids.Values(ctx, id)
		if err != nil {
			return err
		}
		if len(uris) == 0 {
			continue // somebody else's post
		}
		if err := r.within(ctx, func(ctx context.Context) error { return r.sink.Delete(ctx, mentionID(uris[0])) }); err != nil {
			return err
		}
		if err := r.ids.Forget(ctx, id); err != nil {
			return err
		}
		r.position.drop(id)
	}
	return nil
}
