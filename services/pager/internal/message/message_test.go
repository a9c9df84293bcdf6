package message

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

var night = time.Date(2026, 11, 21, 3, 13, 0, 0, time.UTC)

func page(t testing.TB) Page {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	return Page{
		ID: "acme@2026-11-21T02:12:00Z/crisis/0/alice/slack", IncidentID: "acme@2026-11-21T02:12:00Z",
		About: Call, Level: "crisis", Person: "Alice", Language: "fr", Zone: paris, Now: night,
		Brand: "Acme", Opened: night.Add(-61 * time.Minute),
		Figures: wording.Figures{
			Window: 10 * time.Minute, Mentions: 84, ExpectedMentions: 6, Negative: 52, ExpectedNegative: 0.72, Authors: 41,
		},
		Posts: []Post{{
			Source: "bluesky", Author: "ana.example", Text: "Trois enfants malades.\nQue fait @acme ?",
			URL: "https://bsky.example/ana/1", Published: night.Add(-62 * time.Minute),
		}},
		BlindSources: []string{"x/@acme"},
		AckURL:       "https://desk.example.org/ack?t=a.b", DeskURL: "https://desk.example.org/",
		RuleVersion: "r1", ModelVersion: "m1",
	}
}

func TestAPageInFrench(t *testing.T) {
	t.Parallel()
	require.Equal(t, strings.Join([]string{
		"🔴 CRISE · Acme · pic de mentions depuis 03:12",
		"84 mentions en 10\u00A0min, d’habitude 6 (×14)",
		"62\u00A0% négatives, d’habitude 12\u00A0%",
		"41 auteurs différents",
		"",
		"ana.example · bluesky · 03:11",
		"> Trois enfants malades. Que fait @acme ?",
		"https://bsky.example/ana/1",
		"",
		"⚠ Sans voir\u00A0: x/@acme.",
		"",
		"Prendre en charge",
		"https://desk.example.org/ack?t=a.b",
		"Ouvrir le bureau",
		"https://desk.example.org/",
		"",
		"pour Alice · règle r1 · modèle m1 · heures\u00A0: Europe/Paris",
		"",
	}, "\n"), Write(page(t)).Text())
}

// evidenced is a page with all that it can say.
func evidenced(t testing.TB) Page {
	t.Helper()
	p := page(t)
	p.PartKind, p.Part, p.Occasion, p.Also = "topic", "safety", "Fête des mères", []string{"Globex", "Initech"}
	p.Figures.Surplus, p.Figures.Reach = [2]float64{0.55, 0.7}, 1_234_567
	p.Figures.RareDays, p.Figures.KnownDays = 90, 90
	p.Words = []string{"rappel", "#boycottacme", "malades", "un", "deux", "trois", "quatre"}
	p.Path = []wording.Step{
		{Place: "bluesky", Author: "ana.example", At: night.Add(-70 * time.Minute)},
		{Place: "bluesky", Author: "x", Share: true, At: night.Add(-69 * time.Minute)},
		{Place: "site.example", Author: "y", At: night.Add(-20 * time.Minute)},
	}
	p.Accounts = []wording.Account{{Name: "star", Followers: 1_200_000, Verified: true}, {Name: "ana.example", Followers: 12}, {Name: "unknown"}, {Name: "fourth", Followers: 1}}
	p.Posts[0].Reason, p.Posts[0].Risk = "risk", "injury"
	return p
}

func TestAPageSaysWhatItIsFrom(t *testing.T) {
	t.Parallel()
	w := Write(evidenced(t))
	require.Equal(t, "🔴 CRISE · Acme · pic de mentions (sécurité) depuis 03:12", w.Headline)
	require.Equal(t, []string{
		"84 mentions en 10\u00A0min, d’habitude 6 (×14) · rien de tel dans les 90 jours connus",
		"62\u00A0% négatives, d’habitude 12\u00A0% (du surplus, 55\u00A0% à 70\u00A0% une fois corrigé)",
		"41 auteurs différents, portée potentielle 1\u202F234\u202F567",
		"Annoncé\u00A0: Fête des mères",
		"Aussi en hausse\u00A0: Globex, Initech (peut-être tout le secteur)",
		"Mots\u00A0: rappel, #boycottacme, malades, un, deux, trois",
		"Chemin\u00A0: bluesky 03:03 (ana.example) → partagé sur bluesky 03:04 → site.example 03:53",
		"Plus suivis\u00A0: star\u00A0✓ (1\u202F200\u202F000), ana.example (12), unknown",
	}, w.Lines)
	require.Equal(t, "ana.example · bluesky · 03:11 · risque\u00A0: blessure", w.Posts[0].By)

	p := evidenced(t)
	p.Language, p.PartKind, p.Part = "en", "source", "bluesky"
	p.Figures.RareDays = 12
	p.Posts[0].Reason = "most_engaged"
	w = Write(p)
	require.Equal(t, "🔴 CRISIS · Acme · spike of mentions (on bluesky) since 03:12", w.Headline)
	require.Equal(t, []string{
		"84 mentions in 10\u00A0min, usually 6 (×14) · nothing like it in 12 days",
		"62% negative, usually 12% (of the surplus, 55% to 70% once corrected)",
		"41 different authors, potential reach 1,234,567",
		"Announced: Fête des mères",
		"Also rising: Globex, Initech (perhaps the whole sector)",
		"Words: rappel, #boycottacme, malades, un, deux, trois",
		"Path: bluesky 03:03 (ana.example) → shared on bluesky 03:04 → site.example 03:53",
		"Widest reach: star\u00A0✓ (1,200,000), ana.example (12), unknown",
	}, w.Lines)
	require.Equal(t, "ana.example · bluesky · 03:11 · most reactions", w.Posts[0].By)

	p.Figures.RareDays = 1
	require.NotContains(t, Write(p).Lines[0], "nothing like it", "it is not rare")
	p.Figures.RareDays, p.Figures.KnownDays = 2, 2
	require.NotContains(t, Write(p).Lines[0], "nothing like it", "nobody knows what is rare yet")
}

func TestAPageInEnglish(t *testing.T) {
	t.Parallel()
	p := page(t)
	p.Language, p.Level, p.OnlyNegative, p.Signals = "en", "alert", true, []string{"negative", "reach"}
	p.Figures.Mentions, p.Figures.ExpectedMentions = 12480, 11000
	text := Write(p).Text()
	require.Contains(t, text, "🟠 ALERT · Acme · spike of negative mentions since 03:12\n")
	require.Contains(t, text, "12,480 mentions in 10\u00A0min, usually 11,000\n", "as usual is no multiple")
	require.Contains(t, text, "0% negative, usually 0%\n", "there is a number")
	require.Regexp(t, `different authors.* · widely followed author\n`, text)
	require.Contains(t, text, "Take charge\n")
	require.Contains(t, text, "⚠ Not seeing: x/@acme.\n")
}

// A page is written at any second of a minute: its readers are told whole
// minutes, and one hour of day, whatever zone the clocks of machines are in.
func TestAPageKeepsToWholeMinutesOfOneZone(t *testing.T) {
	t.Parallel()
	p := page(t)
	p.Opened, p.Now = p.Opened.Add(23*time.Second).In(time.FixedZone("elsewhere", 7200)), p.Now.Add(47*time.Second)
	p.Figures.Window = 9*time.Minute + 24*time.Second
	text := Write(p).Text()
	require.Contains(t, text, "depuis 03:12\n")
	require.Contains(t, text, "en 10\u00A0min")
	require.NotRegexp(t, `\d\d:\d\d:\d\d`, text)
	require.NotRegexp(t, `\dZ`, text)
}

func TestOneOfEach(t *testing.T) {
	t.Parallel()
	p := page(t)
	p.Language = "en"
	p.Figures.Mentions, p.Figures.Negative, p.Figures.Authors = 1, 1, 1
	for range maxList {
		p.BlindSources = append(p.BlindSources, "rss")
	}
	w := Write(p)
	require.Contains(t, w.Lines[0], "1 mention in")
	require.Equal(t, "1 author", w.Lines[2])
	p.Language = "fr"
	w = Write(p)
	require.Contains(t, w.Lines[1], "100\u00A0% négative, ")
	require.Contains(t, w.Caveat, "(et 1 autre)")
}

func TestTheNextOneIsToldThatNobodyAnswered(t *testing.T) {
	t.Parallel()
	p := page(t)
	p.Person, p.Step, p.Unanswered = "Chloé", 1, []string{"Alice"}
	require.Equal(t, "Alice n’a pas répondu\u00A0: à vous, Chloé.", Write(p).Lines[0])
	p.Unanswered = []string{"Alice", "Bruno"}
	require.Equal(t, "Alice, Bruno n’ont pas répondu\u00A0: à vous, Chloé.", Write(p).Lines[0])
	p.Unanswered = nil
	require.Equal(t, "Personne d’autre n’a pu être joint\u00A0: à vous, Chloé.", Write(p).Lines[0])
}

func TestTheEnd(t *testing.T) {
	t.Parallel()
	p := page(t)
	p.About, p.Over = End, night.Add(-8*time.Minute)
	w := Write(p)
	require.Equal(t, "🟢 FIN · Acme · crise de 03:12 à 04:05", w.Headline)
	require.Equal(t, []string{"Personne ne l’avait prise en charge."}, w.Lines)
	require.Empty(t, w.AckURL, "there is nothing left to take in charge")
	require.Empty(t, w.Posts)
	p.AckedBy, p.AckedTime = "Chloé", night.Add(-50*time.Minute)
	require.Equal(t, []string{"Prise en charge par Chloé à 03:23."}, Write(p).Lines)
	p.Detail = wording.French.Unwatched
	require.Equal(t, []string{"Prise en charge par Chloé à 03:23.", "Cette marque a été retirée de la configuration : Vigie ne la suit plus."}, Write(p).Lines)

	p.About, p.Language = Late, "en"
	w = Write(p)
	require.Equal(t, "🟢 ALREADY OVER · Acme · crisis from 03:12 to 04:05", w.Headline)
	require.Equal(t, "Vigie could not tell anyone while it lasted.", w.Lines[0])
	require.Len(t, w.Posts, 1)
	require.Empty(t, w.AckURL)
}

func TestABlindSource(t *testing.T) {
	t.Parallel()
	p := page(t)
	p.Blind, p.Level, p.Brand = true, "alert", ""
	p.Source, p.Place, p.Reason, p.Detail = "rss", "https://site.example/feed", "silent", "no post for 40 min"
	p.Posts = nil
	w := Write(p)
	require.Equal(t, "🟠 SOURCE AVEUGLE · rss https://site.example/feed · depuis 03:12", w.Headline)
	require.Equal(t, "Aucun signe de vie\u00A0: no post for 40 min", w.Lines[0])
	require.NotContains(t, w.Text(), "mentions en", "there are no figures of what is not seen")
}

func TestAnotherDayIsNamed(t *testing.T) {
	t.Parallel()
	p := page(t)
	p.Opened = night.Add(-26 * time.Hour)
	require.Contains(t, Write(p).Headline, "depuis 20/11 02:13")
	p.Language = "en"
	require.Contains(t, Write(p).Headline, "since 20 Nov 02:13")
}

// A page is one screen of a phone, whatever was written and by however many.
func TestAPageStaysShort(t *testing.T) {
	t.Parallel()
	p := evidenced(t)
	p.Brand, p.Part, p.Occasion = strings.Repeat("Brand ", 50), strings.Repeat("topic", 50), strings.Repeat("day ", 50)
	long := strings.Repeat("ä", 400)
	for range 20 {
		p.Words, p.Also = append([]string{long}, p.Words...), append(p.Also, long)
		p.Path = append([]wording.Step{{Place: long, Author: long, Share: true}}, p.Path...)
		p.Accounts = append([]wording.Account{{Name: long, Followers: 1e12, Verified: true}}, p.Accounts...)
	}
	p.Posts[0].Text = strings.Repeat("très long 👩‍👧‍👦 ", 100)
	p.Posts = append(p.Posts, p.Posts[0], p.Posts[0], p.Posts[0])
	for range 50 {
		p.BlindSources = append(p.BlindSources, strings.Repeat("source", 20))
	}
	w := Write(p)
	require.Len(t, w.Posts, 3)
	require.Contains(t, w.Caveat, "(et 46 autres)")
	require.Less(t, utf8.RuneCountInString(w.Text()), 2500)
	require.Less(t, utf8.RuneCountInString(w.Headline), 150, "Slack's limit of a header")
	require.True(t, strings.HasSuffix(w.Posts[0].Text, "…"))
}

func TestLine(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		in  string
		max int
		out string
	}{
		{"a\r\nBcc: x@example.org\n\n\nb", 99, "a Bcc: x@example.org b"},
		{"  padded\t\u00A0 out  ", 99, "padded out"},
		{"\x00\x1b[31mred\x07", 99, "[31mred"},
		{"left\u202Egnp.exe\u2066x", 99, "leftgnp.exex"},
		{"zero\u200Bwidth\uFEFF", 99, "zerowidth"},
		{"👩\u200D👧 family", 99, "👩\u200D👧 family"},
		{"caf\xe9", 99, "caf\uFFFD"},
		{"line\u2028separator", 99, "line separator"},
		{"0123456789", 10, "0123456789"},
		{"01234567890", 10, "012345678…"},
		{"one two three", 10, "one two…"},
	} {
		require.Equal(t, row.out, Line(row.in, row.max), row.in)
	}
}

func TestOnlyWhatABrowserOpensIsALink(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"javascript:alert(1)", "data:text/html,x", "//host/x", "mailto:a@b", "https://", "ht tp://x", "https://x/" + strings.Repeat("a", 2100)} {
		require.Empty(t, address(bad), bad)
	}
	require.Equal(t, "https://example.org/a%20b?c=d", address("https://example.org/a b?c=d"))
	require.NotContains(t, address("https://example.org/\r\nX: y"), "\n")
}

func FuzzWrite(f *testing.F) {
	for _, seed := range []string{"", "a", "é\u202e\x00", "<!channel> @here", strings.Repeat("x ", 500), "\xff\xfe"} {
		f.Add(seed, seed, "fr")
	}
	f.Fuzz(func(t *testing.T, text, name, language string) {
		p := evidenced(t)
		p.Language = language
		p.Part, p.Occasion, p.Also, p.Words = name, text, []string{name}, []string{text, name}
		p.Path[0].Place, p.Path[1].Author, p.Accounts[0].Name = text, name, text
		p.Posts[0].Reason, p.Posts[0].Risk = "risk", name
		p.Brand, p.Posts[0].Author, p.Posts[0].Text, p.Posts[0].URL, p.BlindSources = name, name, text, text, []string{name}
		w := Write(p)
		for _, line := range append([]string{w.Headline, w.Caveat, w.Footer, w.Posts[0].By, w.Posts[0].Text, w.Posts[0].URL}, w.Lines...) {
			for _, r := range line {
				if unicode.IsControl(r) || r == '\u202E' {
					t.Fatalf("%q holds %U", line, r)
				}
			}
			if !utf8.ValidString(line) || utf8.RuneCountInString(line) > maxAddress {
				t.Fatalf("%q is no line", line)
			}
		}
	})
}
