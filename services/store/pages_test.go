package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Nobody has taken it in charge, and nobody did so in the year 1970.
func TestATimeThatDidNotComeIsNone(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	for id, state := range map[string]vigiev1.PageState{"sent": vigiev1.PageState_PAGE_STATE_SENT, "failed": vigiev1.PageState_PAGE_STATE_FAILED} {
		_, err := b.Publish(t.Context(), bus.Outgoing{Subject: bus.Subject(bus.SubjectPage, id, "slack"), ID: id, Message: &vigiev1.Page{
			PageId: id, IncidentId: "zest@1", BrandId: "zest", Level: vigiev1.Level_LEVEL_CRISIS, State: state, ChangedTime: timestamppb.New(noon),
		}})
		require.NoError(t, err)
	}
	bustest.Settled(t, b, bus.StorePages)
	require.EqualValues(t, 2, value[uint64](t, conn, `SELECT count() FROM pages WHERE acked_time IS NULL`))
	require.EqualValues(t, 1, value[uint64](t, conn, `SELECT count() FROM pages WHERE page_id = 'failed' AND sent_time IS NULL`))
	require.EqualValues(t, 1, value[uint64](t, conn, `SELECT count() FROM pages WHERE page_id = 'sent' AND sent_time = '2026-03-04 12:00:00'`))
}
