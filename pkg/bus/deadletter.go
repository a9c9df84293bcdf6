package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Reason says why something was refused; the set is closed, so that it can be
// counted.
type Reason string

// Reasons of dead letters; Meaning says what each is.
const (
	ReasonUndecodable   Reason = "undecodable"
	ReasonInvalid       Reason = "invalid"
	ReasonPanic         Reason = "panic"
	ReasonTruncated     Reason = "truncated"
	ReasonMalformed     Reason = "malformed"
	ReasonTooLarge      Reason = "too_large"
	ReasonInvalidUTF8   Reason = "invalid_utf8"
	ReasonNoID          Reason = "no_id"
	ReasonNoText        Reason = "no_text"
	ReasonBadTime       Reason = "bad_time"
	ReasonRefused       Reason = "refused"
	ReasonRedirectLoop  Reason = "redirect_loop"
	ReasonUnknownSource Reason = "unknown_source"
)

// Reasons lists them all, for metrics made before anything happens.
var Reasons = []Reason{
	ReasonUndecodable, ReasonInvalid, ReasonPanic, ReasonTruncated, ReasonMalformed, ReasonTooLarge,
	ReasonInvalidUTF8, ReasonNoID, ReasonNoText, ReasonBadTime, ReasonRefused, ReasonRedirectLoop, ReasonUnknownSource,
}

// OldestYear is the first that a mention can be of: before it there were no sources.
const OldestYear = 1995

var meanings = map[Reason]string{
	ReasonUndecodable:   "bytes that are no message of ours",
	ReasonInvalid:       "a message that breaks its contract",
	ReasonPanic:         "it made its handler fall",
	ReasonTruncated:     "a line or document cut in its middle",
	ReasonMalformed:     "not the format it claims to be",
	ReasonTooLarge:      "beyond the size limit",
	ReasonInvalidUTF8:   "text that could not be read as text",
	ReasonNoID:          "nothing to know it by",
	ReasonNoText:        "nothing was said",
	ReasonBadTime:       fmt.Sprintf("no date, or one before %d or in the future", OldestYear),
	ReasonRefused:       "the outer world refused it for good",
	ReasonRedirectLoop:  "a chain of redirects without end",
	ReasonUnknownSource: "a source nobody configured",
}

// Meaning says in words what a reason is, "" for what is no reason.
func (r Reason) Meaning() string { return meanings[r] }

const (
	headerReason  = "Vigie-Reason"
	headerError   = "Vigie-Error"
	headerSubject = "Vigie-Subject"
	headerSize    = "Vigie-Size"
	headerPlace   = "Vigie-Place"
	headerImport  = "Vigie-Import"

	// maxDeadPayload is how much of a dead letter's bytes are kept.
	maxDeadPayload = 256 << 10
	maxDeadError   = 2 << 10
)

// ErrNoDeadLetter means that no dead letter has this sequence.
var ErrNoDeadLetter = errors.New("there is no such dead letter: it was replayed, or is older than retention.streams")

// ErrNotReplayable means that a dead letter never was on the bus, or was cut:
// there is nothing to send again.
var ErrNotReplayable = errors.New("not replayable")

// DeadLetter is a message kept because it could not be handled.
type DeadLetter struct {
	Sequence uint64    `json:"sequence"`
	Time     time.Time `json:"time"`
	From     string    `json:"from"`                // <stream>.<consumer>, or ingest.<source>
	Place    string    `json:"place,omitempty"`     // file:line, or the page it was read on
	ImportID string    `json:"import_id,omitempty"` // the import that read it
	Reason   Reason    `json:"reason"`
	Error    string    `json:"error"`
	Subject  string    `json:"subject,omitempty"` // where it was; empty for bytes that never became a message
	Size     int       `json:"size_bytes"`        // before it was cut to what is kept
	Payload  []byte    `json:"payload"`
}

// Replayable says whether it was on the bus and is whole, so that it can be sent
// again. What a source or a file gave was never on it.
func (d DeadLetter) Replayable() bool { return d.Subject != "" && d.Size <= len(d.Payload) }

func (b *Bus) bury(ctx context.Context, consumer Consumer, m *Message, fault *PermanentError) error {
	id := fmt.Sprintf("dead:%s:%s:%d", consumer.Stream, consumer.Durable, m.Sequence)
	msg := nats.NewMsg(Subject(SubjectDeadletter, consumer.Stream, consumer.Durable))
	msg.Header.Set(headerSubject, m.Subject)
	return b.deadletter(ctx, msg, id, fault, m.Data)
}

// Refusal is bytes from outside that could not become a mention.
type Refusal struct {
	Source   string // who brought them
	ID       string // makes the same bytes count once
	Place    string // where a person finds them: file:line, or the page
	ImportID string // of an import
	Reason   Reason
	Err      error
	Payload  []byte
}

// Refuse keeps what the outside brought and could not be read.
func (b *Bus) Refuse(ctx context.Context, r Refusal) error {
	msg := nats.NewMsg(Subject(SubjectDeadletter, "ingest", r.Source))
	msg.Header.Set(headerPlace, headerText(r.Place))
	msg.Header.Set(headerImport, r.ImportID)
	return b.deadletter(ctx, msg, "dead:ingest:"+r.Source+":"+r.ID, &PermanentError{Reason: r.Reason, Err: r.Err}, r.Payload)
}

func (b *Bus) deadletter(ctx context.Context, msg *nats.Msg, id string, fault *PermanentError, payload []byte) error {
	msg.Header.Set(headerReason, string(fault.Reason))
	msg.Header.Set(headerError, headerText(fault.Err.Error()))
	msg.Header.Set(headerSize, strconv.Itoa(len(payload)))
	msg.Data = payload[:min(len(payload), maxDeadPayload)]
	if err := b.publishRaw(ctx, msg, id); err != nil {
		return err
	}
	b.metrics.dead(fault.Reason)
	b.logger.Debug("bus: dead letter", "subject", msg.Subject, "reason", fault.Reason, "err", fault.Err)
	return nil
}

// DeadLetters visits the dead letters, oldest first, until visit answers false.
func (b *Bus) DeadLetters(ctx context.Context, visit func(DeadLetter) bool) error {
	stream, err := b.js.Stream(ctx, StreamDeadletter)
	if err != nil {
		return fmt.Errorf("bus: stream %s: %w", StreamDeadletter, err)
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("bus: stream %s: %w", StreamDeadletter, err)
	}
	for seq := info.State.FirstSeq; seq > 0 && seq <= info.State.LastSeq; seq++ {
		raw, err := stream.GetMsg(ctx, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("bus: dead letter %d: %w", seq, err)
		}
		if !visit(newDeadLetter(raw)) {
			return nil
		}
	}
	return nil
}

// Replay sends a dead letter back to where it was, then forgets it.
func (b *Bus) Replay(ctx context.Context, sequence uint64) error {
	stream, err := b.js.Stream(ctx, StreamDeadletter)
	if err != nil {
		return fmt.Errorf("bus: stream %s: %w", StreamDeadletter, err)
	}
	raw, err := stream.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("bus: dead letter %d: %w", sequence, ErrNoDeadLetter)
	}
	if err != nil {
		return fmt.Errorf("bus: dead letter %d: %w", sequence, err)
	}
	letter := newDeadLetter(raw)
	if !letter.Replayable() {
		return fmt.Errorf("bus: dead letter %d (%s): correct it at its source, then import it: %w", sequence, letter.Reason, ErrNotReplayable)
	}
	id := fmt.Sprintf("replay:%d:%d", sequence, letter.Time.UnixNano())
	if err := b.publishRaw(ctx, &nats.Msg{Subject: letter.Subject, Data: letter.Payload}, id); err != nil {
		return err
	}
	if err := stream.DeleteMsg(ctx, sequence); err != nil {
		return fmt.Errorf("bus: forget dead letter %d: %w", sequence, err)
	}
	return nil
}

func newDeadLetter(raw *jetstream.RawStreamMsg) DeadLetter {
	size, err := strconv.Atoi(raw.Header.Get(headerSize))
	if err != nil {
		size = len(raw.Data)
	}
	return DeadLetter{
		Sequence: raw.Sequence,
		Time:     raw.Time,
		From:     raw.Subject[min(len(SubjectDeadletter)+1, len(raw.Subject)):],
		Place:    raw.Header.Get(headerPlace),
		ImportID: raw.Header.Get(headerImport),
		Reason:   Reason(raw.Header.Get(headerReason)),
		Error:    raw.Header.Get(headerError),
		Subject:  raw.Header.Get(headerSubject),
		Size:     size,
		Payload:  raw.Data,
	}
}

// headerText makes a text fit for a header: one line, bounded.
func headerText(s string) string {
	out := make([]rune, 0, min(len(s), maxDeadError))
	for _, r := range s {
		if len(out) == maxDeadError {
			break
		}
		if r < ' ' {
			r = ' '
		}
		out = append(out, r)
	}
	return string(out)
}
