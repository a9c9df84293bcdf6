package scorer

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/wait"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/scorer/internal/story"
)

const (
	// storyWindow is how far apart copies of one text may come: wire copy is taken
	// up within a day, a campaign within a week-end.
	storyWindow = 72 * time.Hour
	// storyTexts is how many different texts are remembered, at some 300 bytes each.
	storyTexts = 50_000
	// recallPatience is how long a bus that is away is waited for.
	recallPatience = time.Minute
)

func newStories() *story.Index { return story.New(storyWindow, storyTexts) }

// recallStories fills the index with what was told last, as far as the bus still
// has it: a restart tells no story anew. A bus that is away is waited for, and not for
// ever: what is said of brands matters more than which of it was said before.
func recallStories(ctx context.Context, b *bus.Bus, stories *story.Index, logger *slog.Logger) {
	var after uint64 // as far as it was read
	err := wait.Until(ctx, recallPatience, time.Second, func() error {
		if after == 0 {
			extent, err := b.Extent(ctx, bus.StreamScored)
			if err != nil {
				return err
			}
			after = extent.Last - min(extent.Last, storyTexts)
		}
		reached, err := b.ReadOn(ctx, bus.StreamScored, after, bus.End, func(m *bus.Message) {
			var scored vigiev1.ScoredMention
			if m.Decode(&scored) == nil && scored.StoryId != "" {
				stories.Restore(scored.StoryId, scored.Mention.GetPublishedTime().AsTime(), wholeText(scored.Mention))
			}
		})
		after = reached
		return err
	})
	if err != nil && ctx.Err() == nil {
		logger.Warn("scorer: copies of what was told before may be taken for new stories", "err", err)
	}
}

// storyOf is the story of a mention. One that only passes another on, as its source
// says, tells the other's, however few words that has.
func storyOf(stories *story.Index, m *vigiev1.Mention) string {
	id := m.MentionId
	if m.Shares != "" && (m.Text == "" || strings.HasPrefix(m.Text, "RT @")) {
		id = m.Shares
	}
	return stories.Assign(id, m.PublishedTime.AsTime(), wholeText(m))
}

// wholeText is a mention's title and words as one text.
func wholeText(m *vigiev1.Mention) string {
	if m.GetTitle() == "" {
		return m.GetText()
	}
	return m.Title + "\n" + m.Text
}
