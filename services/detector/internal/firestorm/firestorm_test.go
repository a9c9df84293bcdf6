package firestorm_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const day = 24 * time.Hour

var (
	events = []firestorm.Kind{
		firestorm.Firestorm, firestorm.GreatFirestorm, firestorm.SlowBurn, firestorm.BotFlood,
		firestorm.CopyPaste, firestorm.ViralPraise, firestorm.OutageInAFirestorm, firestorm.Campaign,
	}
	all = append([]firestorm.Kind{firestorm.Ordinary, firestorm.SourceOutage}, events...)
)

// upToThousands are the brands that a test can afford to hear many weeks of.
func upToThousands() []firestorm.Brand { return firestorm.Brands()[:4] }

// each runs a test for some seeds of each kind and brand; of thousands a day, for a quarter of them.
func each(t *testing.T, kinds []firestorm.Kind, brands []firestorm.Brand, seeds int, test func(t *testing.T, s firestorm.Scenario)) {
	for _, kind := range kinds {
		for _, brand := range brands {
			t.Run(fmt.Sprintf("%s of %s", kind, brand.Name), func(t *testing.T) {
				t.Parallel()
				n := seeds
				if brand.PerDay > 1000 {
					n = (n + 3) / 4
				}
				for seed := range uint64(n) {
					s := firestorm.New(kind, brand, 2*day, seed)
					test(t, s)
				}
			})
		}
	}
}

func TestMentionsComeInTheOrderTheyAreKnown(t *testing.T) {
	t.Parallel()
	each(t, all, upToThousands(), 2, func(t *testing.T, s firestorm.Scenario) {
		ids, texts := map[string]bool{}, map[string]string{}
		counted, last := 0, s.Start
		for m := range s.Mentions() {
			if fault := wrong(m, last, ids, texts); fault != "" {
				t.Fatalf("seed %d: %s: %+v", s.Seed, fault, m)
			}
			ids[m.ID], texts[m.Story], last = true, m.Text, m.Known
			if !m.Known.Before(s.From) {
				counted++
			}
		}
		require.NotZero(t, counted)
		require.Greater(t, len(ids), counted, "there is a past")
		require.True(t, last.Before(s.Until))
	})
}

// wrong is what is, with a mention after those known before.
func wrong(m detect.Mention, last time.Time, ids map[string]bool, texts map[string]string) string {
	text, told := texts[m.Story]
	switch {
	case m.Known.Before(last):
		return "time goes back"
	case !m.Published.Before(m.Collected) || !m.Collected.Before(m.Known):
		return "published, collected, known: in this order"
	case m.Known.Nanosecond()%1e6 != 0:
		return "to the millisecond"
	case ids[m.ID]:
		return "the same id twice"
	case m.Sentiment == detect.Unfelt || m.Text == "" || m.URL == "" || m.Page == "" || m.Model == "":
		return "a field is missing"
	case m.Author != m.Source+":"+m.Handle:
		return "author and handle"
	case m.Share && m.Story == m.ID:
		return "a share is of something else"
	case told && text != m.Text:
		return "copies are alike"
	default:
		return ""
	}
}

func TestTheSameSeedGivesTheSameMentions(t *testing.T) {
	t.Parallel()
	sum := func(s firestorm.Scenario) string {
		h := sha256.New()
		for m := range s.Mentions() {
			fmt.Fprintf(h, "%+v\n", m)
		}
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	each(t, all, upToThousands()[1:3], 1, func(t *testing.T, s firestorm.Scenario) {
		same := firestorm.New(s.Kind, s.Brand, 2*day, s.Seed)
		require.Equal(t, s, same)
		first := sum(s)
		require.Equal(t, first, sum(s), "again")
		require.Equal(t, first, sum(same))
		require.NotEqual(t, first, sum(firestorm.New(s.Kind, s.Brand, 2*day, s.Seed+1)))
	})
}

// The first post of the event is published at the onset, and none before; nine in
// ten by the end; and it all belongs to the part that counts.
func TestOnsetsAreExact(t *testing.T) {
	t.Parallel()
	each(t, events, upToThousands(), 3, func(t *testing.T, s firestorm.Scenario) {
		var published []time.Time
		for m, label := range s.Labelled() {
			if label.Event {
				published = append(published, m.Published)
			}
		}
		slices.SortFunc(published, time.Time.Compare)
		require.Equal(t, s.Truth.Onset, published[0], "seed %d", s.Seed)
		by, _ := slices.BinarySearchFunc(published, s.Truth.End, time.Time.Compare)
		require.InDelta(t, 0.9, float64(by)/float64(len(published)), 0.05, "seed %d", s.Seed)
		require.True(t, s.Truth.Onset.After(s.From.Add(12*time.Hour)) && s.Truth.End.Before(s.Until), "seed %d: %+v", s.Seed, s.Truth)
	})
}

func TestWhereNothingHappensNoMentionIsOfAnEvent(t *testing.T) {
	t.Parallel()
	each(t, []firestorm.Kind{firestorm.Ordinary, firestorm.SourceOutage}, upToThousands()[:3], 2, func(t *testing.T, s firestorm.Scenario) {
		require.Equal(t, firestorm.Truth{Most: firestorm.Watch}, s.Truth)
		for _, label := range s.Labelled() {
			require.False(t, label.Event)
		}
	})
}

// heard is what a person who reads the posts would have counted.
type heard struct {
	people  map[string]bool // who were negative of the event within twelve hours of its onset
	highest [2]int          // three hours of all negative posts: before the onset, and after
}

func listen(s firestorm.Scenario) heard {
	h := heard{people: map[string]bool{}}
	hours := map[int]int{} // by three, from the onset
	for m, label := range s.Labelled() {
		if m.Known.Sub(s.Truth.Onset) > day {
			break
		}
		if label.Sentiment != detect.Negative {
			continue
		}
		if label.Event && m.Known.Sub(s.Truth.Onset) < 12*time.Hour {
			h.people[m.Author] = true
		}
		hours[int(math.Floor(m.Known.Sub(s.Truth.Onset).Hours()/3))]++
	}
	for hour, n := range hours {
		i := 0
		if hour >= 0 {
			i = 1
		}
		h.highest[i] = max(h.highest[i], n)
	}
	return h
}

func TestAFirestormIsSeenByAnybody(t *testing.T) {
	t.Parallel()
	each(t, []firestorm.Kind{firestorm.Firestorm, firestorm.GreatFirestorm}, upToThousands(), 8, func(t *testing.T, s firestorm.Scenario) {
		least := 12
		if s.Kind == firestorm.GreatFirestorm {
			least = 40
		}
		h := listen(s)
		require.GreaterOrEqual(t, len(h.people), least, "seed %d: people", s.Seed)
		require.Greater(t, float64(h.highest[1]), 1.5*float64(h.highest[0]), "seed %d: the highest three hours", s.Seed)
	})
}

// Lit after midnight, which is the hardest: it comes to its height after breakfast.
func TestAFirestormOfAHugeBrandRisesAboveItsDays(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("two million mentions")
	}
	s := firestorm.New(firestorm.Firestorm, firestorm.Brands()[4], day, 11)
	require.Equal(t, 0, s.Truth.Onset.In(s.Start.Location()).Hour())
	h := listen(s)
	require.Greater(t, float64(h.highest[1]), 1.4*float64(h.highest[0]))
	require.Greater(t, len(h.people), 50_000)
}

func TestASlowBurnIsMoreComplaintsForDays(t *testing.T) {
	t.Parallel()
	each(t, []firestorm.Kind{firestorm.SlowBurn}, upToThousands()[2:], 6, func(t *testing.T, s firestorm.Scenario) {
		before, during := 0.0, 0.0
		for m, label := range s.Labelled() {
			switch {
			case label.Sentiment != detect.Negative:
			case m.Published.Before(s.Truth.Onset):
				before++
			case m.Published.Before(s.Truth.End):
				during++
			}
		}
		days := s.Truth.End.Sub(s.Truth.Onset).Hours() / 24
		ratio := during / days / (before / (s.Truth.Onset.Sub(s.Start).Hours() / 24))
		require.Greater(t, days, 2.5, "seed %d", s.Seed)
		require.Greater(t, ratio, 1.2, "seed %d", s.Seed)
		require.Less(t, ratio, 4.5, "seed %d", s.Seed)
		require.True(t, s.Truth.Worse.Before(s.Truth.End))
	})
}

func TestABotFloodIsAHandfulOfAccounts(t *testing.T) {
	t.Parallel()
	each(t, []firestorm.Kind{firestorm.BotFlood}, upToThousands(), 4, func(t *testing.T, s firestorm.Scenario) {
		posts, authors := 0, map[string]bool{}
		for m, label := range s.Labelled() {
			if label.Event {
				posts++
				authors[m.Author] = true
			}
		}
		require.GreaterOrEqual(t, posts, 200)
		require.LessOrEqual(t, len(authors), 5)
	})
}

func TestACopyPasteCampaignIsOneStoryByManyFreshAccounts(t *testing.T) {
	t.Parallel()
	each(t, []firestorm.Kind{firestorm.CopyPaste}, upToThousands(), 4, func(t *testing.T, s firestorm.Scenario) {
		posts, authors, stories, before := 0, map[string]bool{}, map[string]bool{}, map[string]bool{}
		for m, label := range s.Labelled() {
			if !label.Event {
				before[m.Author] = true
				continue
			}
			require.False(t, m.Share)
			require.False(t, before[m.Author], "seed %d: %s is not fresh", s.Seed, m.Author)
			posts++
			authors[m.Author], stories[m.Story] = true, true
		}
		require.GreaterOrEqual(t, posts, 60)
		require.Len(t, authors, posts)
		require.Len(t, stories, 1)
	})
}

func TestViralPraiseAndACampaignAreWelcome(t *testing.T) {
	t.Parallel()
	each(t, []firestorm.Kind{firestorm.ViralPraise, firestorm.Campaign}, upToThousands()[1:], 3, func(t *testing.T, s firestorm.Scenario) {
		n, officials := map[detect.Sentiment]int{}, 0
		for m, label := range s.Labelled() {
			if !label.Event {
				continue
			}
			if n[label.Sentiment]++; m.Official {
				officials++
			}
		}
		require.Greater(t, n[detect.Positive], n[detect.Negative], "seed %d: %v", s.Seed, n)
		require.Equal(t, s.Kind == firestorm.Campaign, officials > 0, "seed %d: the brand itself", s.Seed)
	})
}

// Nothing of a blind source is known while it is, and what it missed comes at once
// afterwards, published in the past.
func TestAnOutageEndsInABacklog(t *testing.T) {
	t.Parallel()
	each(t, []firestorm.Kind{firestorm.SourceOutage, firestorm.OutageInAFirestorm}, upToThousands()[2:], 3, func(t *testing.T, s firestorm.Scenario) {
		require.Len(t, s.Outages, 1)
		out := s.Outages[0]
		missed := 0
		for m := range s.Mentions() {
			if m.Source != out.Source {
				continue
			}
			require.False(t, m.Collected.After(out.From) && m.Collected.Before(out.Until), "seed %d: %+v", s.Seed, m)
			if m.Published.After(out.From) && m.Published.Before(out.Until.Add(-time.Minute)) {
				require.Less(t, m.Known.Sub(out.Until), 5*time.Minute)
				missed++
			}
		}
		require.Greater(t, missed, 5, "seed %d", s.Seed)
		if s.Kind == firestorm.OutageInAFirestorm {
			require.True(t, out.From.Before(s.Truth.Onset) && s.Truth.Onset.Before(out.Until), "seed %d: it breaks out meanwhile", s.Seed)
		}
	})
}

func TestMinutesCountTheSameMentions(t *testing.T) {
	t.Parallel()
	each(t, []firestorm.Kind{firestorm.Firestorm, firestorm.SourceOutage}, upToThousands()[:3], 1, func(t *testing.T, s firestorm.Scenario) {
		want := map[time.Time]firestorm.Minute{}
		for m := range s.Mentions() {
			at := m.Known.Truncate(time.Minute)
			minute := want[at]
			if minute.Total++; m.Sentiment == detect.Negative {
				minute.Negative++
			}
			want[at] = minute
		}
		next := s.Start
		for minute := range s.Minutes() {
			require.Equal(t, next, minute.At)
			is := want[minute.At.UTC()]
			require.Equal(t, [2]int{is.Total, is.Negative}, [2]int{minute.Total, minute.Negative}, "seed %d, %v", s.Seed, minute.At)
			next = next.Add(time.Minute)
		}
		require.Equal(t, s.Until, next)
	})
}

func TestWhoStopsListeningLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := firestorm.New(firestorm.Firestorm, firestorm.Brands()[1], 2*day, 1)
	n := 0
	for range s.Mentions() {
		if n++; n == 10 {
			break
		}
	}
	for range s.Minutes() {
		break
	}
	require.Equal(t, 10, n)
}

// The benchmark's mix is fixed: it is what its figures are compared on.
func TestTheMixOfScenarios(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it lights fires of half a million posts")
	}
	scenarios := firestorm.Scenarios(1, 1)
	require.Len(t, scenarios, 5*11)
	kinds, seeds := map[firestorm.Kind]int{}, map[uint64]bool{}
	for _, s := range scenarios {
		kinds[s.Kind]++
		seeds[s.Seed] = true
		require.Equal(t, firestorm.WarmUp, s.From.Sub(s.Start).Round(day), "%s", s.Kind)
		require.LessOrEqual(t, s.Truth.Least, s.Truth.Most)
	}
	require.Len(t, seeds, len(scenarios))
	require.Len(t, kinds, len(all))
	require.Equal(t, 10, kinds[firestorm.Firestorm])
}

func TestABrandThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	brand := firestorm.Brands()[0]
	brand.Branching = 1
	require.PanicsWithError(t, "firestorm: brand marsolette: mentions a day must be above 0 and branching from 0 to below 1: they are 3 and 1",
		func() { firestorm.New(firestorm.Ordinary, brand, day, 1) })
}
