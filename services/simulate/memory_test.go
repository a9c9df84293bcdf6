package simulate

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

func post(t *testing.T, address, body string) {
	t.Helper()
	response, err := http.Post(address, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, 200, response.StatusCode)
}

// After a restart the links of a crisis lead to the same posts, and Slack still
// shows what called somebody there.
func TestACrisisAndItsMessagesOutliveARestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, server := townOf(t, folder)
	begun := time.Now()
	s.tellThePast(begun)
	post(t, server.URL+"/crisis?brand=zestaline&kind=safety", "")
	post(t, server.URL+"/slack/services/T1/B1/secret", `{"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Crise : Zestaline"}}]}`)
	s.keep()
	s.deal(s.world.Step(begun.Add(time.Minute)))
	proof := map[string]string{}
	for path, shown := range s.gallery.posts {
		if shown.post.Time.After(begun) {
			proof[path] = shown.post.Text
		}
	}
	require.Greater(t, len(proof), 50)

	again, server := townOf(t, folder)
	again.tellThePast(begun.Add(90 * time.Second))
	for path, text := range proof {
		require.Equal(t, text, again.gallery.posts[path].post.Text, path)
		code, _ := get(t, server.URL+path, "")
		require.Equal(t, 200, code)
	}
	_, page := get(t, server.URL+"/slack/", "")
	require.Contains(t, page, "Crise : Zestaline")
	require.NotEmpty(t, crisisPosts(again.world.Step(begun.Add(2*time.Minute))), "it goes on")
}

func crisisPosts(posts []world.Post) (found []world.Post) {
	for _, p := range posts {
		if p.Brand == "zestaline" && p.Topic == world.Safety && p.Tone == world.Negative {
			found = append(found, p)
		}
	}
	return found
}

// Days, not for ever: yesterday's crisis can still be opened, last week's is gone.
func TestOldCrisesAreForgotten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	now := time.Now()
	m, _ := recall(filepath.Join(folder, "simulated.json"), now, slog.New(slog.DiscardHandler))
	for range maxCrises {
		m.add(onset{"zestaline", world.CrisisSafety, now.Add(-remembered - time.Hour)})
	}
	yesterday := onset{"zestaline", world.CrisisOutage, now.Add(-past - 6*time.Hour)}
	m.add(yesterday)
	require.Len(t, m.told(), maxCrises)
	require.NoError(t, m.save(nil))

	s, _ := townOf(t, folder)
	require.Len(t, s.memory.told(), 1)
	s.tellThePast(now)
	first, err := s.world.Retell(yesterday.Brand, yesterday.Kind, yesterday.Time)
	require.NoError(t, err)
	require.Greater(t, len(first), 100)
	found := 0
	for _, shown := range s.gallery.posts {
		if shown.post.Number == first[0].Number {
			found++
		}
	}
	require.Equal(t, 1, found)
}

// A file that cannot be read is no reason not to begin.
func TestASpoiltMemoryBeginsAnew(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "simulated.json"), []byte(`{"crises": [{"bra`), 0o600))
	s, _ := townOf(t, folder)
	require.Empty(t, s.memory.told())
	_, err := s.breakOut("zestaline", world.CrisisPeople, time.Now())
	require.NoError(t, err)
	again, _ := townOf(t, folder)
	require.Len(t, again.memory.told(), 1)
}
