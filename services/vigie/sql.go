package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
)

func (a *app) sql() *cobra.Command {
	var format string
	var write bool
	cmd := &cobra.Command{
		Use: `sql "SELECT …"`, Short: "Run a query against the config's ClickHouse", GroupID: "tool", Args: exactly("a query, in quotes"),
		Long: `Runs one query against whatever ClickHouse the config names, embedded (while
` + "`vigie up`" + ` runs) or a real server. Read the views mentions, incidents,
incident_steps and pages: they count each thing once. It only reads; with --write,
the statement may change and drop what it likes.`,
		Example: `  vigie sql "SELECT brand_id, sentiment, count() FROM mentions GROUP BY ALL ORDER BY ALL"
  vigie sql --format ndjson "SELECT * FROM incidents"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			print, known := rowWriters[format]
			if !known {
				return usageError{fmt.Errorf("unknown format %q: table, ndjson or csv", format)}
			}
			conn, err := clickhouse.Find(cmd.Context(), cfg, runningWait)
			if err != nil {
				return err
			}
			defer conn.Close()
			settings := clickhousego.Settings{} // readonly = 2: a query may still bring settings of its own
			if !write {
				settings["readonly"] = 2
			}
			ctx := clickhousego.Context(cmd.Context(), clickhousego.WithSettings(settings))
			rows, err := conn.Query(ctx, args[0])
			if errors.Is(err, io.EOF) { // a statement that answers no rows
				fmt.Fprintln(cmd.ErrOrStderr(), "done")
				return nil
			}
			if err != nil {
				return plainly(err)
			}
			defer rows.Close()
			return plainly(print(cmd.OutOrStdout(), rows))
		},
	}
	standard := "ndjson"
	if isTerminal(os.Stdout) {
		standard = "table"
	}
	cmd.Flags().StringVar(&format, "format", standard, "table, ndjson or csv")
	cmd.Flags().BoolVar(&write, "write", false, "let the statement change what is stored")
	return cmd
}

// codeReadonly is ClickHouse's READONLY.
const codeReadonly = 164

// plainly cuts what ClickHouse answers down to what is wrong: the rest is its
// grammar, or where in its code it was noticed.
func plainly(err error) error {
	answer, ok := errors.AsType[*clickhousego.Exception](err)
	switch {
	case !ok:
		return err
	case answer.Code == codeReadonly:
		return errors.New("this changes what is stored, and `vigie sql` only reads: allow it by --write")
	}
	words, _, _ := strings.Cut(answer.Message, "\n")
	words, _, _ = strings.Cut(words, ". Expected one of")
	return fmt.Errorf("clickhouse: %s", words)
}

var rowWriters = map[string]func(io.Writer, driver.Rows) error{
	"table": writeTable, "ndjson": writeNDJSON, "csv": writeCSV,
}

// eachRow visits the rows with the columns' values.
func eachRow(rows driver.Rows, visit func(values []any) error) error {
	types := rows.ColumnTypes()
	targets := make([]any, len(types))
	for i, t := range types {
		targets[i] = reflect.New(t.ScanType()).Interface()
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		values := make([]any, len(targets))
		for i, target := range targets {
			values[i] = reflect.ValueOf(target).Elem().Interface()
		}
		if err := visit(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func writeTable(w io.Writer, rows driver.Rows) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(rows.Columns(), "\t"))
	err := eachRow(rows, func(values []any) error {
		_, err := fmt.Fprintln(table, strings.Join(texts(values), "\t"))
		return err
	})
	if err != nil {
		return err
	}
	return table.Flush()
}

func writeCSV(w io.Writer, rows driver.Rows) error {
	out := csv.NewWriter(w)
	if err := out.Write(rows.Columns()); err != nil {
		return err
	}
	if err := eachRow(rows, func(values []any) error { return out.Write(texts(values)) }); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func writeNDJSON(w io.Writer, rows driver.Rows) error {
	columns := rows.Columns()
	return eachRow(rows, func(values []any) error {
		line := []byte("{")
		for i, column := range columns { // in the query's order, which a map would lose
			if i > 0 {
				line = append(line, ',')
			}
			name, err := jsonOf(column)
			if err != nil {
				return err
			}
			value, err := jsonOf(values[i])
			if err != nil {
				return fmt.Errorf("the column %s: %w", column, err)
			}
			line = append(append(append(line, name...), ':'), value...)
		}
		_, err := w.Write(append(line, "}\n"...))
		return err
	})
}

// jsonOf writes one value. JSON has no infinity, and nothing that is no number.
func jsonOf(value any) ([]byte, error) {
	if x, ok := value.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
		return []byte("null"), nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(b.Bytes()), err
}

// texts writes values on one line each.
func texts(values []any) []string {
	cells := make([]string, len(values))
	for i, value := range values {
		if v := reflect.ValueOf(value); v.Kind() == reflect.Pointer {
			if v.IsNil() {
				cells[i] = "NULL"
				continue
			}
			value = v.Elem().Interface()
		}
		if t, ok := value.(time.Time); ok {
			cells[i] = t.Format("2006-01-02 15:04:05.999")
			continue
		}
		cells[i] = strings.Join(strings.Fields(fmt.Sprint(value)), " ")
	}
	return cells
}
