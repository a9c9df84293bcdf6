package firestorm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/firestorm"
)

// Run with -v to look at the scenarios: hours by Known, from a day before the
// event to two days after, all mentions above and what the scorer calls negative
// below; the onset is at the bar.
func TestPictures(t *testing.T) {
	t.Parallel()
	if !testing.Verbose() {
		t.Skip("only to be looked at: run with -v")
	}
	kinds := []firestorm.Kind{
		firestorm.Ordinary, firestorm.Firestorm, firestorm.GreatFirestorm, firestorm.SlowBurn, firestorm.BotFlood, firestorm.CopyPaste,
		firestorm.ViralPraise, firestorm.SourceOutage, firestorm.OutageInAFirestorm, firestorm.Campaign,
	}
	for _, brand := range firestorm.Brands() {
		if brand.PerDay > 10_000 && testing.Short() {
			continue
		}
		for i, kind := range kinds {
			s := firestorm.New(kind, brand, 24*time.Hour, uint64(i)+7)
			t.Log(picture(s))
		}
	}
}

func picture(s firestorm.Scenario) string {
	middle := s.Truth.Onset
	if middle.IsZero() {
		middle = s.From.AddDate(0, 0, 3)
	}
	if len(s.Outages) > 0 {
		middle = s.Outages[0].From
	}
	const before, after = 24, 48
	from := middle.Truncate(time.Hour).Add(-before * time.Hour)
	var total, negative [before + after]int
	people := map[string]bool{}
	for m := range s.Mentions() {
		if m.Known.Before(from) {
			continue
		}
		hour := int(m.Known.Sub(from) / time.Hour)
		if hour >= len(total) {
			break
		}
		total[hour]++
		if m.Sentiment == detect.Negative {
			negative[hour]++
			if hour >= before && hour < before+6 {
				people[m.Author] = true
			}
		}
	}
	line := func(name string, counts []int) string {
		top := max(1, slices.Max(counts))
		var b strings.Builder
		for i, n := range counts {
			if i == before {
				b.WriteByte('|')
			}
			b.WriteRune([]rune(" ▁▂▃▄▅▆▇█")[(n*8+top-1)/top])
		}
		return fmt.Sprintf("  %-8s %s| highest before %d, after %d", name, b.String(), slices.Max(counts[:before]), slices.Max(counts[before:]))
	}
	return fmt.Sprintf("%s, %s, %v a day: at least %d, at most %d; %s, %d people negative within 6 h\n%s\n%s",
		s.Kind, s.Brand.Name, s.Brand.PerDay, s.Truth.Least, s.Truth.Most, middle.In(s.Start.Location()).Format("Mon 15:04"), len(people),
		line("all", total[:]), line("negative", negative[:]))
}
