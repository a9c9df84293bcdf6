package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// grafanaBoard is a dashboard, as far as it is checked.
type grafanaBoard struct {
	UID         string `json:"uid"`
	Title       string `json:"title"`
	Timezone    string `json:"timezone"`
	Annotations struct {
		List []struct {
			Name       string        `json:"name"`
			Datasource grafanaSource `json:"datasource"`
			Target     grafanaQuery  `json:"target"`
		} `json:"list"`
	} `json:"annotations"`
	Templating struct {
		List []grafanaVariable `json:"list"`
	} `json:"templating"`
	Panels []grafanaPanel `json:"panels"`
}

type grafanaSource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type grafanaVariable struct {
	Name       string        `json:"name"`
	Multi      bool          `json:"multi"`
	IncludeAll bool          `json:"includeAll"`
	Datasource grafanaSource `json:"datasource"`
	Query      grafanaQuery  `json:"query"`
}

type grafanaPanel struct {
	ID          int            `json:"id"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	Type        string         `json:"type"`
	Datasource  grafanaSource  `json:"datasource"`
	GridPos     grafanaPlace   `json:"gridPos"`
	Targets     []grafanaQuery `json:"targets"`
	FieldConfig struct {
		Overrides []struct {
			Matcher struct {
				Options string `json:"options"`
			} `json:"matcher"`
		} `json:"overrides"`
	} `json:"fieldConfig"`
}

type grafanaPlace struct{ X, Y, W, H int }

type grafanaQuery struct {
	RefID      string        `json:"refId"`
	Datasource grafanaSource `json:"datasource"`
	EditorType string        `json:"editorType"`
	QueryType  string        `json:"queryType"`
	Format     int           `json:"format"`
	RawSQL     string        `json:"rawSql"`
}

func readBoard(t *testing.T, path string) grafanaBoard {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var board grafanaBoard
	require.NoError(t, json.Unmarshal(data, &board))
	return board
}

// grafanaView is what a person has chosen: a time range and, for each variable,
// some values, or none of them for All.
type grafanaView struct {
	from, to time.Time
	interval time.Duration
	chosen   map[string][]string
}

// expand turns a panel's query into the SQL that reaches ClickHouse: first what
// Grafana's browser side does, then the plugin's.
func (v grafanaView) expand(sql string) (string, error) {
	sql, err := v.conditionalAll(sql)
	if err != nil {
		return "", err
	}
	if sql, err = v.variables(sql); err != nil {
		return "", err
	}
	return v.macros(sql)
}

// conditionalAll keeps a condition, or makes it 1=1 where its variable is All.
func (v grafanaView) conditionalAll(sql string) (string, error) {
	const macro = "$__conditionalAll("
	for at := strings.LastIndex(sql, macro); at >= 0; at = strings.LastIndex(sql, macro) {
		args, end, err := grafanaArgs(sql[at+len(macro)-1:])
		if err != nil || len(args) != 2 {
			return "", fmt.Errorf("$__conditionalAll wants a condition and a variable, not %q: %w", args, err)
		}
		name := strings.TrimPrefix(strings.TrimSpace(args[1]), "$")
		chosen, known := v.chosen[name]
		if !known {
			return "", fmt.Errorf("no variable is called %q", name)
		}
		condition := args[0]
		if len(chosen) == 0 {
			condition = "1=1"
		}
		sql = sql[:at] + condition + sql[at+len(macro)-1+end:]
	}
	return sql, nil
}

// grafanaArgs splits what stands between a parenthesis and the one that closes
// it, at the commas that are in no inner parentheses. Like the plugin, it knows
// nothing of quotes.
func grafanaArgs(text string) (args []string, end int, err error) {
	depth, start := 0, 1
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				return append(args, text[start:i]), i + 1, nil
			}
		case ',':
			if depth == 1 {
				args = append(args, text[start:i])
				start = i + 1
			}
		}
	}
	return nil, 0, fmt.Errorf("a parenthesis is not closed in %q", text)
}

var grafanaVariableForm = regexp.MustCompile(`\$\{(\w+):(\w+)\}|\$([a-zA-Z]\w*)|\$\{(\w+)\}`)

// variables puts the chosen values in. It knows one format, the only one that is
// safe in ClickHouse: Grafana's sqlstring and singlequote leave a backslash as it
// is, so that a value ending in one opens the quotes.
func (v grafanaView) variables(sql string) (string, error) {
	var failure error
	sql = grafanaVariableForm.ReplaceAllStringFunc(sql, func(found string) string {
		match := grafanaVariableForm.FindStringSubmatch(found)
		values, known := v.chosen[match[1]]
		if match[2] != "percentencode" || !known {
			failure = fmt.Errorf("%s would put the words of a link into SQL as they are: write ${name:percentencode}", found)
			return ""
		}
		return percentEncode("{" + strings.Join(values, ",") + "}")
	})
	return sql, failure
}

// percentEncode is Grafana's percentencode: nothing is left that SQL knows.
func percentEncode(text string) string {
	return strings.NewReplacer("+", "%20", "!", "%21", "'", "%27", "(", "%28", ")", "%29", "*", "%2A").Replace(url.QueryEscape(text))
}

var grafanaMacroForm = regexp.MustCompile(`\$__(\w+)`)

// macros expands the plugin's macros, one after the other, as often as it takes:
// one may stand in the argument of another.
func (v grafanaView) macros(sql string) (string, error) {
	for {
		at := grafanaMacroForm.FindStringSubmatchIndex(sql)
		if at == nil {
			break
		}
		name, rest := sql[at[2]:at[3]], sql[at[1]:]
		expansion, taken, err := v.macro(name, rest)
		if err != nil {
			return "", err
		}
		sql = sql[:at[0]] + expansion + rest[taken:]
	}
	if strings.Contains(sql, "$") {
		return "", fmt.Errorf("something is left to expand in: %s", sql)
	}
	return sql, nil
}

// macro expands one macro and says how much of what follows it has taken.
func (v grafanaView) macro(name, rest string) (expansion string, taken int, err error) {
	second := func(t time.Time) string { return fmt.Sprintf("toDateTime(%d)", t.Unix()) }
	switch name {
	case "fromTime", "toTime", "interval_s":
		if !strings.HasPrefix(rest, ")") {
			return "", 0, fmt.Errorf("$__%s must be the last in its parentheses: older plugins take what follows for its argument", name)
		}
		return map[string]string{"fromTime": second(v.from), "toTime": second(v.to), "interval_s": v.seconds()}[name], 0, nil
	case "timeFilter", "timeInterval":
		args, end, err := grafanaArgs(rest)
		if err != nil || len(args) != 1 {
			return "", 0, fmt.Errorf("$__%s wants one argument, not %q: %w", name, args, err)
		}
		if name == "timeInterval" {
			return fmt.Sprintf("toStartOfInterval(toDateTime(%s), INTERVAL %s second)", args[0], v.seconds()), end, nil
		}
		return fmt.Sprintf("%s >= %s AND %s <= %s", args[0], second(v.from), args[0], second(v.to)), end, nil
	default:
		return "", 0, fmt.Errorf("the plugin has no macro $__%s", name)
	}
}

func (v grafanaView) seconds() string { return fmt.Sprint(int(max(v.interval.Seconds(), 1))) }
