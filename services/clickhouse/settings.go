package clickhouse

import (
	"maps"
	"slices"
	"strings"

	"github.com/vigie-monitor/vigie/services/clickhouse/internal/libchdb"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/native"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/sqltext"
)

// sessionSettings makes settings last one query. The engine knows settings of a session only, so those of
// a query are set before it, and set back before the next query that does not bring them.
type sessionSettings struct {
	own     map[string]string // literals of SET statements, which last
	applied map[string]string // values of the last query
}

func newSessionSettings() sessionSettings {
	return sessionSettings{own: maps.Clone(sessionDefaults), applied: map[string]string{}}
}

// apply brings the engine's session from the last query's settings to this one's.
func (s *sessionSettings) apply(db *libchdb.Conn, settings []native.Setting) error {
	wanted := map[string]string{}
	optional := map[string]bool{}
	for _, st := range settings {
		wanted[st.Name] = st.Value
		optional[st.Name] = !st.Important
	}
	if err := s.restore(db, wanted); err != nil {
		return err
	}
	var assign []string
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if value, ok := s.applied[name]; ok && value == wanted[name] {
			continue
		}
		assignment := sqltext.QuoteName(name) + " = " + sqltext.Quote(wanted[name])
		if optional[name] {
			// The protocol lets a server ignore unknown settings that are not important.
			if e, unknown := exception(set(db, assignment)); unknown && e.Code == libchdb.CodeUnknownSetting {
				delete(wanted, name)
				continue
			}
		}
		assign = append(assign, assignment)
	}
	if err := set(db, assign...); err != nil {
		return err
	}
	s.applied = wanted
	return nil
}

// restore sets back what the last query brought and this one does not.
func (s *sessionSettings) restore(db *libchdb.Conn, wanted map[string]string) error {
	back := map[string]string{}
	for name := range s.applied {
		if _, ok := wanted[name]; ok {
			continue
		}
		back[name] = "DEFAULT"
		if literal, ok := s.own[name]; ok {
			back[name] = literal
		}
	}
	if err := set(db, assignments(back)...); err != nil {
		return &stuckError{err}
	}
	maps.DeleteFunc(s.applied, func(name, _ string) bool { _, ok := wanted[name]; return !ok })
	return nil
}

// remember notes what a SET statement that succeeded has changed for good.
func (s *sessionSettings) remember(assignments map[string]string) {
	for name, literal := range assignments {
		s.own[name] = literal
		delete(s.applied, name)
	}
}

// stuckError says that a session cannot get rid of a setting: after readonly = 1 nothing can be set.
type stuckError struct{ err error }

func (e *stuckError) Error() string { return "settings of an earlier query stay: " + e.err.Error() }
func (e *stuckError) Unwrap() error { return e.err }

// assignments writes name to literal as SET has them.
func assignments(literals map[string]string) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(literals)) {
		list = append(list, sqltext.QuoteName(name)+" = "+literals[name])
	}
	return list
}

func set(db *libchdb.Conn, assignments ...string) error {
	if len(assignments) == 0 {
		return nil
	}
	_, _, err := db.Query("SET "+strings.Join(assignments, ", "), "Null")
	return err
}
