package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Whatever a line of posts holds: an error, or posts of a brand that can be heard.
func FuzzTakePost(f *testing.F) {
	f.Add(`{"data":{"id":"1","text":"late","created_at":"2026-03-02T00:00:00.000Z","author_id":"2"},"matching_rules":[{"id":"1","tag":"Air"}]}`)
	f.Add(`{"data":{"id":"7","text":"","created_at":"9999-12-31T23:59:59Z"},"matching_rules":[]}`)
	f.Add(`{"data":{"id":"7","created_at":"0001-01-01T00:00:00Z","public_metrics":{"like_count":-1}}}`)
	f.Fuzz(func(t *testing.T, line string) {
		l := labelled{}
		if l.take([]byte(line), map[string]postLabel{"7": {brand: "Air", sentiment: vigiev1.Sentiment_SENTIMENT_NEGATIVE}}) != nil {
			return
		}
		for _, post := range l.posts {
			require.NotEmpty(t, post.BrandId)
			require.NotEmpty(t, post.Mention.MentionId)
			require.NoError(t, post.Mention.PublishedTime.CheckValid())
		}
	})
}

// Whatever a file of labels holds: an error, or a sentiment for each.
func FuzzParsePostLabels(f *testing.F) {
	f.Add("id\tbrand\tsentiment\n1\tAir\tnegative\n")
	f.Add("\ufeffid\tbrand\tsentiment\r\n1\t\"Air\tneutral\n")
	f.Add("sentiment\tid\tbrand\tid\nunspecified\t1\t\t2\n")
	f.Fuzz(func(t *testing.T, text string) {
		labels, err := parsePostLabels(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, label := range labels {
			require.NotZero(t, label.sentiment)
		}
	})
}
