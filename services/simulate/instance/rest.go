package instance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	maxPage     = 40 // statuses or notifications on a page
	maxStatusID = 20 // statuses asked for by id at once
)

func (s *Server) routes() {
	s.mux.HandleFunc("GET /api/v2/instance", s.rest(false, s.instance))
	s.mux.HandleFunc("GET /api/v1/timelines/public", s.rest(true, s.publicTimeline))
	s.mux.HandleFunc("GET /api/v1/timelines/tag/{tag}", s.rest(true, s.tagTimeline))
	s.mux.HandleFunc("GET /api/v1/notifications", s.rest(true, s.notifications))
	s.mux.HandleFunc("GET /api/v1/statuses", s.rest(true, s.someStatuses))
	s.mux.HandleFunc("GET /api/v1/statuses/{id}", s.rest(true, s.oneStatus))
	s.mux.HandleFunc("GET /api/v1/streaming/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("OK")) })
	s.mux.HandleFunc("GET /api/v1/streaming/", s.stream)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { s.fail(w, http.StatusNotFound, "Record not found") })
}

// rest wraps an answer of the REST API.
func (s *Server) rest(needsToken bool, answer func(w http.ResponseWriter, r *http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.admit(w, r, needsToken) {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, r.URL.RequestURI())
		if body := answer(w, r); body != nil {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = w.Write([]byte(encode(body)))
		}
	}
}

// instance describes the instance.
func (s *Server) instance(_ http.ResponseWriter, r *http.Request) any {
	access := func(feed, half string) string {
		if s.closed(feed, half) {
			return "disabled"
		}
		return "authenticated"
	}
	feeds := func(feed string) map[string]string {
		return map[string]string{"local": access(feed, "local"), "remote": access(feed, "remote")}
	}
	return map[string]any{
		"domain": s.options.Domain, "title": "An instance that does not exist", "version": "4.5.2",
		"configuration": map[string]any{
			"urls":             map[string]string{"streaming": "ws://" + r.Host},
			"timelines_access": map[string]any{"live_feeds": feeds("live"), "hashtag_feeds": feeds("hashtag")},
		},
	}
}

// closed says whether half of a feed is disabled.
func (s *Server) closed(feed, half string) bool {
	return slices.Contains(s.options.Closed, feed) || slices.Contains(s.options.Closed, feed+":"+half)
}

func (s *Server) publicTimeline(w http.ResponseWriter, r *http.Request) any {
	q := r.URL.Query()
	local, remote := q.Get("local") == "true", q.Get("remote") == "true"
	return s.timeline(w, r, "live", func(st *status) bool {
		return slices.Contains(st.streams, "public") && (!local || !st.remote) && (!remote || st.remote) && st.boosted == nil
	})
}

func (s *Server) tagTimeline(w http.ResponseWriter, r *http.Request) any {
	wanted := "hashtag:" + strings.ToLower(r.PathValue("tag"))
	return s.timeline(w, r, "hashtag", func(st *status) bool { return slices.Contains(st.streams, wanted) })
}

// timeline answers a page of statuses.
func (s *Server) timeline(w http.ResponseWriter, r *http.Request, feed string, belongs func(*status) bool) any {
	var ids []int64
	for _, st := range s.statuses {
		half := "local"
		if st.remote {
			half = "remote"
		}
		if belongs(st) && !s.closed(feed, half) {
			ids = append(ids, st.number)
		}
	}
	return page(w, r, ids, func(id int64) any { return s.entity(s.find(id)) })
}

func (s *Server) notifications(w http.ResponseWriter, r *http.Request) any {
	types := r.URL.Query()["types[]"]
	if len(types) > 0 && !slices.Contains(types, "mention") {
		return []any{}
	}
	var ids []int64
	byID := map[int64]notice{}
	for _, n := range s.notices {
		ids = append(ids, n.id)
		byID[n.id] = n
	}
	return page(w, r, ids, func(id int64) any { return s.noticeEntity(byID[id]) })
}

// someStatuses answers those of the statuses asked for that exist.
func (s *Server) someStatuses(w http.ResponseWriter, r *http.Request) any {
	asked := r.URL.Query()["id[]"]
	if len(asked) > maxStatusID {
		s.fail(w, http.StatusUnprocessableEntity, "Too many ids")
		return nil
	}
	found := []any{}
	for _, text := range asked {
		switch st := s.readable(text); {
		case st == nil:
		case s.faults.Omit > 0:
			s.faults.Omit--
		default:
			found = append(found, s.entity(st))
		}
	}
	return found
}

// oneStatus answers the status asked for.
func (s *Server) oneStatus(w http.ResponseWriter, r *http.Request) any {
	st := s.readable(r.PathValue("id"))
	if st == nil {
		s.fail(w, http.StatusNotFound, "Record not found")
		return nil
	}
	return s.entity(st)
}

// readable finds a status that everybody may read.
func (s *Server) readable(text string) *status {
	id, err := strconv.ParseInt(text, 10, 64)
	if st := s.find(id); err == nil && st != nil && (st.visibility == "public" || st.visibility == "unlisted") {
		return st
	}
	return nil
}

// page answers the part of a list that was asked for, newest first, and says in
// the Link header where the next and the previous part are.
func page(w http.ResponseWriter, r *http.Request, ids []int64, entity func(int64) any) any {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 {
		limit = 20
	}
	limit = min(limit, maxPage)
	bound := func(key string) int64 {
		n, _ := strconv.ParseInt(q.Get(key), 10, 64)
		return n
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool {
		return bound("max_id") > 0 && id >= bound("max_id") || id <= bound("since_id") || id <= bound("min_id")
	})
	if q.Has("min_id") {
		ids = ids[:min(limit, len(ids))] // the oldest ones: this goes forward
	} else {
		ids = ids[max(0, len(ids)-limit):]
	}
	slices.Reverse(ids)
	entities := []any{}
	for _, id := range ids {
		entities = append(entities, entity(id))
	}
	if len(ids) > 0 {
		w.Header().Set("Link", link(r, "max_id", ids[len(ids)-1], "next")+", "+link(r, "min_id", ids[0], "prev"))
	}
	return entities
}

func link(r *http.Request, key string, id int64, relation string) string {
	q := url.Values{key: {strconv.FormatInt(id, 10)}}
	for _, kept := range []string{"limit", "local", "remote"} {
		if r.URL.Query().Has(kept) {
			q.Set(kept, r.URL.Query().Get(kept))
		}
	}
	return fmt.Sprintf(`<http://%s%s?%s>; rel=%q`, r.Host, r.URL.EscapedPath(), q.Encode(), relation)
}
