package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
)

func (a *app) sql() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: `sql "SELECT …"`, Short: "Run a query against the config's ClickHouse", GroupID: "tool", Args: cobra.ExactArgs(1),
		Long: `Runs one query against whatever ClickHouse the config names, embedded (while
` + "`vigie up`" + ` runs) or a real server. Read the views mentions, incidents,
incident_steps and pages: they count each thing once.`,
		Example: `  vigie sql "SELECT brand_id, sentiment, count() FROM mentions GROUP BY ALL"
  vigie sql --format ndjson "SELECT * FROM incidents"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			write, known := rowWriters[format]
			if !known {
				return usageError{fmt.Errorf("unknown format %q: table, ndjson or csv", format)}
			}
			conn, err := clickhouse.Find(cmd.Context(), cfg, runningWait)
			if err != nil {
				return err
			}
			defer conn.Close()
			rows, err := conn.Query(cmd.Context(), args[0])
			if errors.Is(err, io.EOF) {
				return nil // a statement that answers no rows
			}
			if err != nil {
				return err
			}
			defer rows.Close()
			return write(cmd.OutOrStdout(), rows)
		},
	}
	standard := "ndjson"
	if isTerminal(os.Stdout) {
		standard = "table"
	}
	cmd.Flags().StringVar(&format, "format", standard, "table, ndjson or csv")
	return cmd
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
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return eachRow(rows, func(values []any) error {
		row := make(map[string]any, len(columns))
		for i, column := range columns {
			row[column] = values[i]
		}
		return encoder.Encode(row)
	})
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
