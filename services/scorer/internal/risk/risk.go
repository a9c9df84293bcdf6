// Package risk owns what in a post may become a crisis: boycott, recall, injury,
// legal threat, leak, discrimination, strike, a journalist asking, an influencer
// complaining; with the words that say so. It does not know who should be told.
package risk

import (
	_ "embed"
	"slices"

	"github.com/vigie-monitor/vigie/services/scorer/internal/phrase"
)

// Risk is one found in a post.
type Risk struct {
	ID    string
	Words []string // as the post has them
}

// The risks, the worst first. Find returns them in this order.
const (
	Injury         = "injury"
	Recall         = "recall"
	Leak           = "leak"
	Discrimination = "discrimination"
	LegalThreat    = "legal_threat"
	Boycott        = "boycott"
	Strike         = "strike"
	Journalist     = "journalist"
	Influencer     = "influencer"
)

// idiom is the name in the list of phrases of what is no risk.
const idiom = "idiom"

// All lists them.
var All = []string{Injury, Recall, Leak, Discrimination, LegalThreat, Boycott, Strike, Journalist, Influencer}

// Owner is who answers a risk, in the words of the taxonomy: lawyers for what
// ends in court, the staff's department for a strike, and the spokesperson else.
func Owner(id string) string {
	switch id {
	case LegalThreat, Leak:
		return "legal"
	case Strike:
		return "hr"
	default:
		return "pr"
	}
}

// ManyFollowers is from how many on a complaint is an influencer's.
const ManyFollowers = 10_000

// InfluencerComplains says whether a complaint comes from someone many follow.
// Whether the post complains of the brand asked about is for the caller to say.
func InfluencerComplains(followers uint64, negative bool) bool {
	return negative && followers >= ManyFollowers
}

var (
	//go:embed risks.txt
	source string
	known  = phrase.MustParse(source)

	// A risk that is denied is none, and one that might come is not told as if it
	// were there. "I will not hesitate to sue" denies nothing, and "if I get no
	// answer, I sue" is a threat all the same.
	denials     = phrase.Set("no not never without nobody isn aren wasn weren don doesn didn haven hasn won wouldn cannot dont didnt isnt wasnt pas sans aucun aucune jamais ni nul nulle zero rien fake faux fausse")
	hesitations = phrase.Set("hesite hesiter hesiterai hesiterons hesiterais hesitez hesitate")
	maybes      = phrase.Set("if unless imagine suppose prevent prevents avoid avoids avoiding case si imaginez imaginons eviter evite evitent evitez prevention prevenir contre risque risk risks anti")
	opposed     = phrase.Set("contre anti against fight fights fighting combat combattre")
	elided      = phrase.Set("s") // of « s'il y a »
	figurative  = phrase.Set("me te se nous vous ca cela heart coeur ego feelings orgueil fierte egos")
)

const (
	denialReach = 3
	maybeReach  = 5
	maxWords    = 5
)

// Find returns the risks a text tells of.
func Find(text *phrase.Text) []Risk {
	var space [8]phrase.Match
	var found []Risk
	for _, match := range known.Find(space[:0], text) {
		if match.Name == idiom || denied(text, match) || supposed(text, match) {
			continue
		}
		i := slices.IndexFunc(found, func(r Risk) bool { return r.ID == match.Name })
		if i < 0 {
			i = len(found)
			found = append(found, Risk{ID: match.Name})
		}
		if written := text.Written(match); len(found[i].Words) < maxWords && !slices.Contains(found[i].Words, written) {
			found[i].Words = append(found[i].Words, written)
		}
	}
	slices.SortFunc(found, func(a, b Risk) int { return slices.Index(All, a.ID) - slices.Index(All, b.ID) })
	return found
}

func denied(text *phrase.Text, match phrase.Match) bool {
	return text.Before(match, denialReach, denials) && !text.Before(match, denialReach+2, hesitations)
}

// supposed are risks that are only spoken of or fought, and injuries of the heart.
func supposed(text *phrase.Text, match phrase.Match) bool {
	switch match.Name {
	case Injury:
		return text.Before(match, maybeReach, maybes) || text.Before(match, 1, figurative) || text.After(match, 2, figurative)
	case Recall, Leak, Strike:
		return text.Before(match, maybeReach, maybes) || text.Before(match, maybeReach, elided)
	case Discrimination:
		return text.Before(match, maybeReach, opposed)
	default:
		return false
	}
}
