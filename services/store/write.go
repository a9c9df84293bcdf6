package store

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

func (s *service) writeMentions(ctx context.Context, batch []*bus.Message) []error {
	return write(ctx, s, tableMentions, batch, mentionRow)
}

func (s *service) writeIncidents(ctx context.Context, batch []*bus.Message) []error {
	return write(ctx, s, tableIncidents, batch, incidentRow)
}

func (s *service) writePages(ctx context.Context, batch []*bus.Message) []error {
	return write(ctx, s, tablePages, batch, pageRow)
}

// message is a pointer to a protobuf message of type T.
type message[T any] interface {
	*T
	proto.Message
}

// write turns each message into a row and inserts them together.
func write[T any, P message[T]](ctx context.Context, s *service, table string, batch []*bus.Message, row func(P) ([]any, error)) []error {
	outcomes := make([]error, len(batch))
	rows := make([][]any, 0, len(batch))
	owner := make([]int, 0, len(batch))
	for i, m := range batch {
		value := P(new(T))
		if outcomes[i] = m.Decode(value); outcomes[i] != nil {
			continue
		}
		cells, err := row(value)
		if err != nil {
			outcomes[i] = err
			continue
		}
		rows, owner = append(rows, cells), append(owner, i)
	}
	return s.insert(ctx, table, outcomes, rows, owner)
}

// writeDeletions remembers what is gone, then hides it.
func (s *service) writeDeletions(ctx context.Context, batch []*bus.Message) []error {
	var ids []string
	outcomes := write(ctx, s, tableDeletions, batch, func(d *vigiev1.Deletion) ([]any, error) {
		ids = append(ids, d.MentionId)
		return []any{d.MentionId, d.Source, moment(d.DeletedTime)}, nil
	})
	if err := s.hide(ctx, ids); err != nil {
		for i := range outcomes {
			if outcomes[i] == nil {
				outcomes[i] = bus.Retry(retryDelay, err)
			}
		}
	}
	return outcomes
}
