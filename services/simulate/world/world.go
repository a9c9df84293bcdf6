// Package world owns the invented posts that the pretended pages show: invented
// brands, authors and words in French and English, a rhythm of day and night,
// and a crisis on command. It knows no protocol.
package world

import "time"

// Post is an invented post. A server of this folder shows it in its own protocol.
type Post struct {
	Number   int64 // unique in a world, growing with Time
	Time     time.Time
	Author   Author
	Title    string // for articles
	Text     string
	Language string // "fr" or "en"
	Hashtags []string
	Likes    int
	Shares   int
	Replies  int
	ReplyTo  int64 // Number of the post answered, 0 if none
	Edited   time.Time
}

// Author is an invented author.
type Author struct {
	ID        int64
	Handle    string
	Name      string
	Followers int
}
