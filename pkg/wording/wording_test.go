package wording_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/wording"
)

func TestFigures(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		n      float64
		fr, en string
	}{
		{0, "0", "0"}, {0.04, "0", "0"}, {0.3, "0,3", "0.3"}, {2.5, "2,5", "2.5"}, {6.02, "6", "6"}, {9.96, "10", "10"},
		{14.4, "14", "14"}, {999, "999", "999"}, {1000, "1\u202F000", "1,000"}, {1234567, "1\u202F234\u202F567", "1,234,567"},
	} {
		require.Equal(t, row.fr, wording.French.Number(row.n))
		require.Equal(t, row.en, wording.English.Number(row.n))
	}
	require.Equal(t, "18,446,744,073,709,551,615", wording.English.Count(math.MaxUint64))
	require.Equal(t, "62\u00A0%", wording.French.Share(52, 84))
	require.Equal(t, "12%", wording.English.Share(0.72, 6))
	require.Equal(t, "–", wording.English.Share(1, 0))
	require.Equal(t, "–", wording.English.Share(1, math.NaN()))
	require.Equal(t, "12,5\u00A0%", wording.French.Percent(0.125))
	require.Equal(t, "-0.250", wording.English.Decimal(-0.25, 3))
}

func TestOneAndSeveral(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		n      uint64
		fr, en string
	}{
		{0, "0 crise", "0 crises"}, {1, "1 crise", "1 crisis"}, {2, "2 crises", "2 crises"}, {1000, "1\u202F000 crises", "1,000 crises"},
	} {
		require.Equal(t, row.fr, wording.French.Several(row.n, wording.French.Level("crisis")))
		require.Equal(t, row.en, wording.English.Several(row.n, wording.English.Level("crisis")))
	}
	require.Equal(t, "Élan", wording.Capital("élan"))
	require.Empty(t, wording.Capital(""))
	require.Equal(t, "fr", wording.Of("fr").Code)
	require.Equal(t, "en", wording.Of("de").Code, "who speaks neither reads English")
}

func TestClock(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	now := time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC) // half past midnight in Paris
	require.Equal(t, "00:12", wording.French.Clock(now.Add(-18*time.Minute), now, paris))
	require.Equal(t, "21/11 23:30", wording.French.Clock(now.Add(-time.Hour), now, paris))
	require.Equal(t, "21 Nov 23:30", wording.English.Clock(now.Add(-time.Hour), now, paris))
	require.Equal(t, "22:30", wording.English.Clock(now.Add(-time.Hour), now, time.UTC))
	require.Equal(t, "–", wording.English.Clock(time.Time{}, now, paris))
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		d      time.Duration
		fr, en string
	}{
		{-time.Second, "moins de 1\u00A0s", "less than 1\u00A0s"},
		{200 * time.Millisecond, "moins de 1\u00A0s", "less than 1\u00A0s"},
		{59*time.Second + 900*time.Millisecond, "59\u00A0s", "59\u00A0s"},
		{301 * time.Second, "5\u00A0min", "5\u00A0min"},
		{time.Hour, "1\u00A0h", "1\u00A0h"},
		{65 * time.Minute, "1\u00A0h\u00A005\u00A0min", "1\u00A0h\u00A005\u00A0min"},
		{53 * time.Hour, "2\u00A0j 5\u00A0h", "2\u00A0d 5\u00A0h"},
	} {
		require.Equal(t, row.fr, wording.French.Span(row.d))
		require.Equal(t, row.en, wording.English.Span(row.d))
	}
	for _, d := range []time.Duration{9*time.Minute + time.Second, 9*time.Minute + 34*time.Second, 10 * time.Minute} {
		require.Equal(t, "10\u00A0min", wording.English.Window(d), "the window is one, whatever second it is looked at")
	}
}

// What is loud by itself is named; of counts the figures tell, and what a newer detector
// says is left out.
func TestWhatIsLoud(t *testing.T) {
	t.Parallel()
	require.Equal(t, "auteur très suivi, publication qui s’emballe, texte repris par beaucoup",
		wording.French.Signals([]string{"volume", "negative", "reach", "engagement", "story", "tomorrow"}))
	require.Equal(t, "widely followed author", wording.English.Signals([]string{"reach"}))
	require.Empty(t, wording.English.Signals([]string{"volume"}))
	require.Equal(t, "une seule publication", wording.French.About("post", "x:1"))
	require.Equal(t, "one text", wording.English.About("story", "x:1"))
}

func TestTheFiguresOfAnIncident(t *testing.T) {
	t.Parallel()
	f := wording.Figures{Window: 10 * time.Minute, Mentions: 84, ExpectedMentions: 6, Negative: 52, ExpectedNegative: 0.72, Authors: 41}
	require.Equal(t, "84 mentions en 10\u00A0min, d’habitude 6 (×14)", wording.French.Volume(f))
	require.Equal(t, "62\u00A0% négatives, d’habitude 12\u00A0%", wording.French.Tone(f))
	require.Equal(t, "41 auteurs différents", wording.French.Voices(f))
	require.Equal(t, "at least 192 different authors", wording.English.Voices(wording.Figures{Authors: wording.KnownAuthors}))

	for surplus, told := range map[[2]float64][2]string{
		{0.55, 0.7}:      {"du surplus, 55\u00A0% à 70\u00A0% une fois corrigé", "of the surplus, 55% to 70% once corrected"},
		{0.93, 1}:        {"du surplus, 93\u00A0% à 100\u00A0% une fois corrigé", "of the surplus, 93% to 100% once corrected"},
		{0.997, 1}:       {"et pratiquement tout le surplus", "and practically all of the surplus"},
		{0, 0.001}:       {"et pratiquement rien du surplus", "and practically none of the surplus"},
		{0.5501, 0.5502}: {"du surplus, environ 55\u00A0% une fois corrigé", "of the surplus, about 55% once corrected"},
	} {
		f.Surplus = surplus
		require.Equal(t, "62\u00A0% négatives, d’habitude 12\u00A0% ("+told[0]+")", wording.French.Tone(f))
		require.Equal(t, "62% negative, usually 12% ("+told[1]+")", wording.English.Tone(f))
	}
	f.Surplus = [2]float64{}

	one := wording.Figures{Window: time.Hour, Mentions: 1, Negative: 1, Authors: 1}
	require.Equal(t, "1 mention en 1\u00A0h, d’habitude aucune", wording.French.Volume(one))
	require.Equal(t, "100\u00A0% négative", wording.French.Tone(one), "of no usual there is no usual tone")
	require.Equal(t, "1 auteur", wording.French.Voices(one))
	require.Equal(t, "1 author", wording.English.Voices(one))

	for _, row := range []struct {
		expected float64
		fr, en   string
	}{
		{0, "d’habitude aucune", "usually none"},
		{0.3, "d’habitude moins d’une", "usually less than one"},
		{2.5, "d’habitude 2,5 (×34)", "usually 2.5 (×34)"},
		{6.02, "d’habitude 6 (×14)", "usually 6 (×14)"},
		{70, "d’habitude 70", "usually 70"},
	} {
		f.ExpectedMentions = row.expected
		require.Equal(t, "84 mentions en 10\u00A0min, "+row.fr, wording.French.Volume(f))
		require.Equal(t, "84 mentions in 10\u00A0min, "+row.en, wording.English.Volume(f))
	}
}

func TestTopics(t *testing.T) {
	t.Parallel()
	require.Equal(t, "panne", wording.French.Topic("outage"))
	require.Equal(t, "outage", wording.English.Topic("outage"))
	require.Equal(t, "emballages", wording.French.Topic("emballages"), "one that a config invents")
}

// Posts that are shown together are each shown for something: no two in the same words.
func TestNoTwoPostsAreShownInTheSameWords(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"latest", "first", "most_engaged", "widest_reach", "typical", "risk"} {
		why := wording.Why{Reason: reason, Risk: "boycott"}
		for _, language := range []wording.Language{wording.French, wording.English} {
			told := language.WhyShown([]wording.Why{why, {Reason: "risk", Risk: "leak"}, why, why})
			require.NotEmpty(t, told[0], reason)
			require.NotEmpty(t, told[2], reason)
			require.NotEqual(t, told[0], told[2], reason)
			require.Empty(t, told[3], "twice said is enough")
		}
	}
	whys := []wording.Why{{Reason: "risk", Risk: "recall"}, {Reason: "typical"}, {Reason: "typical"}, {Reason: "risk", Risk: "recall"}, {Reason: "tomorrow"}, {}}
	require.Equal(t, []string{"risque\u00A0: rappel de produit", "typique", "typique aussi", "rappel de produit aussi", "", ""}, wording.French.WhyShown(whys))
	require.Equal(t, []string{"risk: product recall", "typical", "typical too", "product recall too", "", ""}, wording.English.WhyShown(whys))
}
