package xapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	maxRules   = 1000
	maxRule    = 1024 // characters
	maxRequest = 4 << 20
)

// Rule is a rule in force.
type Rule struct {
	ID     string `json:"id"`
	Value  string `json:"value"`
	Tag    string `json:"tag,omitempty"`
	parsed expression
}

func (s *Server) getRules(w http.ResponseWriter, _ *http.Request) {
	rules := s.Rules()
	meta := map[string]any{"sent": sent(), "result_count": len(rules)}
	if len(rules) == 0 {
		reply(w, http.StatusOK, map[string]any{"meta": meta})
		return
	}
	reply(w, http.StatusOK, map[string]any{"data": rules, "meta": meta})
}

func sent() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000Z") }

type change struct {
	Add    []Rule `json:"add"`
	Delete *struct {
		IDs []string `json:"ids"`
	} `json:"delete"`
}

func (s *Server) postRules(w http.ResponseWriter, r *http.Request) {
	var c change
	if err := json.NewDecoder(io.LimitReader(r.Body, maxRequest)).Decode(&c); err != nil {
		refuse(w, http.StatusBadRequest, invalid("body", "", err.Error()))
		return
	}
	switch {
	case c.Add != nil && c.Delete != nil || c.Add == nil && c.Delete == nil:
		refuse(w, http.StatusBadRequest, invalid("body", "", "exactly one of add and delete is allowed"))
	case c.Delete != nil:
		s.deleteRules(w, c.Delete.IDs)
	default:
		s.addRules(w, c.Add)
	}
}

func (s *Server) deleteRules(w http.ResponseWriter, ids []string) {
	s.mu.Lock()
	before := len(s.rules)
	s.rules = slices.DeleteFunc(slices.Clone(s.rules), func(r Rule) bool { return slices.Contains(ids, r.ID) })
	deleted := before - len(s.rules)
	s.mu.Unlock()
	reply(w, http.StatusOK, map[string]any{"meta": map[string]any{
		"sent": sent(), "summary": map[string]int{"deleted": deleted, "not_deleted": len(ids) - deleted},
	}})
}

// addRules takes all of them or, where one is wrong, none; those that are there
// already are told, and do not harm the others.
func (s *Server) addRules(w http.ResponseWriter, rules []Rule) {
	problems := check(rules)
	var created []Rule
	s.mu.Lock()
	if len(problems) == 0 {
		created, problems = s.fresh(rules)
	}
	full := len(s.rules)+len(created) > maxRules
	if !full {
		s.rules = append(slices.Clone(s.rules), created...)
	}
	s.mu.Unlock()
	if full {
		refuse(w, http.StatusUnprocessableEntity, problem{
			Title: "RulesCapExceeded", Type: problemType("rule-cap"),
			Detail: fmt.Sprintf("Rules must be less than or equal to %d.", maxRules),
		})
		return
	}
	body := map[string]any{"meta": map[string]any{"sent": sent(), "summary": map[string]int{
		"created": len(created), "not_created": len(rules) - len(created), "valid": len(rules) - len(problems), "invalid": len(problems),
	}}}
	status := http.StatusOK
	if len(created) > 0 {
		body["data"], status = created, http.StatusCreated
	}
	if len(problems) > 0 {
		body["errors"] = problems
	}
	reply(w, status, body)
}

// check parses rules, and tells those that are wrong.
func check(rules []Rule) (problems []problem) {
	for i := range rules {
		var err error
		if rules[i].parsed, err = parse(rules[i].Value, maxRule); err != nil {
			problems = append(problems, problem{
				Title: "UnprocessableEntity", Details: []string{err.Error()}, Value: rules[i].Value, Type: problemType("invalid-rules"),
			})
		}
	}
	return problems
}

// fresh gives ids to the rules that are not there yet; the server is locked.
func (s *Server) fresh(rules []Rule) (created []Rule, problems []problem) {
	ids := map[string]string{}
	for _, rule := range s.rules {
		ids[rule.Value] = rule.ID
	}
	for _, rule := range rules {
		if id, known := ids[rule.Value]; known {
			problems = append(problems, problem{Title: "DuplicateRule", Value: rule.Value, ID: id, Type: problemType("duplicate-rules")})
			continue
		}
		s.lastRule++
		rule.ID = strconv.FormatInt(1_600_000_000_000_000_000+s.lastRule, 10)
		ids[rule.Value] = rule.ID
		created = append(created, rule)
	}
	return created, problems
}
