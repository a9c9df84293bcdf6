package query

import (
	"unicode"
	"unicode/utf8"
)

// class is what a letter of a hashtag says about where words end.
type class uint8

const (
	small class = iota
	capital
	digit
	gap   // an underscore: between words
	alone // a word by itself
	none  // a mark: it belongs to the letter before
)

func classOf(r rune) class {
	switch {
	case r == '_':
		return gap
	case unicode.IsUpper(r) || unicode.IsTitle(r):
		return capital
	case unicode.IsDigit(r):
		return digit
	case standsAlone(r):
		return alone
	case isAccent(r) || isInvisible(r):
		return none
	default:
		return small
	}
}

// eachWord visits the words of a hashtag: where they begin and end, and what
// stands between the word and the one before. AirFrance has two, SNCFConnect two,
// JO2024 two, 日本 two.
func eachWord(tag string, visit func(from, to int, between string)) {
	from, last := 0, 0 // of the word under way, and of the end of the one before
	previous := gap
	end := func(at int) {
		if at > from {
			visit(from, at, tag[last:from])
			last = at
		}
		from = at
	}
	for i, r := range tag {
		current := classOf(r)
		if current == none {
			continue
		}
		if parts(previous, current, tag[i+utf8.RuneLen(r):]) {
			end(i)
		}
		if current == gap {
			from = i + utf8.RuneLen(r)
		}
		previous = current
	}
	end(len(tag))
}

// parts says whether a word ends between two letters, of which the rest follows.
func parts(previous, current class, rest string) bool {
	switch {
	case previous == gap:
		return false // it has ended
	case current == gap || current == alone || previous == alone:
		return true
	case (current == digit) != (previous == digit):
		return true
	case current == capital && previous == small:
		return true
	case current == capital && previous == capital: // SNCFConnect ends before the C of Connect
		next, _ := utf8.DecodeRuneInString(rest)
		return rest != "" && classOf(next) == small
	default:
		return false
	}
}
