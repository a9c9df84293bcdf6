package history_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest/internal/history"
)

func TestAWholeRecord(t *testing.T) {
	t.Parallel()
	m, err := history.NDJSON([]byte(`{"source":"forum","id":"42","page":"p","kind":"review","url":"u","title":"t","text":"x",
		"language":"fr","author_id":"7","author":"ana","author_name":"Ana","followers":12,"published_time":"2026-03-04T12:00:00+01:00",
		"edited_time":"2026-03-04T12:00:10Z","likes":1,"shares":2,"replies":3}`))
	require.NoError(t, err)
	require.Equal(t, "forum:42", m.MentionId)
	require.Equal(t, vigiev1.Kind_KIND_REVIEW, m.Kind)
	require.Equal(t, "2026-03-04 11:00:00 +0000 UTC", m.PublishedTime.AsTime().String())
	require.Equal(t, uint64(1772625610)<<32|6, m.Revision, "the edit first, then the engagement")
}

func TestReasons(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bus.Reason{
		`{"source":"f","id":"1"`: bus.ReasonTruncated,
		`{"source":"f"}`:         bus.ReasonNoID,
		`[]`:                     bus.ReasonMalformed,
		`{"source":"f","id":"1","published_time":"hier"}`: bus.ReasonBadTime,
		`{"source":"f","id":"1","kind":"song"}`:           bus.ReasonMalformed,
		"{\"source\":\"\xff\"}":                           bus.ReasonInvalidUTF8,
	} {
		_, err := history.NDJSON([]byte(line))
		var permanent *bus.PermanentError
		require.ErrorAs(t, err, &permanent, line)
		require.Equal(t, want, permanent.Reason, line)
	}
}

func TestAnErrorOfTheVisitorEndsTheReading(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	var seen int
	err := history.Lines(strings.NewReader("{}\n{}\n"), history.NDJSON, func(history.Record) error {
		seen++
		return stop
	})
	require.ErrorIs(t, err, stop)
	require.Equal(t, 1, seen)
}

func TestACSVWithAnUnknownColumnIsRefused(t *testing.T) {
	t.Parallel()
	err := history.CSV(strings.NewReader("source,id,txt\n"), func(history.Record) error { return nil })
	require.ErrorContains(t, err, `unknown column "txt"`)
}

// Whatever the bytes, each record is a mention or has a reason, and none is lost.
func FuzzLines(f *testing.F) {
	f.Add([]byte("{\"source\":\"f\",\"id\":\"1\",\"published_time\":\"2026-03-04T12:00:00Z\"}\n\n\xff\n{"))
	f.Add([]byte("source,id,text,published_time\nf,1,\"x\ny\",2026-03-04T12:00:00Z\nf"))
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(r history.Record) error {
			if (r.Mention == nil) == (r.Err == nil) || (r.Err != nil) != (r.Reason != "") {
				t.Fatalf("neither a mention nor refused: %+v", r)
			}
			return nil
		}
		if err := history.Lines(strings.NewReader(string(data)), history.NDJSON, check); err != nil {
			t.Fatal(err)
		}
		_ = history.CSV(strings.NewReader(string(data)), check)
	})
}
