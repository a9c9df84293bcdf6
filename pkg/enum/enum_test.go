package enum_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

func TestAValueHasItsShortName(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]enum.Value{
		"crisis":       vigiev1.Level_LEVEL_CRISIS,
		"most_engaged": vigiev1.PostReason_POST_REASON_MOST_ENGAGED,
		"none":         vigiev1.VerdictLevel_VERDICT_LEVEL_NONE,
		"third_party":  vigiev1.Ownership_OWNERSHIP_THIRD_PARTY,
		"unspecified":  vigiev1.Kind_KIND_UNSPECIFIED,
		"42":           vigiev1.Kind(42), // of a newer version
	} {
		require.Equal(t, want, enum.Name(value))
	}
}
