package e2e_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	dashboardsFolder = "../../dashboards"
	reputationBoard  = dashboardsFolder + "/reputation.json"
)

// A dashboard stands on its own: everything it names exists, nothing covers
// anything else, and it asks the data source that is provisioned beside it.
func TestDashboardsAreWhole(t *testing.T) {
	t.Parallel()
	var provisioned struct {
		Datasources []struct {
			UID  string `yaml:"uid"`
			Type string `yaml:"type"`
		} `yaml:"datasources"`
	}
	data, err := os.ReadFile(dashboardsFolder + "/provisioning/datasources/vigie.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, &provisioned))
	require.Len(t, provisioned.Datasources, 1)
	source := grafanaSource{Type: provisioned.Datasources[0].Type, UID: provisioned.Datasources[0].UID}

	boards, err := filepath.Glob(dashboardsFolder + "/*.json")
	require.NoError(t, err)
	require.Len(t, boards, 1)
	board := readBoard(t, boards[0])
	assert.Equal(t, "vigie-reputation", board.UID, "people have bookmarked it")
	assert.Equal(t, "browser", board.Timezone)

	seen := map[string]bool{}
	once := func(what string) {
		assert.False(t, seen[what], "%s is there twice", what)
		seen[what] = true
	}
	covered := map[[2]int]string{}
	for _, panel := range board.Panels {
		once(fmt.Sprint("panel ", panel.ID))
		once("title " + panel.Title)
		assert.Equal(t, source, panel.Datasource, panel.Title)
		english, french, both := strings.Cut(panel.Description, "\n\n")
		assert.True(t, both && english != "" && french != "", "%s is explained in two languages", panel.Title)
		for _, query := range panel.Targets {
			once(panel.Title + " " + query.RefID)
			assert.Equal(t, source, query.Datasource, panel.Title)
			assert.Equal(t, "sql", query.EditorType, panel.Title)
			timeseries := panel.Type == "timeseries"
			assert.Equal(t, map[bool]string{true: "timeseries", false: "table"}[timeseries], query.QueryType, panel.Title)
			assert.Equal(t, map[bool]int{true: 0, false: 1}[timeseries], query.Format, panel.Title)
		}
		place := panel.GridPos
		assert.LessOrEqual(t, place.X+place.W, 24, "%s is within the screen", panel.Title)
		for x := place.X; x < place.X+place.W; x++ {
			for y := place.Y; y < place.Y+place.H; y++ {
				assert.Empty(t, covered[[2]int{x, y}], "%s covers another panel", panel.Title)
				covered[[2]int{x, y}] = panel.Title
			}
		}
	}
	for _, variable := range board.Templating.List {
		assert.Equal(t, source, variable.Datasource, variable.Name)
		assert.True(t, variable.Multi && variable.IncludeAll, variable.Name)
		assert.Contains(t, fmt.Sprint(board.Panels), "${"+variable.Name+":percentencode}", "a variable is there to be used")
	}
	for _, annotation := range board.Annotations.List {
		assert.Equal(t, source, annotation.Datasource, annotation.Name)
	}
}

// view is the hour on show, for the brands chosen, all where there is none.
func (w boardWorld) view(brands ...string) grafanaView {
	return grafanaView{from: w.hour, to: w.hour.Add(time.Hour), interval: 20 * time.Minute,
		chosen: map[string][]string{"brand": brands, "source": nil}}
}

// answer is what a query gives: its columns with their types, and its rows as a
// person would note them.
type answer struct {
	columns string
	rows    []string
}

// ask runs a panel's query as the plugin does: through database/sql, with the
// macros expanded.
func (w boardWorld) ask(t *testing.T, db *sql.DB, view grafanaView, query string) answer {
	t.Helper()
	expanded, err := view.expand(query)
	require.NoError(t, err, query)
	rows, err := db.QueryContext(context.Background(), expanded)
	require.NoError(t, err, expanded)
	defer func() { _ = rows.Close() }()
	types, err := rows.ColumnTypes()
	require.NoError(t, err)
	given := answer{rows: []string{}}
	for i, column := range types {
		given.columns += map[bool]string{true: " | "}[i > 0] + column.Name() + " " + column.DatabaseTypeName()
	}
	for rows.Next() {
		values, cells := make([]any, len(types)), make([]string, len(types))
		for i := range values {
			values[i] = new(any)
		}
		require.NoError(t, rows.Scan(values...))
		for i := range values {
			cells[i] = w.note(*values[i].(*any))
		}
		given.rows = append(given.rows, strings.Join(cells, " | "))
	}
	require.NoError(t, rows.Err(), expanded)
	return given
}

// note writes a value: a time by its minute in the hour on show, a number short.
func (w boardWorld) note(value any) string {
	switch v := value.(type) {
	case nil:
		return "-"
	case time.Time:
		if v.Sub(w.hour) > time.Hour {
			return "until now"
		}
		return fmt.Sprintf("%+dm", int(math.Round(v.Sub(w.hour).Minutes())))
	case float64:
		return fmt.Sprintf("%.4g", v)
	case *float64:
		if v == nil {
			return "-"
		}
		return fmt.Sprintf("%.4g", *v)
	default:
		return fmt.Sprint(v)
	}
}

// Every query of the dashboard answers on the real engine with the columns its
// panel shows, and with the figures that a person counts in the small world,
// where every row was delivered twice.
func TestEveryPanelCountsEachMentionOnce(t *testing.T) {
	t.Parallel()
	world := newBoardWorld(t)
	db := world.database.OpenDB(t)
	board := readBoard(t, reputationBoard)
	queries := map[string]string{}
	for _, panel := range board.Panels {
		for _, query := range panel.Targets {
			queries[panel.Title+" "+query.RefID] = query.RawSQL
		}
	}
	for _, annotation := range board.Annotations.List {
		queries["annotation "+annotation.Name] = annotation.Target.RawSQL
	}
	for _, variable := range board.Templating.List {
		queries["variable "+variable.Name] = variable.Query.RawSQL
	}
	for name, query := range queries {
		t.Run(name, func(t *testing.T) {
			expected, known := boardAnswers[name]
			require.True(t, known, "say what it must answer in boardAnswers")
			all, acme := world.ask(t, db, world.view(), query), world.ask(t, db, world.view("acme"), query)
			assert.Equal(t, expected.columns, all.columns)
			assert.Equal(t, expected.columns, acme.columns)
			assert.Equal(t, expected.all, all.rows, "all brands")
			if expected.acme == nil {
				expected.acme = expected.all
			}
			assert.Equal(t, expected.acme, acme.rows, "Acme alone")
			assert.Equal(t, all, world.ask(t, db, world.view("acme", "globex"), query), "both brands are all brands")
		})
	}
	for name := range boardAnswers {
		assert.Contains(t, queries, name, "nothing asks this any more")
	}
}

// Where nothing happened every query still answers, and no share is a division
// by zero.
func TestEveryPanelAnswersWhenNothingHappened(t *testing.T) {
	t.Parallel()
	world := newBoardWorld(t)
	db := world.database.OpenDB(t)
	quiet := world.view("acme")
	quiet.from, quiet.to = world.hour.AddDate(-1, 0, 0), world.hour.AddDate(-1, 0, 0).Add(time.Hour)
	for _, panel := range readBoard(t, reputationBoard).Panels {
		for _, query := range panel.Targets {
			for _, row := range world.ask(t, db, quiet, query.RawSQL).rows {
				assert.NotContains(t, row, "NaN", panel.Title)
				assert.NotContains(t, row, "Inf", panel.Title)
			}
		}
	}
}

// A link to the dashboard carries the values of its variables: whoever writes the
// link cannot write SQL.
func TestALinkCannotWriteSQL(t *testing.T) {
	t.Parallel()
	world := newBoardWorld(t)
	db := world.database.OpenDB(t)
	for _, value := range []string{`') OR 1=1 --`, `\`, `\' OR 1=1 --`, `acme\`, `a' UNION ALL SELECT 1 --`, `%27) OR 1=1 --`, `$__fromTime`, "a\x00b", `é`} {
		for _, panel := range readBoard(t, reputationBoard).Panels {
			if panel.Title == "Mentions" {
				given := world.ask(t, db, world.view(value), panel.Targets[0].RawSQL)
				assert.Equal(t, []string{"0 | -"}, given.rows, "a brand that does not exist has no mention: %q", value)
			}
		}
	}
	for _, unsafe := range []string{"brand_id IN ($brand)", "brand_id IN (${brand})", "brand_id IN (${brand:sqlstring})", "brand_id IN (${brand:singlequote})"} {
		_, err := world.view("acme").expand(unsafe)
		require.Error(t, err, unsafe)
	}
}

// One source alone, of one brand or of all.
func TestSourcesAreChosenLikeBrands(t *testing.T) {
	t.Parallel()
	world := newBoardWorld(t)
	db := world.database.OpenDB(t)
	mentions := readBoard(t, reputationBoard).Panels[0]
	require.Equal(t, "Mentions", mentions.Title)
	for _, test := range []struct {
		brands, sources []string
		says            string
	}{
		{nil, []string{"x"}, "5 | 1.5"},
		{nil, []string{"bluesky", "rss"}, "2 | 1"},
		{[]string{"globex"}, []string{"x"}, "2 | 1"},
		{[]string{"globex"}, []string{"rss"}, "0 | -"},
	} {
		view := world.view(test.brands...)
		view.chosen["source"] = test.sources
		assert.Equal(t, []string{test.says}, world.ask(t, db, view, mentions.Targets[0].RawSQL).rows, "%v %v", test.brands, test.sources)
	}
}

// Overrides name columns: one that names none does nothing, and nobody sees it.
func TestOverridesNameColumnsThatExist(t *testing.T) {
	t.Parallel()
	for _, panel := range readBoard(t, reputationBoard).Panels {
		shown := ""
		for _, query := range panel.Targets {
			shown += query.RawSQL
		}
		for _, override := range panel.FieldConfig.Overrides {
			name := override.Matcher.Options
			assert.True(t, strings.Contains(shown, `"`+name+`"`) || strings.Contains(shown, `'`+name+`'`), "%s: %s", panel.Title, name)
		}
	}
}

// A risk that the scorer finds has a name on the dashboard, not only an id.
func TestRisksHaveNames(t *testing.T) {
	t.Parallel()
	board, err := os.ReadFile(reputationBoard)
	require.NoError(t, err)
	found := regexp.MustCompile(`(?m)^\[(.+)\]$`).FindAllStringSubmatch(read(t, "services/scorer/internal/risk/risks.txt"), -1)
	require.NotEmpty(t, found)
	for _, risk := range found {
		assert.Regexp(t, `"`+risk[1]+`": \{\s*"text":`, string(board))
	}
}
