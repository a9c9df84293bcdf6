package sqltext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want Statement
	}{
		{"SELECT 1", Statement{Kind: Select, Text: "SELECT 1"}},
		{"-- why\n/* ; */ select 1 -- ;", Statement{Kind: Select, Text: "-- why\n/* ; */ select 1 -- ;"}},
		{"SELECT ';' ;", Statement{Kind: Select, Text: "SELECT ';' "}},
		{"SELECT 1;;\n", Statement{Kind: Select, Text: "SELECT 1"}},
		{"SELECT 1; SELECT 2", Statement{Kind: Select, Text: "SELECT 1", Several: true}},
		{"(SELECT 1)", Statement{Kind: Select, Text: "(SELECT 1)"}},
		{"SELECT 1 FORMAT JSON", Statement{Kind: Select, Text: "SELECT 1 "}},
		{"SELECT 1 FORMAT JSON SETTINGS max_threads = 1;", Statement{Kind: Select, Text: "SELECT 1  SETTINGS max_threads = 1"}},
		{"SELECT format FROM t", Statement{Kind: Select, Text: "SELECT format FROM t"}},
		{"SELECT 1, format x", Statement{Kind: Select, Text: "SELECT 1, format x"}},
		{"SELECT format('{}', 1)", Statement{Kind: Select, Text: "SELECT format('{}', 1)"}},
		{"SELECT * FROM (SELECT 1 FORMAT Null)", Statement{Kind: Select, Text: "SELECT * FROM (SELECT 1 FORMAT Null)"}},
		{"SELECT 1 INTO OUTFILE 'x' FORMAT CSV", Statement{Kind: Select, Text: "SELECT 1 INTO OUTFILE 'x' ", IntoOutfile: true}},
		{"SELECT 'INTO OUTFILE', `FORMAT`", Statement{Kind: Select, Text: "SELECT 'INTO OUTFILE', `FORMAT`"}},
		{"SELECT 'it''s; \\'; x'; SELECT 2", Statement{Kind: Select, Text: "SELECT 'it''s; \\'; x'", Several: true}},
		{"SELECT $a$ ; $a$, $b", Statement{Kind: Select, Text: "SELECT $a$ ; $a$, $b"}},
		{"SHOW TABLES FORMAT TSV", Statement{Kind: Show, Text: "SHOW TABLES "}},
		{"CREATE TABLE t (a String DEFAULT ';') ENGINE = Memory;", Statement{Text: "CREATE TABLE t (a String DEFAULT ';') ENGINE = Memory"}},
		{"exit", Statement{Text: "exit /**/"}},
		{"", Statement{Empty: true}},
		{" /* nothing */ -- at all", Statement{Text: " /* nothing */ -- at all", Empty: true}},
		{"SET a = 1, `b` = 'x, y', c = [1, 2]", Statement{Kind: Set, Text: "SET a = 1, `b` = 'x, y', c = [1, 2]", Assignments: map[string]string{"a": "1", "b": "'x, y'", "c": "[1, 2]"}}},
		{"SET ROLE x", Statement{Kind: Set, Text: "SET ROLE x", Assignments: map[string]string{}}},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, Parse(tt.text), tt.text)
	}
}

func TestParseInsert(t *testing.T) {
	t.Parallel()
	tests := map[string]InsertInto{
		"INSERT INTO t":                                                {Target: "t"},
		"insert into t values":                                         {Target: "t"},
		"INSERT INTO t FORMAT Native":                                  {Target: "t"},
		"INSERT INTO TABLE db.t (a) VALUES ;":                          {Target: "db.t", List: "a", Columns: []string{"a"}},
		"INSERT INTO `my db`.\"t (x)\" (`a,b`, n.k)":                   {Target: "`my db`.\"t (x)\"", List: "`a,b`, n.k", Columns: []string{"a,b", "n.k"}},
		"INSERT INTO t (* EXCEPT (a)) VALUES":                          {Target: "t", List: "* EXCEPT (a)"},
		"INSERT INTO t (a) SETTINGS x = 'VALUES', y = 1 FORMAT Native": {Target: "t", List: "a", Columns: []string{"a"}, Settings: "SETTINGS x = 'VALUES', y = 1"},
		"INSERT INTO FUNCTION null('a UInt8') VALUES":                  {Target: "null('a UInt8')", Function: true},
		"INSERT INTO {table:Identifier} VALUES":                        {Target: "{table:Identifier}"},
		"INSERT INTO values VALUES":                                    {Target: "values"},
		"INSERT INTO t (format, values) FORMAT Native":                 {Target: "t", List: "format, values", Columns: []string{"format", "values"}},
		"INSERT INTO t /* VALUES (1) */ VALUES -- (2)":                 {Target: "t"},
	}
	for text, want := range tests {
		st := Parse(text)
		require.Equal(t, Insert, st.Kind, text)
		require.Equal(t, want, st.Insert, text)
	}
	for _, text := range []string{
		"INSERT INTO t VALUES (1)",
		"INSERT INTO t (a) VALUES (1), (2);",
		"INSERT INTO t SELECT 1",
		"INSERT INTO t (SELECT 1)",
		"INSERT INTO t WITH x AS (SELECT 1) SELECT * FROM x",
		"INSERT INTO t FORMAT JSONEachRow {\"a\": 1}",
		"INSERT INTO t FROM INFILE 'x' FORMAT CSV",
		"INSERT INTO",
		"INSERT t",
		"INSERT INTO FUNCTION null('a UInt8') SELECT 1",
	} {
		require.Equal(t, Other, Parse(text).Kind, text)
	}
	require.True(t, Parse("INSERT INTO t VALUES (1); SELECT 1").Several)
	require.True(t, Parse("INSERT INTO t SELECT * FROM VALUES('a UInt8', 1); SELECT 1").Several)
	require.False(t, Parse("INSERT INTO t VALUES ('; SELECT 1');").Several)
}

func TestInsertStatement(t *testing.T) {
	t.Parallel()
	in := Parse("INSERT INTO db.t (a) SETTINGS x = 1 VALUES").Insert
	require.Equal(t, "INSERT INTO db.t (`a`, `it\\`s`) SETTINGS x = 1 SELECT 1", in.Statement([]string{"a", "it`s"}, "SELECT 1"))
}

func TestQuote(t *testing.T) {
	t.Parallel()
	require.Equal(t, `'it\'s \\'`, Quote(`it's \`))
	for _, name := range []string{"a", "a`b", `a\b`, "été", `"`} {
		require.Equal(t, name, unquote(QuoteName(name)))
	}
}

// FuzzParse checks that no text makes the tokenizer run away, and that what Parse hands on is of the text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"SELECT 'x", "INSERT INTO t (a", "INSERT INTO t (a) SETTINGS", "SET a = (", "/*", "$", "$a$", "`", "INSERT INTO FUNCTION f(", "INSERT INTO t ({", "\\", "INSERT INTO a.", "INSERT INTO t (,)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		st := Parse(text)
		for _, part := range []string{st.Insert.Target, st.Insert.List, st.Insert.Settings} {
			if !strings.Contains(text, part) {
				t.Fatalf("%q is not in %q", part, text)
			}
		}
		end := 0
		for l := (lexer{text: text}); ; {
			token, ok := l.next()
			if !ok {
				break
			}
			if token.start < end || token.end <= token.start || token.end > len(text) {
				t.Fatalf("token %v after %d of %q", token, end, text)
			}
			end = token.end
		}
	})
}
