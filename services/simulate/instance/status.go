package instance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// elsewhere is the other instance that a third of the people live on.
const elsewhere = "loin.example"

// status is a post as this instance knows it.
type status struct {
	post       world.Post
	visibility string
	number     int64 // its id here
	uri        string
	url        string
	remote     bool
	streams    []string
	boosted    *status
}

type notice struct {
	id     int64
	status *status
	at     time.Time
}

func (st *status) id() string { return strconv.FormatInt(st.number, 10) }

// snowflake is the id of a post: its milliseconds, then 16 bits of its number.
func snowflake(post world.Post) int64 { return post.Time.UnixMilli()<<16 | post.Number&0xffff }

// remote says whether an author lives on the other instance: a third of the
// people do, no brand and no newspaper.
func remote(author world.Author) bool {
	institution := author.ID >= 1_000_000 && author.ID < 3_000_000
	return author.ID%3 == 1 && !institution
}

// Handle is an author's address in the network: name@instance.
func (s *Server) Handle(author world.Author) string {
	if remote(author) {
		return author.Handle + "@" + elsewhere
	}
	return author.Handle + "@" + s.options.Domain
}

// describe works out a status's addresses, and the streams it appears on.
func (s *Server) describe(st *status) {
	author := st.post.Author
	st.remote = remote(author)
	home, local := s.options.Domain, "local"
	if st.remote {
		home, local = elsewhere, "remote"
	}
	st.uri = fmt.Sprintf("https://%s/users/%s/statuses/%s", home, author.Handle, st.id())
	st.url = fmt.Sprintf("%s/@%s/%s", cmp.Or(s.options.Web, "https://"+home), author.Handle, st.id())
	if st.visibility != "public" {
		return
	}
	for _, tag := range st.post.Hashtags {
		st.streams = append(st.streams, "hashtag:"+strings.ToLower(tag))
	}
	if !st.answersSomeoneElse(s) { // replies to others are kept out of the public streams
		st.streams = append(st.streams, "public", "public:"+local)
	}
}

func (st *status) answersSomeoneElse(s *Server) bool {
	parent, known := s.byNumber[st.post.ReplyTo]
	return st.post.ReplyTo != 0 && (!known || parent.post.Author.ID != st.post.Author.ID)
}

// render writes a status as the API does.
func (s *Server) render(st *status) string { return encode(s.entity(st)) }

func (s *Server) entity(st *status) map[string]any {
	post := st.post
	entity := map[string]any{
		"id": st.id(), "uri": st.uri, "url": st.url, "created_at": stamp(post.Time), "edited_at": nil,
		"in_reply_to_id": nil, "in_reply_to_account_id": nil, "reblog": nil, "quote": nil,
		"sensitive": false, "spoiler_text": "", "visibility": st.visibility, "language": post.Language,
		"replies_count": post.Replies, "reblogs_count": post.Shares, "favourites_count": post.Likes,
		"content": s.content(post), "account": s.account(post.Author),
		"media_attachments": []any{}, "mentions": s.mentions(post), "tags": tags(post), "emojis": []any{}, "card": nil, "poll": nil,
		"favourited": false, "reblogged": false, "muted": false, "bookmarked": false, "filtered": []any{},
	}
	if post.Title != "" {
		entity["spoiler_text"] = post.Title
	}
	if !post.Edited.IsZero() {
		entity["edited_at"] = stamp(post.Edited)
	}
	if parent, known := s.byNumber[post.ReplyTo]; known {
		entity["in_reply_to_id"], entity["in_reply_to_account_id"] = parent.id(), accountID(parent.post.Author)
	}
	if shared, known := s.byNumber[post.ShareOf]; known {
		entity["quote"] = map[string]any{"state": "accepted", "quoted_status": map[string]any{"id": shared.id(), "uri": shared.uri}}
	}
	if st.boosted != nil {
		entity["content"], entity["reblog"] = "", s.entity(st.boosted)
		entity["uri"] = st.uri + "/activity"
	}
	return entity
}

func (s *Server) account(author world.Author) map[string]any {
	acct := author.Handle
	if remote(author) {
		acct += "@" + elsewhere
	}
	return map[string]any{
		"id": accountID(author), "username": author.Handle, "acct": acct, "display_name": author.Name,
		"followers_count": author.Followers, "following_count": 10, "statuses_count": 100,
		"url": "https://" + strings.SplitN(s.Handle(author), "@", 2)[1] + "/@" + author.Handle,
		"bot": false, "locked": false, "note": "", "emojis": []any{}, "fields": []any{}, "created_at": "2023-01-01T00:00:00.000Z",
	}
}

func accountID(author world.Author) string { return strconv.FormatInt(110_000+author.ID, 10) }

// content is a text as HTML: hashtags, handles and links marked up as Mastodon does.
func (s *Server) content(post world.Post) string {
	var paragraphs []string
	for _, line := range strings.Split(post.Text, "\n") {
		words := strings.Split(line, " ")
		for i, word := range words {
			words[i] = markUp(word)
		}
		paragraphs = append(paragraphs, strings.Join(words, " "))
	}
	return "<p>" + strings.Join(paragraphs, "<br />") + "</p>"
}

func markUp(word string) string {
	escaped := html.EscapeString(word)
	switch {
	case len(word) > 1 && word[0] == '#':
		return `<a href="https://mastodon.example/tags/` + escaped[1:] + `" class="mention hashtag" rel="tag">#<span>` + escaped[1:] + `</span></a>`
	case len(word) > 1 && word[0] == '@':
		return `<span class="h-card" translate="no"><a href="https://mastodon.example/` + escaped + `" class="u-url mention">@<span>` + escaped[1:] + `</span></a></span>`
	case strings.HasPrefix(word, "https://") && len(word) > 20:
		return `<a href="` + escaped + `" target="_blank" rel="nofollow noopener"><span class="invisible">https://</span><span class="ellipsis">` +
			html.EscapeString(word[8:20]) + `</span><span class="invisible">` + html.EscapeString(word[20:]) + `</span></a>`
	default:
		return escaped
	}
}

// mentions are the people a text names, as far as the instance knows them.
func (s *Server) mentions(post world.Post) []map[string]any {
	mentions := []map[string]any{}
	for word := range strings.FieldsSeq(post.Text) {
		name, marked := strings.CutPrefix(word, "@")
		if !marked || name == "" {
			continue
		}
		acct := strings.TrimSuffix(strings.ToLower(name), "@"+s.options.Domain)
		mentions = append(mentions, map[string]any{"id": "1", "username": strings.SplitN(acct, "@", 2)[0], "acct": acct, "url": "https://" + s.options.Domain + "/@" + acct})
	}
	return mentions
}

func tags(post world.Post) []map[string]any {
	list := []map[string]any{}
	for _, tag := range post.Hashtags {
		list = append(list, map[string]any{"name": strings.ToLower(tag), "url": "https://mastodon.example/tags/" + tag})
	}
	return list
}

func (s *Server) renderNotice(n notice) string { return encode(s.noticeEntity(n)) }

func (s *Server) noticeEntity(n notice) map[string]any {
	return map[string]any{
		"id": strconv.FormatInt(n.id, 10), "type": "mention", "created_at": stamp(n.at),
		"account": s.account(n.status.post.Author), "status": s.entity(n.status),
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func encode(entity any) string {
	data, err := json.Marshal(entity)
	if err != nil {
		panic(fmt.Sprintf("simulate/instance: an entity that cannot be JSON: %v", err)) // made of strings and numbers
	}
	return string(data)
}
