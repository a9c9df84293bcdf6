package bluesky

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
)

const postCollection = "app.bsky.feed.post"

// event is one line of the feed.
type event struct {
	DID     string   `json:"did"`
	TimeUS  int64    `json:"time_us"`
	Kind    string   `json:"kind"`
	Commit  *commit  `json:"commit"`
	Handle  *handle  `json:"identity"`
	Account *account `json:"account"`
}

type commit struct {
	Revision   string          `json:"rev"`
	Operation  string          `json:"operation"`
	Collection string          `json:"collection"`
	Key        string          `json:"rkey"`
	CID        string          `json:"cid"`
	Record     json.RawMessage `json:"record"`
}

type handle struct {
	Handle string `json:"handle"`
}

type account struct {
	Active bool   `json:"active"`
	Status string `json:"status"`
}

// invalidError is a frame that cannot be an event.
type invalidError struct {
	reason bus.Reason
	err    error
}

func (e *invalidError) Error() string { return "bluesky: " + e.err.Error() }
func (e *invalidError) Unwrap() error { return e.err }

var (
	didRule = regexp.MustCompile(`^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,500}$`)
	keyRule = regexp.MustCompile(`^[A-Za-z0-9._:~-]{1,512}$`)
)

// decode reads a frame. Kinds and collections it does not know are no fault: the
// network may grow new ones.
func decode(data []byte, now time.Time) (*event, error) {
	var e event
	if err := json.Unmarshal(data, &e); err != nil {
		var end *json.SyntaxError
		if errors.As(err, &end) && end.Offset >= int64(len(data)) {
			return nil, &invalidError{bus.ReasonTruncated, fmt.Errorf("a frame that ends in its middle: %w", err)}
		}
		return nil, &invalidError{bus.ReasonMalformed, fmt.Errorf("a frame that is no event: %w", err)}
	}
	switch {
	case !didRule.MatchString(e.DID):
		return nil, &invalidError{bus.ReasonNoID, fmt.Errorf("an event of %q, which is no DID", e.DID)}
	case e.TimeUS < opening.UnixMicro() || e.TimeUS > now.Add(maxAhead).UnixMicro():
		return nil, &invalidError{bus.ReasonBadTime, fmt.Errorf("an event with the time %d µs", e.TimeUS)}
	case e.Kind == "commit" && e.Commit == nil, e.Kind == "identity" && e.Handle == nil, e.Kind == "account" && e.Account == nil:
		return nil, &invalidError{bus.ReasonMalformed, fmt.Errorf("an event of kind %q without its part", e.Kind)}
	case e.isPost() && !keyRule.MatchString(e.Commit.Key):
		return nil, &invalidError{bus.ReasonNoID, fmt.Errorf("a post with the key %q", e.Commit.Key)}
	}
	return &e, nil
}

func (e *event) isPost() bool {
	return e.Kind == "commit" && e.Commit.Collection == postCollection
}

// time is when the feed saw the event.
func (e *event) time() time.Time { return time.UnixMicro(e.TimeUS).UTC() }

// uri is the address of a post, which is its native id.
func (e *event) uri() string { return postURI(e.DID, e.Commit.Key) }

func postURI(did, key string) string { return "at://" + did + "/" + postCollection + "/" + key }

func mentionID(uri string) string { return sourceName + ":" + uri }

// ends says whether an account's posts are to be removed. Suspended and
// deactivated accounts may come back, with their posts.
func (e *event) ends() bool {
	return e.Kind == "account" && !e.Account.Active && (e.Account.Status == "deleted" || e.Account.Status == "takendown")
}
