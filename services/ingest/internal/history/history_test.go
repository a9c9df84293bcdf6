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
		`{"source":"f","id":42}`:                          bus.ReasonMalformed,
		"{\"source\":\"\xff\"}":                           bus.ReasonInvalidUTF8,
	} {
		_, err := history.NDJSON([]byte(line))
		var permanent *bus.PermanentError
		require.ErrorAs(t, err, &permanent, line)
		require.Equal(t, want, permanent.Reason, line)
	}
}

// What is wrong with a line is said in the words of the format, not of a library.
func TestFaultsAreSaidInWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{"source":"f","id":42}`:              `id must be text in quotes, such as "42"`,
		`{"source":"f","id":"1","likes":"3"}`: "likes must be a whole number from 0, without quotes, and is: string",
		`{"source":"f","id":"1","likes":-3}`:  "likes must be a whole number from 0, without quotes, and is: number -3",
		`[]`:                                  "the line is no post between braces",
		`{"sauce":"f"}`:                       `unknown key "sauce"; the keys are source, id`,
		`{source:"f"}`:                        "the line is not JSON from byte 2 on",
	} {
		_, err := history.NDJSON([]byte(line))
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "Go ")
	}
}

// Spreadsheets separate by what their country leaves free, and mark their text as
// UTF-8; a refused record is told by the line it begins on.
func TestACSVOfASpreadsheet(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"comma":     "source,id,text,published_time\n\nf,1,\"a;b\n,c\",2026-03-04T12:00:00Z\nf,2,x,hier\nf,3,y,2026-03-04T12:00:00Z\n",
		"semicolon": "\ufeffsource;id;text;published_time\r\n\r\nf;1;\"a;b\n,c\";2026-03-04T12:00:00Z\r\nf;2;x;hier\r\nf;3;y;2026-03-04T12:00:00Z\r\n",
		"quoted":    "\ufeff\"source\";\"id\";\"text\";\"published_time\"\n\n\"f\";\"1\";\"a;b\n,c\";\"2026-03-04T12:00:00Z\"\nf;2;x;hier\nf;3;y;2026-03-04T12:00:00Z\n",
		"tab":       "source\tid\ttext\tpublished_time\n\nf\t1\t\"a;b\n,c\"\t2026-03-04T12:00:00Z\nf\t2\tx\thier\nf\t3\ty\t2026-03-04T12:00:00Z\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lines []int
			var texts []string
			require.NoError(t, history.CSV(strings.NewReader(file), func(r history.Record) error {
				lines = append(lines, r.Line)
				if r.Err == nil {
					texts = append(texts, r.Mention.Text)
				} else {
					require.Equal(t, bus.ReasonBadTime, r.Reason)
				}
				return nil
			}))
			require.Equal(t, []int{3, 5, 6}, lines)
			require.Equal(t, []string{"a;b\n,c", "y"}, texts)
		})
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

// A quote that nobody closed costs its own record, whatever comes after it; cells
// with line ends in them are read whole.
func TestAnOpenQuoteCostsItsOwnRecord(t *testing.T) {
	t.Parallel()
	const header = "source,id,text,published_time\n"
	good := func(id, text string) string { return "forum," + id + "," + text + ",2026-03-04T12:00:00Z\n" }
	for name, c := range map[string]struct {
		file    string
		ids     []string
		reasons []bus.Reason
	}{
		"cells with line ends":          {good("1", "\"a\n\nb, \"\"c\"\"\n\"") + good("2", "x"), []string{"1", "2"}, nil},
		"a quote never closed":          {good("1", "a") + good("2", "\"b") + good("3", "c") + good("4", "d"), []string{"1", "3", "4"}, []bus.Reason{bus.ReasonMalformed}},
		"a quote closed by another's":   {good("1", "\"b") + good("2", "\"c, d\"") + good("3", "e"), []string{"2", "3"}, []bus.Reason{bus.ReasonMalformed}},
		"over lines that are no record": {good("1", "\"b\nhello\n") + good("2", "c"), []string{"2"}, []bus.Reason{bus.ReasonMalformed}},
		"at the end":                    {good("1", "a") + "forum,2,\"b", []string{"1"}, []bus.Reason{bus.ReasonTruncated}},
		"too few cells":                 {"forum,1\n" + good("2", "a"), []string{"2"}, []bus.Reason{bus.ReasonMalformed}},
		"a quote within a cell":         {good("1", "a \"b\" c") + good("2", "a"), []string{"2"}, []bus.Reason{bus.ReasonMalformed}},
		"no end in sight":               {good("1", "a") + "forum,2,\"" + strings.Repeat(strings.Repeat("b", 1<<10)+"\n", 5<<10) + good("3", "c"), []string{"1", "3"}, nil},
		"a line without end":            {good("1", "a") + "forum,2," + strings.Repeat("b", 9<<20) + "\n" + good("3", "c"), []string{"1", "3"}, []bus.Reason{bus.ReasonTooLarge}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ids []string
			var reasons []bus.Reason
			require.NoError(t, history.CSV(strings.NewReader(header+c.file), func(r history.Record) error {
				require.LessOrEqual(t, len(r.Raw), 4<<20, "memory is bounded")
				if r.Err != nil {
					reasons = append(reasons, r.Reason)
					return nil
				}
				ids = append(ids, strings.TrimPrefix(r.Mention.MentionId, "forum:"))
				return nil
			}))
			require.Equal(t, c.ids, ids)
			if c.reasons != nil {
				require.Equal(t, c.reasons, reasons)
			}
		})
	}
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
