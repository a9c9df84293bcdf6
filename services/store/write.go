package store

import (
	"context"
	"fmt"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// message is a pointer to a protobuf message of type T.
type message[T any] interface {
	*T
	proto.Message
}

// block is a batch on its way into one table: the outcome of each message, and
// the rows that came of those that could be read.
type block struct {
	outcomes  []error
	rows      [][]any
	ids       []string // mentions the messages are about
	revisions []uint64 // and their revisions
}

// read visits each message of a batch that can be decoded. What visit answers is
// its outcome.
func read[T any, P message[T]](batch []*bus.Message, visit func(b *block, m *bus.Message, value P) error) *block {
	b := &block{outcomes: make([]error, len(batch))}
	for i, m := range batch {
		value := P(new(T))
		if b.outcomes[i] = m.Decode(value); b.outcomes[i] == nil {
			b.outcomes[i] = visit(b, m, value)
		}
	}
	return b
}

// says notes which revision of a mention a message is about.
func (b *block) says(id string, revision uint64) {
	b.ids, b.revisions = append(b.ids, id), append(b.revisions, revision)
}

// again makes every message that is not dead come again.
func (s *service) again(b *block, table string, err error) []error {
	s.metrics.failures.WithLabelValues(table).Inc()
	bus.RetryRest(b.outcomes, retryDelay, err)
	return b.outcomes
}

// asTheyAre spares an insert the merging of its rows: who reads merges anyway.
var asTheyAre = clickhousego.Settings{"optimize_on_insert": 0}

// send inserts rows in one go.
func (s *service) send(ctx context.Context, insert string, rows [][]any) error {
	ctx, cancel := context.WithTimeout(ctx, insertWithin)
	defer cancel()
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(asTheyAre))
	batch, err := s.conn.PrepareBatch(ctx, insert)
	if err != nil {
		return fmt.Errorf("store: %.40s…: %w", insert, err)
	}
	defer batch.Close()
	for _, row := range rows {
		if err := batch.Append(row...); err != nil {
			return fmt.Errorf("store: %.40s…: %w", insert, err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("store: %.40s…: %w", insert, err)
	}
	return nil
}

// writeMentions writes each mention as it fits what is known of it. Of one that was
// gone before it came, incidents may show the words: its deletion is one to erase by.
func (s *service) writeMentions(ctx context.Context, batch []*bus.Message) []error {
	type taken struct {
		*vigiev1.ScoredMention
		at time.Time
	}
	scored := make([]taken, 0, len(batch))
	b := read(batch, func(b *block, message *bus.Message, value *vigiev1.ScoredMention) error {
		if err := checkScored(value); err != nil {
			return err
		}
		scored = append(scored, taken{value, message.Time})
		b.says(value.Mention.MentionId, value.Mention.Revision)
		return nil
	})
	return s.change(ctx, b, func(known map[string]heads) error {
		var gone, samples [][]any
		for _, value := range scored {
			m := value.Mention
			row, amended := known[m.MentionId].admit(value.ScoredMention, value.at)
			if amended != "" {
				s.metrics.amended.WithLabelValues(amended).Inc()
			}
			switch amended {
			case amendedDeleted:
				gone = append(gone, []any{m.MentionId, m.Source, time.Now()})
				continue
			case amendedOutdated:
				row.IsDeleted = 1
			default:
				b.rows = append(b.rows, mentionRow(value.ScoredMention, row))
			}
			known[m.MentionId] = append(known[m.MentionId], row)
			if m.Origin != vigiev1.Origin_ORIGIN_IMPORTED { // whose figures are of long after
				samples = append(samples, sampleRow(value.ScoredMention, value.at))
			}
		}
		if err := s.write(ctx, tableSamples, samples); err != nil {
			return err
		}
		return s.write(ctx, tableDeletions, gone)
	})
}

// writeDeletions remembers what is gone, and hides it. Sources tell of the end of
// every post there is: one that never came here leaves no more than its head.
func (s *service) writeDeletions(ctx context.Context, batch []*bus.Message) []error {
	var said []*vigiev1.Deletion
	b := read(batch, func(b *block, _ *bus.Message, d *vigiev1.Deletion) error {
		said = append(said, d)
		b.says(d.MentionId, goneRevision)
		return nil
	})
	return s.change(ctx, b, func(known map[string]heads) error {
		var held, strange [][]any
		for _, d := range said {
			if _, came := known[d.MentionId].first(""); came {
				held = append(held, []any{d.MentionId, d.Source, moment(d.DeletedTime)})
			} else {
				strange = append(strange, []any{d.MentionId, uint64(goneRevision), uint8(1)})
			}
		}
		if err := s.write(ctx, tableHeads, strange); err != nil {
			return err
		}
		return s.write(ctx, tableDeletions, held)
	})
}

// writeDrops remembers revisions that concern no brand, and hides those before.
// Below revision 0 there is none.
func (s *service) writeDrops(ctx context.Context, batch []*bus.Message) []error {
	var rows [][]any
	b := read(batch, func(b *block, _ *bus.Message, d *vigiev1.Drop) error {
		if d.Revision > 0 {
			rows = append(rows, []any{d.MentionId, d.Revision, uint8(1)})
			b.says(d.MentionId, d.Revision)
		}
		return nil
	})
	return s.change(ctx, b, func(map[string]heads) error { return s.write(ctx, tableHeads, rows) })
}

// change writes what a batch says of mentions: first what remember does, then the
// block's rows, and tombstones over what they make obsolete, in one insert. One
// change at a time: what is known must not change between question and answer.
func (s *service) change(ctx context.Context, b *block, remember func(known map[string]heads) error) []error {
	s.changing.Lock()
	defer s.changing.Unlock()
	known, err := s.heads(ctx, b.ids)
	if err != nil {
		return s.again(b, tableMentions, err)
	}
	for i, id := range b.ids {
		supersede(known, id, b.revisions[i])
	}
	if err := remember(known); err != nil {
		return s.again(b, tableMentions, err)
	}
	b.rows = append(b.rows, tombstones(known)...)
	return s.done(ctx, tableMentions, b)
}

func (s *service) writeIncidents(ctx context.Context, batch []*bus.Message) []error {
	return s.done(ctx, tableIncidents, read(batch, func(b *block, _ *bus.Message, in *vigiev1.Incident) error {
		row, err := incidentRow(in)
		if err == nil {
			b.rows = append(b.rows, row)
		}
		return err
	}))
}

func (s *service) writePages(ctx context.Context, batch []*bus.Message) []error {
	return s.done(ctx, tablePages, read(batch, func(b *block, _ *bus.Message, p *vigiev1.Page) error {
		row, err := pageRow(p)
		if err == nil {
			b.rows = append(b.rows, row)
		}
		return err
	}))
}

func (s *service) writeVerdicts(ctx context.Context, batch []*bus.Message) []error {
	return s.done(ctx, tableVerdicts, read(batch, func(b *block, _ *bus.Message, v *vigiev1.Verdict) error {
		row, err := verdictRow(v)
		if err == nil {
			b.rows = append(b.rows, row)
		}
		return err
	}))
}

// done writes a block. Every message that could be read shares the outcome: done,
// or again later.
func (s *service) done(ctx context.Context, table string, b *block) []error {
	if err := s.write(ctx, table, b.rows); err != nil {
		return s.again(b, table, err)
	}
	return b.outcomes
}

// write inserts rows, if there are any, and counts them.
func (s *service) write(ctx context.Context, table string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	start := time.Now()
	if err := s.send(ctx, insertInto[table], rows); err != nil {
		return err
	}
	s.metrics.rows.WithLabelValues(table).Add(float64(len(rows)))
	s.metrics.seconds.WithLabelValues(table).Observe(time.Since(start).Seconds())
	return nil
}
