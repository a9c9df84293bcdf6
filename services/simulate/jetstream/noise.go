package jetstream

import (
	"math/rand/v2"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// smallTalk is what the rest of the network speaks of.
var smallTalk = map[string][]string{
	"fr": {
		"il pleut encore, j'adore", "mon chat a renversé le café sur le clavier", "qui regarde le match ce soir ?", "recette de crêpes, quelqu'un ?",
		"le soleil se couche si tôt maintenant", "j'ai enfin fini ce livre", "bonne nuit à toutes et à tous", "photo du jour : un héron",
	},
	"en": {
		"my sourdough finally rose", "cat pictures or I riot", "who's watching the game tonight?", "monday again, how",
		"finished the book, no spoilers", "good night everyone", "the light in the park this afternoon", "hot take: soup is a drink",
	},
}

// strangerID is the first ID of those who make the noise.
const strangerID = 9_000_000

// makeNoise plays everyone else on the network until the server closes.
func (s *Server) makeNoise() {
	r := rand.New(rand.NewPCG(1, 2))
	s.life.Often(s.options.Noise, func(n int64) { s.noise(r, n, s.options.Now()) })
}

// murmurEvery is the time between two posts of the past: a network this large is
// never silent for longer, whatever a reader filters.
const murmurEvery = 20 * time.Second

// Murmur lets everyone else have posted for a while, so that the past has no
// holes.
func (s *Server) Murmur(from, to time.Time) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := int64(1); from.Before(to); n++ {
		s.mu.Lock()
		s.chat(r, reference{did: DID(stranger(r)), rkey: tid(from, n), rev: tid(from, n)}, from)
		s.mu.Unlock()
		from = from.Add(murmurEvery)
	}
}

// stranger is someone else, about to write.
func stranger(r *rand.Rand) world.Author {
	return world.Author{ID: strangerID + r.Int64N(5000), Handle: "stranger", Name: "Somebody Else", Followers: r.IntN(400)}
}

// chat is a post about nothing.
func (s *Server) chat(r *rand.Rand, ref reference, now time.Time) {
	language := []string{"fr", "en"}[r.IntN(2)]
	words := smallTalk[language]
	s.append(now, commitEvent(ref, "create", s.record(world.Post{Time: now, Text: words[r.IntN(len(words))], Language: language})))
}

// noise is one event, at a moment, of the kinds the network makes, in rough proportion.
func (s *Server) noise(r *rand.Rand, n int64, now time.Time) {
	author := stranger(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	ref := reference{did: DID(author), rkey: tid(now, n), rev: tid(now, n)}
	switch x := r.Float64(); {
	case x < 0.55:
		s.chat(r, ref, now)
	case x < 0.85:
		like := commitEvent(ref, "create", map[string]any{
			"$type": "app.bsky.feed.like", "createdAt": now.UTC().Format(time.RFC3339Nano), "subject": ref.strong(),
		})
		like.collection = "app.bsky.feed.like"
		like.body["commit"].(map[string]any)["collection"] = like.collection
		s.append(now, like)
	case x < 0.92:
		s.append(now, commitEvent(ref, "delete", nil))
	case x < 0.97:
		s.append(now, identityEvent(ref.did, Handle(author), now))
	default:
		s.append(now, accountEvent(ref.did, []string{"", "deactivated"}[r.IntN(2)], now))
	}
}
