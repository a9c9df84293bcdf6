package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// A crisis, says Léa at three; at noon she knows that it was nothing. Max calls another an
// alert. The last verdict counts, in whatever order they come and however often.
func TestTheLastVerdictCounts(t *testing.T) {
	t.Parallel()
	b, conn := start(t)
	const crisis, alert, none = vigiev1.VerdictLevel_VERDICT_LEVEL_CRISIS, vigiev1.VerdictLevel_VERDICT_LEVEL_ALERT, vigiev1.VerdictLevel_VERDICT_LEVEL_NONE
	say := func(n int, incident string, level vigiev1.VerdictLevel, by string, at time.Time) {
		t.Helper()
		_, err := b.Publish(t.Context(), bus.Outgoing{
			Subject: bus.Subject(bus.SubjectVerdict, "x"), ID: fmt.Sprint(n),
			Message: &vigiev1.Verdict{IncidentId: incident, Level: level, PersonId: by, SaidBy: "Mme " + by, SaidTime: timestamppb.New(at)},
		})
		require.NoError(t, err)
	}
	for n := range 3 {
		say(10*n, "zest@1", none, "lea", noon)
		say(10*n+1, "zest@1", crisis, "lea", noon.Add(-9*time.Hour))
		say(10*n+2, "zest@2", alert, "max", noon)
	}
	say(100, "", none, "lea", noon)
	say(101, "zest@3", vigiev1.VerdictLevel_VERDICT_LEVEL_UNSPECIFIED, "lea", noon)
	say(102, "zest@3", 77, "lea", noon)
	bustest.Settled(t, b, bus.StoreVerdicts)

	require.EqualValues(t, 2, value[uint64](t, conn, `SELECT count() FROM verdicts`))
	require.EqualValues(t, 1, value[uint64](t, conn, `SELECT count() FROM verdicts
		WHERE incident_id = 'zest@1' AND level = 'none' AND person_id = 'lea' AND said_by = 'Mme lea' AND said_time = '2026-03-04 12:00:00'`))
	require.EqualValues(t, 1, value[uint64](t, conn, `SELECT count() FROM verdicts WHERE incident_id = 'zest@2' AND level = 'alert'`))
	require.Len(t, bustest.DeadLetters(t, b), 3, "what is no verdict is kept aside")
}
