package xapi

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	maxQuery    = 512 // characters
	minResults  = 10
	maxResults  = 100
	tokenPrefix = "b26v89c19zqg8o3f"
)

// search is a request to the endpoint, checked.
type search struct {
	query   expression
	since   int64 // ids above this
	until   int64 // and below this
	results int
}

func (s *Server) getSearch(w http.ResponseWriter, r *http.Request) {
	q, p := s.readSearch(r.URL.Query().Get)
	if p != nil {
		refuse(w, http.StatusBadRequest, *p)
		return
	}
	found, more := s.find(q)
	s.count(len(found))
	if len(found) == 0 {
		reply(w, http.StatusOK, map[string]any{"meta": map[string]any{"result_count": 0}})
		return
	}
	chosen := selectionOf(r.URL.Query().Get)
	objects := make([]map[string]any, len(found))
	for i, t := range found {
		objects[i] = t.object(chosen.tweet)
	}
	meta := map[string]any{"newest_id": found[0].name(), "oldest_id": found[len(found)-1].name(), "result_count": len(found)}
	if more {
		meta["next_token"] = tokenPrefix + strconv.FormatInt(found[len(found)-1].id, 36)
	}
	body := map[string]any{"data": objects, "meta": meta}
	if includes := chosen.includes(found); includes != nil {
		body["includes"] = includes
	}
	reply(w, http.StatusOK, body)
}

// readSearch checks the parameters as X does.
func (s *Server) readSearch(value func(string) string) (search, *problem) {
	now := time.Now()
	q := search{since: idAt(now.Add(-searchWindow)), until: idAt(now.Add(-max(0, s.options.Indexing))) + 1, results: minResults}
	wrong := func(parameter, format string, args ...any) (search, *problem) {
		p := invalid(parameter, value(parameter), fmt.Sprintf(format, args...))
		return q, &p
	}
	var err error
	if value("query") == "" {
		return wrong("query", "The `query` query parameter can not be empty")
	}
	if q.query, err = parse(value("query"), maxQuery); err != nil {
		return wrong("query", "There were errors processing your request: %v", err)
	}
	if text := value("max_results"); text != "" {
		if q.results, err = strconv.Atoi(text); err != nil || q.results < minResults || q.results > maxResults {
			return wrong("max_results", "The `max_results` query parameter value [%s] is not between %d and %d", text, minResults, maxResults)
		}
	}
	if text := value("since_id"); text != "" {
		if value("start_time") != "" {
			return wrong("since_id", "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'.")
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id < q.since {
			return wrong("since_id", "'since_id' must be a tweet id created after %s. Please use a 'since_id' that is larger than %d",
				now.Add(-searchWindow).UTC().Format(time.RFC3339), q.since)
		}
		q.since = id
	}
	if text := value("start_time"); text != "" {
		from, err := time.Parse(time.RFC3339, text)
		if err != nil || idAt(from) < q.since {
			return wrong("start_time", "Invalid 'start_time':'%s'. 'start_time' must be on or after %s", text, now.Add(-searchWindow).UTC().Format(time.RFC3339))
		}
		q.since = idAt(from) - 1
	}
	if text := value("next_token"); text != "" {
		last, err := strconv.ParseInt(text[min(len(text), len(tokenPrefix)):], 36, 64)
		if err != nil {
			return wrong("next_token", "The `next_token` query parameter value [%s] is not valid", text)
		}
		q.until = min(q.until, last)
	}
	return q, nil
}

func idAt(t time.Time) int64 { return (t.UnixMilli() - epoch) << 22 }

// find answers a page of posts, the newest first, and whether there are more.
func (s *Server) find(q search) (found []*tweet, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.posts {
		if t.id > q.since && t.id < q.until && q.query.matches(t, false) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *tweet) int { return int(min(1, max(-1, b.id-a.id))) })
	if len(found) > q.results {
		return found[:q.results], true
	}
	return found, false
}
