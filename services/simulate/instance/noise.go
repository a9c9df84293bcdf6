package instance

import (
	"math/rand/v2"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// smallTalk is what everyone else writes.
var smallTalk = []string{
	"il pleut encore, j'adore", "mon chat dort sur le clavier", "qui a une bonne recette de crêpes ?", "bonne nuit à toutes et à tous",
	"the light in the park this afternoon", "my tomatoes are finally red", "monday again, how", "good night everyone",
}

// strangerID is the first ID of those who make the noise.
const strangerID = 9_000_000

// makeNoise plays everyone else on the instance until it closes: they write, and
// now and then delete what they wrote.
func (s *Server) makeNoise() {
	r := rand.New(rand.NewPCG(3, 4))
	s.life.Often(s.options.Noise, func(number int64) {
		post := world.Post{
			Number: -number, Time: s.options.Now(), Language: "fr", Text: smallTalk[r.IntN(len(smallTalk))],
			Author: world.Author{ID: strangerID + r.Int64N(5000), Handle: "stranger", Name: "Somebody Else", Followers: r.IntN(400)},
		}
		s.Show(post)
		if r.Float64() < 0.08 {
			s.Delete(-r.Int64N(number) - 1)
		}
	})
}
