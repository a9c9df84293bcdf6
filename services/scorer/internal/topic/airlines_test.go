package topic_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// complaint is a post about an airline with the reason that a person gave it.
type complaint struct {
	at     time.Time
	text   string
	reason string
}

// answers is the topic each reason should be. "Can't Tell" has none.
var answers = map[string]string{
	"Late Flight":                 "delay",
	"Cancelled Flight":            "delay",
	"Lost Luggage":                "luggage",
	"Damaged Luggage":             "luggage",
	"Customer Service Issue":      "service",
	"Flight Attendant Complaints": "service",
	"longlines":                   "service",
	"Flight Booking Problems":     "order",
	"Bad Flight":                  "product",
}

// complaints are the negative posts with a reason, in the order of time.
func complaints(t testing.TB) []complaint {
	t.Helper()
	data := os.Getenv("VIGIE_DATA")
	if data == "" {
		t.Skip("VIGIE_DATA is not set: it names the folder of the real posts")
	}
	labels, err := os.ReadFile(filepath.Join(data, "replay", "airlines-2015-02-17_21.labels.tsv"))
	require.NoError(t, err)
	reasons := map[string]string{}
	for line := range strings.Lines(string(labels)) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		reasons[fields[0]] = fields[3]
	}
	f, err := os.Open(filepath.Join(data, "replay", "airlines-2015-02-17_21.x.ndjson"))
	require.NoError(t, err)
	defer f.Close()
	var all []complaint
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Data struct {
				ID, Text  string
				CreatedAt time.Time `json:"created_at"`
			}
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &line))
		if reason := reasons[line.Data.ID]; answers[reason] != "" {
			all = append(all, complaint{line.Data.CreatedAt, line.Data.Text, reason})
		}
	}
	require.NoError(t, lines.Err())
	slices.SortStableFunc(all, func(a, b complaint) int { return a.at.Compare(b.at) })
	return all
}

// figures count what was found against what should be.
type figures struct{ right, found, there int }

func (f figures) precision() float64 { return float64(f.right) / float64(f.found) }
func (f figures) recall() float64    { return float64(f.right) / float64(f.there) }
func (f figures) f1() float64 {
	return 2 * float64(f.right) / float64(f.found+f.there)
}

// report prints figures by topic and by reason, and returns the mean F1.
func report(t *testing.T, name string, posts []complaint, of func(text string) []string) float64 {
	t.Helper()
	byTopic, byReason, silent := map[string]figures{}, map[string]figures{}, 0
	for _, topic := range answers {
		byTopic[topic] = figures{}
	}
	for _, post := range posts {
		topics := of(post.text)
		if len(topics) == 0 {
			silent++
		}
		want := answers[post.reason]
		for topic, f := range byTopic {
			if slices.Contains(topics, topic) {
				f.found++
			}
			if topic == want {
				f.there++
				if slices.Contains(topics, topic) {
					f.right++
				}
			}
			byTopic[topic] = f
		}
		f := byReason[post.reason]
		f.there++
		if slices.Contains(topics, want) {
			f.right++
		}
		byReason[post.reason] = f
	}
	t.Logf("%s: %d complaints, %d about nothing known", name, len(posts), silent)
	mean := 0.0
	for _, topic := range sorted(byTopic) {
		f := byTopic[topic]
		mean += f.f1() / float64(len(byTopic))
		t.Logf("%s: topic %-10s precision %.3f recall %.3f F1 %.3f (%d posts)", name, topic, f.precision(), f.recall(), f.f1(), f.there)
	}
	for _, reason := range sorted(byReason) {
		t.Logf("%s: reason %-28s recall %.3f (%d posts)", name, reason, byReason[reason].recall(), byReason[reason].there)
	}
	t.Logf("%s: mean F1 %.3f", name, mean)
	return mean
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// The shipped taxonomy learnt nothing from these posts. A linear model that learns
// from the earlier half of them is what could be had with labels of one's own;
// it is not shipped, for the labels may not be. Both read the later half.
func TestReasonsOfComplaintsAboutAirlines(t *testing.T) {
	t.Parallel()
	all := complaints(t)
	earlier, later := all[:len(all)/2], all[len(all)/2:]
	taxonomy := shipped(t)
	asShipped := report(t, "shipped", later, func(text string) []string {
		topics, _ := of(taxonomy, text)
		return topics
	})
	model := learn(earlier)
	learnt := report(t, "learnt", later, func(text string) []string { return []string{model.of(text)} })
	require.Greater(t, asShipped, 0.5)
	require.Greater(t, learnt, 0.5)
}

// linear is a logistic regression over words and runs of two words.
type linear struct {
	topics  []string
	weights map[string][]float64
}

func terms(text string) []string {
	var document query.Document
	document.Read(text)
	seen, previous := map[string]bool{"": true}, ""
	for word := range document.Words() {
		seen[word], seen[previous+" "+word] = true, true
		previous = word
	}
	return sorted(seen)
}

// learn descends the gradient post by post, in order, for a few rounds.
func learn(posts []complaint) *linear {
	m := &linear{weights: map[string][]float64{}}
	for _, topic := range answers {
		if !slices.Contains(m.topics, topic) {
			m.topics = append(m.topics, topic)
		}
	}
	slices.Sort(m.topics)
	for round := range 20 {
		rate := 0.1 / (1 + 0.2*float64(round))
		for _, post := range posts {
			features := terms(post.text)
			odds := m.odds(features)
			for i, topic := range m.topics {
				miss := -odds[i]
				if topic == answers[post.reason] {
					miss++
				}
				for _, feature := range features {
					if m.weights[feature] == nil {
						m.weights[feature] = make([]float64, len(m.topics))
					}
					m.weights[feature][i] += rate * (miss - 1e-4*m.weights[feature][i])
				}
			}
		}
	}
	return m
}

func (m *linear) odds(features []string) []float64 {
	odds, total := make([]float64, len(m.topics)), 0.0
	for _, feature := range features {
		for i, weight := range m.weights[feature] {
			odds[i] += weight
		}
	}
	for i := range odds {
		odds[i] = math.Exp(odds[i])
		total += odds[i]
	}
	for i := range odds {
		odds[i] /= total
	}
	return odds
}

func (m *linear) of(text string) string {
	odds := m.odds(terms(text))
	return m.topics[slices.Index(odds, slices.MaxFunc(odds, cmp.Compare))]
}
