package query

import (
	"fmt"
	"strings"
)

// SyntaxError says where a query is wrong and what was expected there.
type SyntaxError struct {
	Position int    // in characters, from 1
	Expected string // what would be right
	Found    string // what is there
	Hint     string // what may have been meant; empty where nobody can tell
}

// Error is one sentence a community manager can act on.
func (e *SyntaxError) Error() string {
	text := fmt.Sprintf("at character %d: expected %s, found %s", e.Position, e.Expected, e.Found)
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

// nearest is the one of the names that a word was likely meant to be, or "".
func nearest(word string, names []string) string {
	word = strings.ToLower(word)
	best, least := "", 1+len(word)/4
	for _, name := range names {
		if strings.HasPrefix(name, word) && len(word) > 1 {
			return name
		}
		if d := distance(word, name); d <= least && d < len(name) {
			best, least = name, d-1
		}
	}
	return best
}

// distance counts the letters to change, add, take away or swap with the next
// between two short words.
func distance(a, b string) int {
	before, row := []int(nil), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		above := row
		row = make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before = above
	}
	return row[len(b)]
}
