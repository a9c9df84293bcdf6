// Package simulate serves pages that do not exist: a site, Bluesky, Mastodon, X
// and a Slack that shows what it received, each speaking the real protocol, each
// a package of its own below this one that tests use too. It deals the posts of
// an invented world out to them, and lets a crisis break out on command.
package simulate

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/obs"
	"github.com/vigie-monitor/vigie/services/simulate/instance"
	"github.com/vigie-monitor/vigie/services/simulate/jetstream"
	"github.com/vigie-monitor/vigie/services/simulate/rsssite"
	"github.com/vigie-monitor/vigie/services/simulate/slack"
	"github.com/vigie-monitor/vigie/services/simulate/world"
	"github.com/vigie-monitor/vigie/services/simulate/xapi"
)

const (
	// stepEvery is how often new posts are dealt out.
	stepEvery = 100 * time.Millisecond
	// past is how far back the pages show posts when the simulation starts.
	past = 24 * time.Hour
	// seed makes the world the same at every start.
	seed = 1515
	// noise is how many posts a second everyone else writes on a network.
	noise = 2
)

// Tokens that the pretended networks take; the example config has them in files.
const (
	MastodonToken = "demo-mastodon-token"
	XToken        = "demo-x-token"
)

// simulation is a running set of pages.
type simulation struct {
	world   *world.World
	site    *rsssite.Site
	bluesky *jetstream.Server
	social  *instance.Server
	x       *xapi.Server
	slack   *slack.Fake
	gallery *gallery
	memory  *memory
	logger  *slog.Logger
}

func newSimulation(cfg *config.Config, logger *slog.Logger) *simulation {
	invented := world.New(seed, cfg.Simulate.Rate)
	account, _ := invented.Official(cfg.Simulate.CrisisBrand)
	memory, messages := recall(cfg.Path("simulated.json"), time.Now(), logger)
	return &simulation{
		world: invented, memory: memory, logger: logger,
		site:    rsssite.New(rsssite.Options{Title: "La Gazette qui n'existe pas", Language: "fr"}),
		bluesky: jetstream.New(jetstream.Options{Noise: noise}),
		social: instance.New(instance.Options{
			Token: MastodonToken, Noise: noise, Account: account, Web: "http://" + cfg.Simulate.Listen,
		}),
		x:       xapi.New(xapi.Options{Token: XToken}),
		slack:   slack.New(slack.Options{Zone: cfg.Location(), Messages: messages}),
		gallery: newGallery(cfg.Location()),
	}
}

func (s *simulation) close() { s.bluesky.Close(); s.social.Close(); s.x.Close() }

// Run serves the pages until ctx is done.
func Run(ctx context.Context, cfg *config.Config, logger *slog.Logger, ready func()) error {
	listener, err := obs.Listen(cfg.Simulate.Listen, "simulate.listen")
	if err != nil {
		return err
	}
	s := newSimulation(cfg, logger)
	defer s.close()
	defer context.AfterFunc(ctx, s.close)() // open streams would hold up the listener's stop
	s.tellThePast(time.Now())
	var planned <-chan time.Time
	if after := cfg.Simulate.CrisisAfter.Std(); after > 0 {
		if _, known := s.world.Official(cfg.Simulate.CrisisBrand); !known {
			return fmt.Errorf("simulate: nothing is invented of the brand %q: write another simulate.crisis_brand, or crisis_after: 0s", cfg.Simulate.CrisisBrand)
		}
		planned = time.After(after)
	}
	serving := make(chan error, 1)
	go func() { serving <- obs.Serve(ctx, listener, s.handler()) }()
	ready()
	ticker := time.NewTicker(stepEvery)
	defer ticker.Stop()
	arrived := s.slack.Arrived()
	for {
		select {
		case err := <-serving:
			return err
		case now := <-ticker.C:
			s.deal(s.world.Step(now))
		case now := <-planned:
			if _, err := s.breakOut(cfg.Simulate.CrisisBrand, world.CrisisSafety, now); err != nil {
				return fmt.Errorf("simulate: %w", err)
			}
		case <-arrived:
			arrived = s.slack.Arrived() // before they are kept, so that none falls between the two
			s.keep()
		}
	}
}

// tellThePast shows what was written before the start: the last day's posts, and
// those of the crises that are remembered.
func (s *simulation) tellThePast(now time.Time) {
	from := now.Add(-past)
	s.bluesky.Murmur(from, now)
	s.world.Step(from)
	for _, o := range s.memory.told() {
		var posts []world.Post
		var err error
		if o.Time.After(from) {
			_, err = s.world.Crisis(o.Brand, o.Kind, o.Time) // it may still go on
		} else {
			posts, err = s.world.Retell(o.Brand, o.Kind, o.Time)
		}
		if err != nil {
			s.logger.Warn("simulate: a crisis of the past cannot be told again", "brand", o.Brand, "kind", o.Kind, "err", err)
		}
		s.deal(posts)
	}
	s.deal(s.world.Step(now))
}

// breakOut lets a crisis break out, and remembers it.
func (s *simulation) breakOut(brand string, kind world.CrisisKind, at time.Time) (world.Post, error) {
	first, err := s.world.Crisis(brand, kind, at)
	if err != nil {
		return world.Post{}, err
	}
	s.memory.add(onset{Brand: brand, Kind: kind, Time: first.Time})
	s.keep()
	return first, nil
}

// keep writes down what the next start needs. The show goes on without.
func (s *simulation) keep() {
	if err := s.memory.save(s.slack.Messages()); err != nil {
		s.logger.Warn("simulate: crises and Slack's messages will be forgotten at the next start", "err", err)
	}
}

func (s *simulation) handler() http.Handler {
	mux := http.NewServeMux()
	mount := func(path string, handler http.Handler) { mux.Handle(path+"/", http.StripPrefix(path, handler)) }
	mount("/site", s.site)
	mount("/bluesky", s.bluesky)
	mount("/x", s.x)
	mount("/slack", s.slack)
	mux.Handle("/api/", s.social) // an instance is a host of its own
	mux.HandleFunc("POST /crisis", s.crisis)
	mux.HandleFunc("GET /{$}", s.index)
	return s.gallery.before(mux)
}

// crisis lets one break out now: POST /crisis?brand=zestaline&kind=safety.
func (s *simulation) crisis(w http.ResponseWriter, r *http.Request) {
	kind := world.CrisisKind(r.FormValue("kind"))
	if kind == "" {
		kind = world.CrisisSafety
	}
	post, err := s.breakOut(r.FormValue("brand"), kind, time.Now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "it begins: %s\n", post.Text)
}

func (s *simulation) index(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, `Pages that do not exist.

/site/             a news site, with feeds
/bluesky/subscribe Bluesky's Jetstream
/api/              a Mastodon instance
/x/                the API of X
/slack/            a Slack that shows what it received

POST /crisis?brand=zestaline&kind=safety   (or outage, people): a crisis breaks out now
`)
}

// deal gives each conversation to one network; articles go to the site.
func (s *simulation) deal(posts []world.Post) {
	for _, post := range posts {
		switch share := post.Thread % 10; {
		case post.Title != "":
			s.site.Show(post)
		case share < 3:
			s.showOnX(post)
		case share < 5:
			s.showOnMastodon(post)
		default:
			s.showOnBluesky(post)
		}
	}
}
