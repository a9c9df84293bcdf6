package scorer

import "github.com/vigie-monitor/vigie/services/scorer/internal/sentiment"

// spoken are the languages most posts are in; each counts as much as the other.
var spoken = map[string]bool{"fr": true, "en": true}

// Mistakes is how often the sentiment model that comes with the binary takes a negative
// post for one, and how often one that is not, as its card says: the mean of French and
// English.
func Mistakes() (found, mistaken float64) {
	card := sentiment.Embedded().Card()
	for i := range card.Languages {
		if language := &card.Languages[i]; spoken[language.Language] {
			f, m := language.Mistakes()
			found, mistaken = found+f/float64(len(spoken)), mistaken+m/float64(len(spoken))
		}
	}
	return found, mistaken
}
