package world

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// population is how many people write; few write much, most write rarely.
const population = 4000

// pressID is the first ID of the newspapers' accounts.
const pressID = 2_000_000

var (
	firstNames = map[string][]string{
		"fr": {"Camille", "Inès", "Hugo", "Léa", "Malik", "Chloé", "Yanis", "Manon", "Théo", "Aïcha", "Jules", "Élodie", "Karim", "Louise", "Bastien", "Nour", "Gaëlle", "Rémi", "Fatou", "Antoine"},
		"en": {"Amelia", "Oscar", "Priya", "Callum", "Niamh", "Imran", "Poppy", "Rhys", "Zara", "Ewan", "Freya", "Kwame", "Holly", "Declan", "Maya", "Tom", "Aoife", "Ravi", "Beth", "Lewis"},
	}
	lastNames = map[string][]string{
		"fr": {"Morvan", "Delaunay", "Benhaddou", "Roussel", "Kerlero", "Vasseur", "Tirel", "Amrani", "Poulain", "Chassagne", "Le Goff", "Diallo", "Marchal", "Fabre", "Nguyen", "Hamon"},
		"en": {"Whitlock", "Okafor", "Pemberton", "Sharma", "Lockhart", "Byrne", "Ashdown", "Griffiths", "Malik", "Thornley", "Doyle", "Farrow", "Osei", "Kirkbride", "Patel", "Hale"},
	}
	newspapers = []struct{ handle, name, language string }{
		{"lefanal", "Le Fanal", "fr"},
		{"clairon_info", "Le Clairon", "fr"},
		{"harbourpost", "The Harbour Post", "en"},
		{"quaysidenews", "Quayside News", "en"},
	}
)

// someone picks who writes: activity follows Zipf's law.
func (w *World) someone(r *rand.Rand) (Author, string) {
	// The inverse of a Zipf distribution of exponent 1, shifted so that the most
	// active person writes one post in forty or so.
	const shift = 6
	rank := shift*math.Pow((population+shift)/float64(shift), r.Float64()) - shift
	return w.person(int64(rank) + 1)
}

// anyone picks who joins in a crisis: people who had never spoken of the brand.
func (w *World) anyone(r *rand.Rand) (Author, string) {
	return w.person(r.Int64N(population) + 1)
}

// person is who has an ID in this world, and the language they write in.
func (w *World) person(id int64) (Author, string) {
	r := rand.New(rand.NewPCG(w.seed, uint64(id)^0x9e3779b97f4a7c15))
	language := "fr"
	if r.Float64() < 0.4 {
		language = "en"
	}
	first, last := pick(r, firstNames[language]), pick(r, lastNames[language])
	handle := strings.ToLower(plain(first) + "_" + plain(last))
	// Followers have a heavy tail: half the people have fewer than 80, a few have
	// hundreds of thousands.
	followers := min(40*math.Pow(1-r.Float64(), -1/0.95), 900_000)
	return Author{
		ID:        id,
		Handle:    fmt.Sprintf("%s%d", handle, id),
		Name:      first + " " + last,
		Followers: int(followers),
	}, language
}

// newspaper picks a newspaper that writes in a language.
func newspaper(r *rand.Rand, language string) Author {
	for {
		i := r.IntN(len(newspapers))
		if paper := newspapers[i]; paper.language == language {
			return Author{ID: pressID + int64(i), Handle: paper.handle, Name: paper.name, Followers: 210_000 + 60_000*i}
		}
	}
}

// plain writes a name with the letters a handle may have.
func plain(name string) string { return unaccented.Replace(name) }

var unaccented = strings.NewReplacer("é", "e", "É", "E", "è", "e", "ë", "e", "ï", "i", " ", "")

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
