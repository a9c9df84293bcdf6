package export_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Management reads who and what the week named, in its own language. What the
// brands are called is left out, by whatever name their queries find them.
func TestNamesAreTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		language, summary, sheet, says string
		kinds                          []string
	}{
		{"en", "Summary", "Names", "•  Named most, in so many texts without their copies: Lyon (3), Camille Durand (2).", []string{"Person", "Place"}},
		{"fr", "Synthèse", "Noms cités", "•  Les plus cités, en nombre de textes sans les copies : Lyon (3), Camille Durand (2).", []string{"Personne", "Lieu"}},
	} {
		t.Run(test.language, func(t *testing.T) {
			t.Parallel()
			db := newTables(t)
			db.cfg.Language = test.language
			db.cfg.Brands[0].Query = `acme OR "zestaline"`
			for i, text := range []string{
				"Camille Durand est à Lyon, dans le Groupe Zestaline", "Camille Durand est à Lyon, dans le Groupe Zestaline",
				"le Groupe Zestaline rappelle Camille Durand", "bloqués à Lyon avec Globex", "encore à Lyon", "la CGT est à Nantes",
			} {
				db.insert(row{brand: "acme", id: fmt.Sprint("x:", i), revision: 1, source: "x", ownership: "third_party", sentiment: "neutral",
					text: text, story: fmt.Sprint("t", max(i, 1)), likes: uint64(i), url: "https://x.example/" + fmt.Sprint(i),
					published: time.Date(2026, 11, 10, 13, i, 0, 0, time.UTC)})
			}
			result := db.weekly("2026-W46")
			line(t, sheet(t, result.XLSX, test.summary), test.says)
			rows := sheet(t, result.XLSX, test.sheet)[2:]
			require.Len(t, rows, 2)
			assert.Equal(t, []string{test.kinds[0], "Camille Durand", "2", "le Groupe Zestaline rappelle Camille Durand", "", "https://x.example/2"}, rows[0])
			assert.Equal(t, []string{test.kinds[1], "Lyon", "3", "encore à Lyon", "", "https://x.example/4"}, rows[1])
		})
	}
}
