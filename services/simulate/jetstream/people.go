package jetstream

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// Domain is where the invented people have their handles.
const Domain = "bsky.example"

// maxProfiles is how many profiles may be asked for at once.
const maxProfiles = 25

// profile is who an author is, as app.bsky.actor.getProfiles says it.
type profile struct {
	DID         string `json:"did"`
	Handle      string `json:"handle"`
	DisplayName string `json:"displayName"`
	Followers   int    `json:"followersCount"`
}

// DID is the identity of an invented author.
func DID(author world.Author) string {
	return "did:plc:" + digest("author "+strconv.FormatInt(author.ID, 10), 15)
}

// Handle is the handle of an invented author.
func Handle(author world.Author) string {
	return strings.ReplaceAll(author.Handle, "_", "-") + "." + Domain
}

// introduce makes an author known, and answers their DID.
func (s *Server) introduce(author world.Author) string {
	did := DID(author)
	if _, known := s.people[did]; !known {
		s.people[did] = profile{DID: did, Handle: Handle(author), DisplayName: author.Name, Followers: author.Followers}
		s.handles[Handle(author)] = did
	}
	return did
}

// Introduce makes an author known who has not posted yet.
func (s *Server) Introduce(author world.Author) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.introduce(author)
}

// didOf finds who is meant by the short handle people write in a post.
func (s *Server) didOf(name string) (string, bool) {
	did, known := s.handles[strings.ReplaceAll(strings.ToLower(name), "_", "-")+"."+Domain]
	return did, known
}

// getProfiles answers for those it knows, and is silent about the others.
func (s *Server) getProfiles(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse(w) {
		return
	}
	actors := r.URL.Query()["actors"]
	if len(actors) == 0 || len(actors) > maxProfiles {
		http.Error(w, `{"error":"InvalidRequest","message":"actors must be 1 to 25"}`, http.StatusBadRequest)
		return
	}
	found := []profile{}
	for _, actor := range actors {
		did := actor
		if by, known := s.handles[actor]; known {
			did = by
		}
		if person, known := s.people[did]; known {
			found = append(found, person)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"profiles": found})
}
