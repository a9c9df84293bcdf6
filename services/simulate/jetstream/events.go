package jetstream

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

const postCollection = "app.bsky.feed.post"

// event is one line of the feed.
type event struct {
	timeUS     int64
	collection string // of a commit; empty for what everyone receives
	did        string
	body       map[string]any
	frame      []byte // body as it goes over the wire, once its time is known
}

// stamp gives an event its time, and so its bytes.
func (e *event) stamp(timeUS int64) {
	e.timeUS = timeUS
	e.body["did"], e.body["time_us"] = e.did, timeUS
	frame, err := json.Marshal(e.body)
	if err != nil {
		panic(fmt.Sprintf("simulate/jetstream: an event that cannot be JSON: %v", err)) // a record of a test's making
	}
	e.frame, e.body = frame, nil
}

// reference is where a record stands.
type reference struct{ did, rkey, rev string }

func (r reference) uri() string { return "at://" + r.did + "/" + postCollection + "/" + r.rkey }

// strong is a reference that also names the version.
func (r reference) strong() map[string]any {
	return map[string]any{"uri": r.uri(), "cid": cid(r.uri() + r.rev)}
}

func commitEvent(ref reference, operation string, record map[string]any) event {
	commit := map[string]any{
		"rev": ref.rev, "operation": operation, "collection": postCollection, "rkey": ref.rkey,
	}
	if record != nil {
		commit["record"], commit["cid"] = record, cid(ref.uri()+ref.rev)
	}
	return event{did: ref.did, collection: postCollection, body: map[string]any{"kind": "commit", "commit": commit}}
}

func identityEvent(did, handle string, at time.Time) event {
	return event{did: did, body: map[string]any{"kind": "identity", "identity": map[string]any{
		"did": did, "handle": handle, "seq": at.UnixMilli(), "time": at.UTC().Format(time.RFC3339Nano),
	}}}
}

func accountEvent(did, status string, at time.Time) event {
	account := map[string]any{"active": status == "", "did": did, "seq": at.UnixMilli(), "time": at.UTC().Format(time.RFC3339Nano)}
	if status != "" {
		account["status"] = status
	}
	return event{did: did, body: map[string]any{"kind": "account", "account": account}}
}

// refer finds where a post stands, or gives it a place.
func (s *Server) refer(post world.Post) reference {
	if ref, known := s.posts[post.Number]; known {
		return ref
	}
	key := tid(post.Time, post.Number)
	ref := reference{did: s.introduce(post.Author), rkey: key, rev: key}
	if len(s.posts) >= maxEvents {
		clear(s.posts) // old conversations lose their thread, no more
	}
	s.posts[post.Number] = ref
	return ref
}

// record is a post as its author's client writes it.
func (s *Server) record(post world.Post) map[string]any {
	record := map[string]any{
		"$type":     postCollection,
		"text":      post.Text,
		"createdAt": post.Time.UTC().Format("2006-01-02T15:04:05.000Z"),
		"langs":     []string{post.Language},
	}
	if facets := s.facets(post); len(facets) > 0 {
		record["facets"] = facets
	}
	if parent, known := s.posts[post.ReplyTo]; known {
		root := parent
		if first, known := s.posts[post.Thread]; known {
			root = first
		}
		record["reply"] = map[string]any{"root": root.strong(), "parent": parent.strong()}
	}
	if shared, known := s.posts[post.ShareOf]; known {
		record["embed"] = map[string]any{"$type": "app.bsky.embed.record", "record": shared.strong()}
	}
	return record
}

// facets mark the hashtags and the known handles in a text, by bytes.
func (s *Server) facets(post world.Post) []map[string]any {
	var facets []map[string]any
	mark := func(words string, feature map[string]any) {
		if start := strings.Index(post.Text, words); start >= 0 {
			facets = append(facets, map[string]any{
				"$type":    "app.bsky.richtext.facet",
				"index":    map[string]any{"byteStart": start, "byteEnd": start + len(words)},
				"features": []map[string]any{feature},
			})
		}
	}
	for _, tag := range post.Hashtags {
		mark("#"+tag, map[string]any{"$type": "app.bsky.richtext.facet#tag", "tag": tag})
	}
	for word := range strings.FieldsSeq(post.Text) {
		if name, marked := strings.CutPrefix(word, "@"); marked {
			if did, known := s.didOf(name); known {
				mark(word, map[string]any{"$type": "app.bsky.richtext.facet#mention", "did": did})
			}
		}
	}
	return facets
}

// tid writes a moment as atproto's record keys do: 53 bits of microseconds and
// 10 bits to tell apart what was made in the same one.
func tid(at time.Time, clock int64) string {
	const digits = "234567abcdefghijklmnopqrstuvwxyz"
	bits := uint64(at.UnixMicro())<<10 | uint64(clock)&0x3ff
	var key [13]byte
	for i := len(key) - 1; i >= 0; i-- {
		key[i] = digits[bits&31]
		bits >>= 5
	}
	return string(key[:])
}

// cid is a made-up content address.
func cid(content string) string { return "bafyrei" + digest(content, 32) }

func digest(content string, bytes int) string {
	sum := sha256.Sum256([]byte(content))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:bytes]))
}
