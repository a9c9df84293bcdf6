package names

import (
	"sync"

	"github.com/jdkato/prose/v2"
)

// model is loaded once: prose would load it for every text.
var model = sync.OnceValue(func() *prose.Model {
	document, err := prose.NewDocument("", prose.WithSegmentation(false))
	if err != nil {
		panic("names: prose cannot read its own model: " + err.Error())
	}
	return document.Model
})

// english asks prose for people and places. It was made for newspapers and takes
// most capitals of a post for names: it is believed where a capital means
// something, and of a single word where something stands before it. Organisations
// are known by their words, for prose's model has none.
func english(text string) []Name {
	// prose forgets a name that ends the text.
	document, err := prose.NewDocument(text+" .", prose.WithSegmentation(false), prose.UsingModel(model()))
	if err != nil {
		return nil
	}
	labels := map[string]string{}
	for _, entity := range document.Entities() {
		labels[entity.Text] = entity.Label
	}
	var found []Name
	for _, sequence := range sequences(text) {
		kind := sequence.kind()
		if label := labels[sequence.text]; kind == "" && len(sequence.words) > 1 {
			kind = map[string]Kind{"PERSON": Person, "GPE": Place}[label]
		}
		if kind != "" {
			found = append(found, Name{sequence.text, kind})
		}
	}
	return found
}
