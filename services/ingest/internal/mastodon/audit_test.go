package mastodon

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/ingest/internal/source/sourcetest"
	"github.com/vigie-monitor/vigie/services/simulate/instance"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// sayOver shows posts that name the brand, evenly over a time, and waits for them.
func (s *stage) sayOver(from time.Time, length time.Duration, n int) []world.Post {
	s.t.Helper()
	before := s.Amount(s.t)
	posts := make([]world.Post, n)
	for i := range posts {
		at := from.Add(length * time.Duration(i) / time.Duration(n))
		posts[i] = s.sayAs(ana, fmt.Sprintf("zestaline %d de %s", i, from), at)
	}
	sourcetest.Eventually(s.t, "all are there", func() bool { return s.Amount(s.t) == before+n })
	return posts
}

// doubts waits until the answer to an audit was doubted so many times in all.
func (s *stage) doubts(n int) {
	s.t.Helper()
	sourcetest.Eventually(s.t, "doubted", func() bool { return len(s.Logs.Warnings("restored from a backup")) == n })
}

// TestAnInstanceRestoredFromABackupDeletesNothing: what it lost is at the end of
// what it is asked for, a whole question of it and less than half of another, or a
// few posts in all.
func TestAnInstanceRestoredFromABackupDeletesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ brought, lost int }{
		"a part of them":          {3 * byIDs, byIDs + 8},
		"a little over the bound": {3 * byIDs, 7},
		"all but one":             {3 * byIDs, 3*byIDs - 1},
		"all of a few":            {3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, instance.Options{})
			s.start("public")
			begun := time.Now().Add(-30 * time.Second)
			posts := s.sayOver(begun, 20*time.Second, c.brought)
			s.stop()
			s.inst.Restore(posts[c.brought-c.lost].Time.Add(-time.Millisecond))
			s.start("public")
			s.doubts(1)

			t.Log("nor when so much was said since that what it lost is little")
			s.sayOver(time.Now().Add(-5*time.Second), 4*time.Second, 15*c.lost)
			s.stop()
			last := s.say("zestaline, à supprimer")
			s.start("public")
			m := s.Brought(t, "à supprimer")
			s.stop()
			s.inst.Delete(last.Number)
			s.start("public")
			sourcetest.Eventually(t, "deleted", func() bool { return s.Deleted(t, m.MentionId) })
			require.Len(t, s.Deletions(t), 1)
			s.doubts(1)
		})
	}
}

// TestADayOfUsualDeletionsIsBelieved: a few in a hundred.
func TestADayOfUsualDeletionsIsBelieved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ brought, deleted int }{
		"some of many": {3 * byIDs, 6}, "two of two": {2, 2}, "the only one": {1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, instance.Options{})
			s.start("public")
			posts := s.sayOver(time.Now().Add(-30*time.Second), 20*time.Second, c.brought)
			s.stop()
			for _, post := range posts[:c.deleted] {
				s.inst.Delete(post.Number)
			}
			s.start("public")
			sourcetest.Eventually(t, "deleted", func() bool { return len(s.Deletions(t)) == c.deleted })
			require.Empty(t, s.Logs.Warnings("backup"))
		})
	}
}

// TestAPostThatAnAnswerLeftOutIsLookedForAgain: of two that are missing one was
// deleted.
func TestAPostThatAnAnswerLeftOutIsLookedForAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, instance.Options{})
	s.start("public")
	posts := s.sayOver(time.Now().Add(-10*time.Second), 5*time.Second, 3)
	s.stop()
	s.inst.Delete(posts[2].Number)
	s.inst.SetFaults(instance.Faults{Omit: 1})
	s.start("public")
	sourcetest.Eventually(t, "deleted", func() bool { return len(s.Deletions(t)) > 0 })
	require.Len(t, s.Deletions(t), 1)
	require.Zero(t, s.inst.Faults().Omit)
	require.Equal(t, 2, strings.Count(strings.Join(s.inst.Requests(), "\n"), "/api/v1/statuses/"), "each was asked for alone")
}
