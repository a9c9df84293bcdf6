package simulate

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/jetstream"
	"github.com/vigie-monitor/vigie/services/simulate/world"
	"github.com/vigie-monitor/vigie/services/simulate/xapi"
)

var (
	//go:embed post.html
	postHTML string
	postPage = template.Must(template.New("post").Parse(postHTML))
)

// maxShown bounds the posts that can be opened; the oldest are forgotten.
const maxShown = 50_000

// gallery shows a post to whoever follows its address out of a page or the desk:
// on a real network that would be the network's own page of it.
type gallery struct {
	zone *time.Location

	mu    sync.Mutex
	posts map[string]hung // by path
	order []string
}

// hung is a post and where it hangs.
type hung struct {
	network string
	by      string
	post    world.Post
}

func newGallery(zone *time.Location) *gallery { return &gallery{zone: zone, posts: map[string]hung{}} }

// Paths of posts, as the networks have them.
func blueskyPath(atURI string) string {
	did, key, _ := strings.Cut(strings.TrimPrefix(atURI, "at://"), "/app.bsky.feed.post/")
	return "/bluesky/profile/" + did + "/post/" + key
}

func mastodonPath(uri string, author world.Author) string {
	return "/@" + author.Handle + uri[strings.LastIndexByte(uri, '/'):]
}

func xPath(post world.Post) string { return "/x/" + post.Author.Handle + "/status/" + xapi.ID(post) }

// hang makes a post known under a path.
func (g *gallery) hang(path, network, by string, post world.Post) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, known := g.posts[path]; !known {
		g.order = append(g.order, path)
	}
	g.posts[path] = hung{network, by, post}
	for len(g.order) > maxShown {
		delete(g.posts, g.order[0])
		g.order = g.order[1:]
	}
}

// before answers for the paths of posts, and leaves all others to next.
func (g *gallery) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		found, known := g.posts[r.URL.Path]
		g.mu.Unlock()
		if !known || r.Method != http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_ = postPage.Execute(w, map[string]any{
			"Network": found.network, "By": found.by, "Name": found.post.Author.Name, "Text": found.post.Text,
			"Language": found.post.Language, "Clock": found.post.Time.In(g.zone).Format("2006-01-02 15:04"), "Zone": g.zone,
		})
	})
}

func (s *simulation) showOnBluesky(post world.Post) {
	s.gallery.hang(blueskyPath(s.bluesky.Show(post)), "Bluesky", jetstream.Handle(post.Author), post)
}

func (s *simulation) showOnMastodon(post world.Post) {
	s.gallery.hang(mastodonPath(s.social.Show(post), post.Author), "Mastodon", s.social.Handle(post.Author), post)
}

func (s *simulation) showOnX(post world.Post) {
	s.x.Show(post)
	s.gallery.hang(xPath(post), "X", "@"+post.Author.Handle, post)
}
