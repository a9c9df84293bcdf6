package libchdb

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseException(t *testing.T) {
	t.Parallel()
	tests := map[string]Exception{
		"Code: 60. DB::Exception: Unknown table 'x'. (UNKNOWN_TABLE)":                                {60, "UNKNOWN_TABLE", "Unknown table 'x'."},
		"Error: Code: 81. DB::Exception: Database nowhere does not exist. (UNKNOWN_DATABASE)\n":      {81, "UNKNOWN_DATABASE", "Database nowhere does not exist."},
		"Code: 62. DB::Exception: Syntax error: failed at position 7 (1): 1. (in x). (SYNTAX_ERROR)": {62, "SYNTAX_ERROR", "Syntax error: failed at position 7 (1): 1. (in x)."},
		"Code: 1001. DB::Exception: std::exception (of a library)":                                   {1001, "", "std::exception (of a library)"},
		"Code: 395. DB::Exception: Code: 1. DB::Exception: inner (A). (OUTER)":                       {395, "OUTER", "Code: 1. DB::Exception: inner (A)."},
		"Invalid or closed connection":                                                               {codeUnknown, "UNKNOWN_EXCEPTION", "Invalid or closed connection"},
		"Code: many. DB::Exception: x":                                                               {codeUnknown, "UNKNOWN_EXCEPTION", "Code: many. DB::Exception: x"},
		"Code: ":                                                                                     {codeUnknown, "UNKNOWN_EXCEPTION", "Code: "},
		"":                                                                                           {codeUnknown, "UNKNOWN_EXCEPTION", ""},
	}
	for text, want := range tests {
		require.Equal(t, &want, parseException(text), text)
	}
}

func TestLoadRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, Load("/dev/null"), "libchdb: load /dev/null")
}
