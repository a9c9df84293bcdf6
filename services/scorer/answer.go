package scorer

import (
	"bytes"
	"cmp"
	"encoding/json"

	"github.com/vigie-monitor/vigie/services/scorer/internal/recommendation"
	"github.com/vigie-monitor/vigie/services/scorer/internal/score"
	"github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"
)

// answer is what a Stream says of a line.
type answer struct {
	Error          string             `json:"error,omitempty"`      // the line is no mention; the rest is empty
	MentionID      string             `json:"mention_id,omitempty"` // where the line had one
	Lang           string             `json:"lang"`
	Sentiment      *feeling           `json:"sentiment"` // of the post as a whole; null where its language is not scored
	Brands         []string           `json:"brands"`
	Towards        map[string]towards `json:"towards,omitempty"` // by brand
	Topics         []string           `json:"topics"`
	Owner          string             `json:"owner"`
	Risks          []danger           `json:"risks"`
	Recommendation string             `json:"recommendation"` // "none", "recommends" or "warns"
	StoryID        string             `json:"story_id"`
	ModelVersion   string             `json:"model_version"`
	Explain        []weight           `json:"explain,omitempty"` // the heaviest first
}

// feeling is a sentiment, with how likely each is.
type feeling struct {
	Label         string        `json:"label"`
	Score         float32       `json:"score"` // -1 to 1
	Probabilities probabilities `json:"probabilities"`
}

type probabilities struct {
	Negative float32 `json:"negative"`
	Neutral  float32 `json:"neutral"`
	Positive float32 `json:"positive"`
}

// towards is what is felt and advised towards a brand.
type towards struct {
	Sentiment      *feeling `json:"sentiment"`
	Recommendation string   `json:"recommendation"`
}

// danger is a risk, with the words that say so.
type danger struct {
	ID    string   `json:"id"`
	Words []string `json:"words"`
}

// weight is a word, and what it adds to the score.
type weight struct {
	Word   string  `json:"word"`
	Weight float32 `json:"weight"`
}

// tell fills in what was found.
func (a *answer) tell(r score.Result, version string) {
	a.Lang, a.ModelVersion = r.Language, version
	a.Sentiment, a.Recommendation = feelingOf(r.Whole.Verdict), advice(r.Whole.Recommendation)
	a.Topics, a.Owner = r.Topics, r.Owner
	for _, risk := range r.Whole.Risks {
		a.Risks = append(a.Risks, danger(risk))
	}
	for _, t := range r.Towards {
		if a.Towards == nil {
			a.Towards = map[string]towards{}
		}
		a.Brands = append(a.Brands, t.BrandID)
		a.Towards[t.BrandID] = towards{feelingOf(t.Verdict), advice(t.Recommendation)}
	}
}

func feelingOf(v sentiment.Verdict) *feeling {
	if v.Label == sentiment.None {
		return nil
	}
	return &feeling{v.Label.String(), v.Score, probabilities{v.Probabilities[0], v.Probabilities[1], v.Probabilities[2]}}
}

// advice is what is recommended, in a word.
func advice(r recommendation.Recommendation) string { return cmp.Or(r.String(), "none") }

// explain fills in what weighed most.
func (a *answer) explain(reasons []sentiment.Reason) {
	for _, r := range reasons {
		a.Explain = append(a.Explain, weight(r))
	}
}

// encode writes the answer as a line, over what the line was.
func (a *answer) encode(line *[]byte) {
	a.Brands, a.Topics = notNull(a.Brands), notNull(a.Topics)
	a.Risks = notNull(a.Risks)
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(a) // strings and finite numbers always can be
	*line = b.Bytes()
}

// notNull makes [] of a list of nothing.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
