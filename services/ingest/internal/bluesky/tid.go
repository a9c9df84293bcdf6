package bluesky

import (
	"strings"
	"time"
)

// opening is when the first posts were written: no key or claim can be older.
var opening = time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC)

// tidTime reads the moment out of a TID, atproto's usual record key: 53 bits of
// microseconds, then 10 bits that tell apart, 5 bits a digit.
func tidTime(key string) (time.Time, bool) {
	const digits = "234567abcdefghijklmnopqrstuvwxyz"
	if len(key) != 13 || key[0] > 'j' { // the top bit is zero
		return time.Time{}, false
	}
	var bits uint64
	for i := range len(key) {
		digit := strings.IndexByte(digits, key[i])
		if digit < 0 {
			return time.Time{}, false
		}
		bits = bits<<5 | uint64(digit)
	}
	return time.UnixMicro(int64(bits >> 10)).UTC(), true
}

// believable says whether a post whose event came at some time can be of a moment.
func believable(moment, event time.Time) bool {
	return !moment.Before(opening) && !moment.After(event.Add(maxAhead/2))
}

// publishedTime is when a post was published. It must be the same for every
// version of the post, so it is read off the key where that is possible.
func publishedTime(key, claimed string, event time.Time) time.Time {
	if moment, ok := tidTime(key); ok && believable(moment, event) {
		return moment
	}
	if moment, err := time.Parse(time.RFC3339Nano, claimed); err == nil && believable(moment, event) {
		return moment.UTC()
	}
	return event
}

// editedTime is when a version was made: the repository's own time of the
// commit, which is the same on every feed, else the event's.
func editedTime(revision string, event time.Time) time.Time {
	if moment, ok := tidTime(revision); ok && believable(moment, event) {
		return moment
	}
	return event
}
