package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/ingest"
)

// vigie runs a command line in this process.
func vigie(args ...string) (out string, begun bool, err error) {
	cmd := root()
	onBegin(cmd, func() { begun = true })
	var b bytes.Buffer
	cmd.SetOut(&b)
	cmd.SetErr(&b)
	cmd.SetArgs(args)
	err = cmd.Execute()
	return b.String(), begun, err
}

// Whoever types --help learns what a command does, how it is typed, and what its
// exit codes mean.
func TestEveryCommandTeachesItself(t *testing.T) {
	t.Parallel()
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if !cmd.HasSubCommands() {
			require.NotEmpty(t, cmd.Long, cmd.CommandPath())
			require.Contains(t, cmd.Example, cmd.CommandPath())
		}
		require.Contains(t, cmd.UsageString(), "Exit codes:", cmd.CommandPath())
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(root())
	help, _, err := vigie("--help")
	require.NoError(t, err)
	for _, everyday := range []string{"vigie up", "config check", "export weekly", "import --format", "deadletter list", "VIGIE_CONFIG"} {
		require.Contains(t, help, everyday)
	}
}

func TestAWrongCommandLineIsExplainedAndDoesNothing(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"exprt":                         "did you mean export?",
		"export weekl":                  "did you mean weekly?",
		"frobnicate":                    "see `vigie --help`",
		"export weekly --week 2026-W46": `"brand" not set`,
		"sql":                           "`vigie sql` needs a query, in quotes",
		"sql SELECT 1":                  "takes a query, in quotes, and nothing after it",
		"import --format csv":           "`vigie import` needs a file to read",
		"up --nope":                     "unknown flag",
		"deadletter replay":             "`vigie deadletter replay` needs a sequence",
	} {
		_, begun, err := vigie(strings.Fields(line)...)
		require.ErrorContains(t, err, want, line)
		require.False(t, begun, line)
	}
	for line, want := range map[string]string{
		"deadletter list --reason lost": "truncated",
		"deadletter replay first":       "vigie deadletter list",
	} {
		_, _, err := vigie(strings.Fields(line)...)
		require.ErrorAs(t, err, &usageError{}, line)
		require.ErrorContains(t, err, want, line)
	}
}

// What an import could not read is told with the file and line it stands in, also
// by a second import, which keeps nothing anew.
func TestWhatAnImportCouldNotReadIsFound(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	folder := t.TempDir()
	posts, path := filepath.Join(folder, "posts.csv"), filepath.Join(folder, "vigie.yaml")
	require.NoError(t, os.WriteFile(posts, []byte("source;id;text;published_time\nf;1;zest;hier\n\nf;;zest;2026-03-04T12:00:00Z\n"), 0o600))
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, "brands: [{id: zest, name: Zest, query: zest}]\nnats: {url: %q}\n", b.JetStream().Conn().ConnectedUrl()), 0o600))
	cfg, err := config.Load(path, nil)
	require.NoError(t, err)
	for range 2 {
		summary, err := ingest.Import{Config: cfg, Bus: b, Logger: slog.New(slog.DiscardHandler), Format: "csv", Paths: []string{posts}}.Run(t.Context())
		require.ErrorContains(t, err, "no record could be read")
		said, command, found := strings.Cut(unread(summary), ": vigie ")
		require.True(t, found)
		require.Equal(t, "2 of 2 records were not read", said)
		out, _, err := vigie(append(strings.Fields(command), "--config", path)...)
		require.NoError(t, err)
		require.Equal(t, 2, strings.Count(out, "\n"), out)
		require.Contains(t, out, "posts.csv:2\"")
		require.Contains(t, out, "posts.csv:4\"")
	}
	out, _, err := vigie("deadletter", "list", "--import", "another", "--config", path)
	require.NoError(t, err)
	require.Empty(t, out)
}

func TestADeadLetterIsReadable(t *testing.T) {
	t.Parallel()
	mention, err := proto.Marshal(&vigiev1.Mention{MentionId: "rss:1", Text: "déçu de <Zestaline>"})
	require.NoError(t, err)
	letter := bus.DeadLetter{
		Sequence: 7, Time: time.Unix(0, 0).UTC(), Reason: bus.ReasonPanic, Subject: bus.Subject(bus.SubjectCollected, "rss"),
		Size: len(mention), Payload: mention,
	}
	message := shown(letter)
	require.JSONEq(t, `{"mentionId":"rss:1","text":"déçu de <Zestaline>"}`, string(message.Payload.(json.RawMessage)))
	require.True(t, message.Replayable)

	letter.Subject, letter.Payload = "", []byte("<rss>"+strings.Repeat("é", 5000)+"\xff")
	text := shown(letter)
	require.False(t, text.Replayable)
	require.True(t, strings.HasPrefix(text.Payload.(string), "<rss>ééé"))
	require.True(t, strings.HasSuffix(text.Payload.(string), "…"))
	require.Less(t, len(text.Payload.(string)), maxShownPayload+10)

	letter.Subject = bus.Subject(bus.SubjectCollected, "rss")
	require.Contains(t, shown(letter).Payload, "<rss>", "what does not decode is shown as text")
}
