package scorer

import "github.com/vigie-monitor/vigie/services/scorer/internal/language"

// Language tells the language of a text as the scorer does: an ISO 639-1 code, or
// "und". hint is what its source announces.
func Language(text, hint string) string { return language.Detect(text, hint) }

// Languages are the codes of those that can be told, "und" apart.
var Languages = language.All()
