package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// maxShownPayload is how much is shown of bytes that are no message.
const maxShownPayload = 4 << 10

func (a *app) deadletter() *cobra.Command {
	cmd := &cobra.Command{
		Use: "deadletter", Short: "See and replay what could not be handled", GroupID: "tool", Args: noSuchCommand, RunE: showHelp,
		Long: "What could not be handled is kept aside for retention.streams, counted by reason:\n\n" + reasonsHelp(),
	}
	cmd.AddCommand(a.listDeadLetters(), a.replayDeadLetters())
	return cmd
}

func reasonsHelp() string {
	var b strings.Builder
	for _, reason := range bus.Reasons {
		fmt.Fprintf(&b, "  %-15s %s\n", reason, reason.Meaning())
	}
	return b.String() + `
A letter with "replayable": true was a message on the bus (reasons panic, invalid
and undecodable): send it again once the version that could not handle it is
replaced. The others never became a message: correct them at their source or in
their file, and import that again.`
}

func (a *app) listDeadLetters() *cobra.Command {
	var reason string
	var imports []string
	cmd := &cobra.Command{
		Use: "list", Short: "List what could not be handled, one JSON line each", Args: cobra.NoArgs,
		Long: "Lists dead letters, oldest first, one JSON line each; payload is the message where\nit is one, else the beginning of the text; place is the file and line it stood in,\nor the page it was read on. The reasons:\n\n" + reasonsHelp(),
		Example: `  vigie deadletter list
  vigie deadletter list --reason panic`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if reason != "" && !slices.Contains(bus.Reasons, bus.Reason(reason)) {
				return usageError{fmt.Errorf("%q is no reason: %s", reason, strings.Join(names(bus.Reasons), ", "))}
			}
			b, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetEscapeHTML(false)
			var written error
			err = b.DeadLetters(cmd.Context(), func(letter bus.DeadLetter) bool {
				if (reason == "" || reason == string(letter.Reason)) && (len(imports) == 0 || slices.Contains(imports, letter.ImportID)) {
					written = encoder.Encode(shown(letter))
				}
				return written == nil
			})
			if err != nil {
				return err
			}
			return written
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "only those refused for this reason")
	cmd.Flags().StringSliceVar(&imports, "import", nil, "only those of these imports, by the import_id of their accounts")
	return cmd
}

func (a *app) replayDeadLetters() *cobra.Command {
	return &cobra.Command{
		Use: "replay SEQUENCE…", Short: "Send dead letters back to where they were", Args: atLeast("a sequence of `vigie deadletter list`"),
		Long:    "Sends dead letters back to where they were, by the sequence that the list gives,\nand forgets them. What fails again is kept anew. The reasons:\n\n" + reasonsHelp(),
		Example: `  vigie deadletter replay 42 43`,
		RunE: func(cmd *cobra.Command, args []string) error {
			sequences := make([]uint64, len(args))
			for i, arg := range args {
				var err error
				if sequences[i], err = strconv.ParseUint(arg, 10, 64); err != nil {
					return usageError{fmt.Errorf("%q is no sequence: take one from `vigie deadletter list`", arg)}
				}
			}
			b, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer b.Close()
			for _, sequence := range sequences {
				if err := b.Replay(cmd.Context(), sequence); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d: sent again\n", sequence)
			}
			return nil
		},
	}
}

// shownLetter is a dead letter as a person reads it.
type shownLetter struct {
	bus.DeadLetter
	Replayable bool `json:"replayable"`
	Payload    any  `json:"payload"` // the message as JSON, or text
}

func shown(letter bus.DeadLetter) shownLetter {
	out := shownLetter{DeadLetter: letter, Replayable: letter.Replayable()}
	if message := messageOn(letter.Subject); message != nil && proto.Unmarshal(letter.Payload, message) == nil {
		if data, err := protojson.Marshal(message); err == nil {
			out.Payload = json.RawMessage(data)
			return out
		}
	}
	text := string(letter.Payload[:min(len(letter.Payload), maxShownPayload)])
	if len(letter.Payload) > maxShownPayload {
		text += "…"
	}
	out.Payload = strings.ToValidUTF8(text, "\uFFFD")
	return out
}

// messageOn is what travels on a subject, nil where nothing of ours does.
func messageOn(subject string) proto.Message {
	for base, message := range map[string]proto.Message{
		bus.SubjectCollected: &vigiev1.Mention{}, bus.SubjectDeleted: &vigiev1.Deletion{},
		bus.SubjectScored: &vigiev1.ScoredMention{}, bus.SubjectDropped: &vigiev1.Drop{},
		bus.SubjectSource: &vigiev1.SourceState{}, bus.SubjectIncident: &vigiev1.Incident{}, bus.SubjectPage: &vigiev1.Page{},
	} {
		if strings.HasPrefix(subject, base+".") {
			return message
		}
	}
	return nil
}

func names[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = string(value)
	}
	return out
}
