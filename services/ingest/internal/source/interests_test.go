package source_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

// A stream tells neither language nor followers with a text: what the scorer may
// want is let through, and what it cannot want is not.
func TestAStreamIsFilteredByWordsAlone(t *testing.T) {
	t.Parallel()
	interests, err := source.NewInterests([]config.Brand{{
		ID: "oasis", Query: "oasis NOT mirage lang:fr followers:>1000",
		Context: config.Context{Require: "soif OR author:ana", Exclude: "concert OR lang:en"},
		Pages:   map[string][]string{"bluesky": {"oasis.example"}},
	}})
	require.NoError(t, err)
	for text, wanted := range map[string]bool{
		"Oasis":                  true, // ana may have written it
		"Oasis, un mirage":       false,
		"un concert d'Oasis":     false,
		"j'ai soif":              false,
		"#BoycottOasis par soif": true,
	} {
		require.Equal(t, wanted, interests.Wanted("bluesky", "lea.example", text), text)
	}
	require.True(t, interests.Wanted("bluesky", "oasis.example", "merci"), "its own page")
	_, err = source.NewInterests([]config.Brand{{ID: "oasis", Query: "oasis", Context: config.Context{Exclude: "(concert"}}})
	require.EqualError(t, err, "config: context.exclude of oasis: at character 9: expected a closing parenthesis, found the end")
}
