package phrase_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/scorer/internal/phrase"
)

func TestAPhraseIsFoundWhereItStands(t *testing.T) {
	t.Parallel()
	list := phrase.MustParse(`
# what is said of trains
[late]
en|à l'heure
train* ~ retard|retards, retard, très en retard # the longest wins
[gone]
a été supprim*`)
	for source, want := range map[string]string{
		"Mon TRAIN est très en RETARD, encore un retard": "late: TRAIN est très en RETARD, late: retard",
		"trains supprimés, retard":                       "late: retard",
		"il a été SUPPRIMÉ.":                             "gone: a été SUPPRIMÉ",
		"il a, été supprimé":                             "",
		"Le train de 8h12 de Lyon a du retard":           "late: retard",
		"@retard http://retard.fr/retard #Retard":        "late: Retard",
		"très en retard":                                 "late: très en retard",
		"":                                               "",
	} {
		var text phrase.Text
		text.Read(source)
		var got []string
		for _, match := range list.Find(nil, &text) {
			got = append(got, match.Name+": "+text.Written(match))
		}
		require.Equal(t, want, strings.Join(got, ", "), source)
	}
}

func TestWhatStandsBeforeAndAfterInTheClause(t *testing.T) {
	t.Parallel()
	list, not := phrase.MustParse("[x]\nlate"), phrase.Set("pas not")
	for source, want := range map[string][2]bool{
		"not so late":      {true, false},
		"not, late":        {false, false},
		"late pas":         {false, true},
		"not a b c late":   {false, false},
		"late: not at all": {false, false},
	} {
		var text phrase.Text
		text.Read(source)
		match := list.Find(nil, &text)[0]
		require.Equal(t, want, [2]bool{text.Before(match, 3, not), text.After(match, 3, not)}, source)
	}
}

func TestASentenceThatAsks(t *testing.T) {
	t.Parallel()
	var text phrase.Text
	text.Read("Late again. Is it 3.5 hours, really? Yes")
	var asks []string
	for _, word := range text.Words {
		if word.Asks {
			asks = append(asks, word.Text)
		}
	}
	require.Equal(t, []string{"is", "it", "3", "5", "hours", "really"}, asks)
}
