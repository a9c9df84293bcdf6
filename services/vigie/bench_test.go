package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/services/detector"
)

// angryPosts are a week of an airline, as X brings it: two posts an hour, and on the
// last day sixty in half an hour, of which people say that they are negative.
func angryPosts(t *testing.T) (posts, labels string) {
	t.Helper()
	folder := t.TempDir()
	posts, labels = filepath.Join(folder, "air.x.ndjson"), filepath.Join(folder, "air.labels.tsv")
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	var lines, said strings.Builder
	said.WriteString("id\tbrand\tsentiment\treason\n")
	post := func(id int, at time.Time, sentiment string) {
		fmt.Fprintf(&lines, `{"data":{"id":"%d","text":"late \u001b[2J again","created_at":%q,"author_id":"%d"},"includes":{"users":[{"id":"%[3]d","username":"u%[3]d"}]},"matching_rules":[{"id":"1","tag":"Air"}]}`+"\n",
			id, at.Format("2006-01-02T15:04:05.000Z"), 1000+id)
		fmt.Fprintf(&said, "%d\tAir\t%s\tsaid \"late\n", id, sentiment)
	}
	for i := range 8 * 48 {
		post(100_000+i, begin.Add(time.Duration(i)*30*time.Minute), "neutral")
	}
	for i := range 60 {
		post(200_000+i, begin.Add(7*24*time.Hour+14*time.Hour+time.Duration(i)*30*time.Second), "negative")
	}
	require.NoError(t, os.WriteFile(posts, []byte(lines.String()), 0o600))
	require.NoError(t, os.WriteFile(labels, []byte(said.String()), 0o600))
	return posts, labels
}

func TestRealPostsAreHeardAsIfLive(t *testing.T) {
	t.Parallel()
	posts, labels := angryPosts(t)
	out, _, err := vigie("bench", "detector", "--months", "0", "--replay", posts)
	require.NoError(t, err)
	require.Contains(t, out, "REAL POSTS: 444 of 1 brand (Air), 2 Mar 2026 00:00:00 to 9 Mar 2026 23:30:00\nWhat is negative, people said: air.labels.tsv.\nOurs opened 0 watches, ")
	require.Regexp(t, `Air:\n\n9 Mar 2026 14:\d\d:\d\d  (ALERT|CRISIS) · `, out)
	require.Equal(t, 3, strings.Count(out, ")  late [2J again  https://x.com/"), "three posts, and a stranger commands no terminal")
	require.Regexp(t, `Newspoint +1 +1\n`, out)

	out, _, err = vigie("bench", "detector", "--months", "0", "--replay", posts, "--format", "json")
	require.NoError(t, err)
	var found struct {
		Replay detector.PostsReport `json:"replay"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &found))
	require.Equal(t, 444, found.Replay.Posts)
	require.Len(t, found.Replay.Incidents, 1)
	require.Equal(t, "Air", found.Replay.Incidents[0].Brand)

	require.NoError(t, os.Remove(labels))
	out, _, err = vigie("bench", "detector", "--months", "0", "--replay", posts)
	require.NoError(t, err)
	require.Contains(t, out, "Nobody said what is negative")
	require.Contains(t, out, "Ours opened 1 watch, 0 alerts, 0 crises.")
}

func TestABenchThatCannotBeIsExplained(t *testing.T) {
	t.Parallel()
	posts, labels := angryPosts(t)
	empty := filepath.Join(t.TempDir(), "none.x.ndjson")
	require.NoError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	for line, want := range map[string]string{
		"--format xml":                         "unknown format",
		"--months -1":                          "--months must be 0 or more",
		"--months 0":                           "leaves nothing to score",
		"--only fire":                          "unknown kind \"fire\": one of firestorm, calm",
		"--months 0 --nab " + t.TempDir():      "combined_windows.json: no such file",
		"--months 0 --nab nowhere":             "--nab nowhere: ",
		"--months 0 --nab nowhere/":            "looked for there: combined_windows.json and realTweets/*.csv",
		"--months 0 --replay nowhere.x.ndjson": "nowhere.x.ndjson",
		"--months 0 --replay " + empty:         "there is no post of a brand",
	} {
		_, _, err := vigie(append([]string{"bench", "detector"}, strings.Fields(line)...)...)
		require.ErrorContains(t, err, want, line)
	}
	for text, want := range map[string]string{
		"":                                      "air.labels.tsv: its header line",
		"id\tbrand\n":                           `air.labels.tsv: line 1: there is no column "sentiment"`,
		"id\tbrand\tsentiment\n1\tAir\tangry\n": `air.labels.tsv: line 2: the sentiment "angry" is none of negative, neutral and positive`,
		"id\tbrand\tsentiment\n1\tAir\n":        "air.labels.tsv: record on line 2: wrong number of fields",
	} {
		require.NoError(t, os.WriteFile(labels, []byte(text), 0o600))
		_, _, err := vigie("bench", "detector", "--months", "0", "--replay", posts)
		require.ErrorContains(t, err, want)
	}
	require.NoError(t, os.Remove(labels))
	file, err := os.OpenFile(posts, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteString("{\"data\":\n")
	require.NoError(t, err)
	require.NoError(t, file.Close())
	_, _, err = vigie("bench", "detector", "--months", "0", "--replay", posts)
	require.ErrorContains(t, err, "air.x.ndjson, line 445: ")
}
