package xapi

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// epoch is the first millisecond of X's ids.
const epoch = 1288834974657

// ID is the id under which a post is first published: its time in the upper bits,
// and what tells posts of one millisecond apart in the lower.
func ID(p world.Post) string { return snowflake(p.Time, p.Number) }

func snowflake(t time.Time, number int64) string {
	return strconv.FormatInt((t.UnixMilli()-epoch)<<22|number%1_000_000, 10)
}

// tweet is a version of a post as X has it.
type tweet struct {
	post    world.Post
	id      int64
	history []string // ids of the versions, this one last
	text    string   // as shown: a retweet's begins with RT
	tokens  []string // of the text
	refers  []reference
	handles []string // mentioned
	to      string   // handle answered
	quoted  *tweet
}

type reference struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func newTweet(p world.Post, before *tweet) *tweet {
	t := &tweet{post: p, text: p.Text}
	id := ID(p)
	if before != nil {
		t.history = slices.Clone(before.history)
		id = snowflake(p.Edited, p.Number)
	}
	t.history = append(t.history, id)
	t.id, _ = strconv.ParseInt(id, 10, 64)
	return t
}

var handleRule = regexp.MustCompile(`(?:^|[^0-9A-Za-z_@])@([0-9A-Za-z_]{1,15})`)

// refer finds the posts that this one answers or passes on. With words of its
// own it quotes, without it retweets.
func (t *tweet) refer(numbers map[int64]*tweet) {
	if parent := numbers[t.post.ReplyTo]; parent != nil {
		t.refers = append(t.refers, reference{"replied_to", parent.history[0]})
		t.to = parent.post.Author.Handle
	}
	if shared := numbers[t.post.ShareOf]; shared != nil {
		kind := "quoted"
		t.quoted = shared
		if t.text == "" {
			kind, t.quoted = "retweeted", nil
			t.text = "RT @" + shared.post.Author.Handle + ": " + shared.post.Text
		}
		t.refers = append(t.refers, reference{kind, shared.history[0]})
	}
	t.tokens = tokens(t.text)
	for _, found := range handleRule.FindAllStringSubmatch(t.text, -1) {
		t.handles = append(t.handles, found[1])
	}
}

func (t *tweet) isRetweet() bool {
	return slices.ContainsFunc(t.refers, func(r reference) bool { return r.Type == "retweeted" })
}

// object is the post in JSON, with the fields that were asked for.
func (t *tweet) object(fields []string) map[string]any {
	p := t.post
	all := map[string]any{
		"author_id":  strconv.FormatInt(p.Author.ID, 10),
		"created_at": t.created().Format("2006-01-02T15:04:05.000Z"),
		"lang":       p.Language,
		"public_metrics": map[string]int{
			"like_count": p.Likes, "retweet_count": p.Shares, "reply_count": p.Replies, "quote_count": 0, "impression_count": 0,
		},
	}
	if len(t.refers) > 0 {
		all["referenced_tweets"] = t.refers
	}
	if entities := t.entities(); len(entities) > 0 {
		all["entities"] = entities
	}
	text := escaper.Replace(t.text)
	if runes := []rune(text); len(runes) > 280 {
		all["note_tweet"] = map[string]any{"text": text}
		text = string(runes[:279]) + "…"
	}
	object := map[string]any{"id": t.name(), "text": text, "edit_history_tweet_ids": t.history}
	for _, field := range fields {
		if value, known := all[field]; known {
			object[field] = value
		}
	}
	return object
}

// escaper is what X escapes in texts.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (t *tweet) name() string { return strconv.FormatInt(t.id, 10) }

// created is when this version was, in whole seconds as X tells it.
func (t *tweet) created() time.Time {
	return time.UnixMilli(t.id>>22 + epoch).UTC().Truncate(time.Second)
}

func (t *tweet) entities() map[string]any {
	entities := map[string]any{}
	var mentions, hashtags []map[string]string
	for _, handle := range t.handles {
		mentions = append(mentions, map[string]string{"username": handle})
	}
	for _, tag := range t.post.Hashtags {
		hashtags = append(hashtags, map[string]string{"tag": tag})
	}
	if mentions != nil {
		entities["mentions"] = mentions
	}
	if hashtags != nil {
		entities["hashtags"] = hashtags
	}
	return entities
}

// author is the user in JSON, with the fields that were asked for.
func (t *tweet) author(fields []string) map[string]any {
	a := t.post.Author
	object := map[string]any{"id": strconv.FormatInt(a.ID, 10), "username": a.Handle, "name": a.Name}
	if slices.Contains(fields, "public_metrics") {
		object["public_metrics"] = map[string]int{"followers_count": a.Followers, "following_count": 0, "tweet_count": 1, "listed_count": 0}
	}
	if slices.Contains(fields, "verified") {
		object["verified"] = a.Followers > 10_000
	}
	return object
}

// selection is which fields and expansions a request names.
type selection struct {
	tweet, user []string
	authors     bool
}

func selectionOf(value func(string) string) selection {
	list := func(name string) []string { return strings.Split(value(name), ",") }
	return selection{
		tweet: list("tweet.fields"), user: list("user.fields"),
		authors: slices.Contains(list("expansions"), "author_id"),
	}
}

// includes are the users of some posts, each once.
func (s selection) includes(tweets []*tweet) map[string]any {
	if !s.authors {
		return nil
	}
	users := []map[string]any{}
	seen := map[int64]bool{}
	for _, t := range tweets {
		if !seen[t.post.Author.ID] {
			seen[t.post.Author.ID] = true
			users = append(users, t.author(s.user))
		}
	}
	return map[string]any{"users": users}
}
