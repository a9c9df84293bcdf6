package desk

import (
	"context"
	"sync"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/names"
)

const (
	namesLook  = 5 * time.Second // a new incident is looked for
	namesFresh = time.Minute     // they are read again
	// namedStories and namedText bound what is read of an incident: half a second of
	// English at worst.
	namedStories = 60
	namedText    = 500
	shownNames   = 2 // of people, of places and of organisations
	// namedIncidents is of how many incidents names are read, the worst first.
	namedIncidents = 5
)

// Name is who or what several texts of an incident name.
type Name struct {
	Text  string `json:"text"`
	Kind  string `json:"kind"`  // person, place, organisation
	Texts int    `json:"texts"` // without copies, at most 60 being read
}

// namer reads the names of the incidents under way, beside the requests: nobody
// waits for them, and no English is read before an incident is told in it.
type namer struct {
	config *config.Live
	live   *live
	reader *reader

	mu    sync.Mutex
	known map[string]reading // by incident
}

type reading struct {
	at    time.Time
	names []Name
}

// follow reads until ctx is done.
func (n *namer) follow(ctx context.Context) error {
	ticker := time.NewTicker(namesLook)
	defer ticker.Stop()
	for now := time.Now(); ; {
		n.read(ctx, now)
		select {
		case <-ctx.Done():
			return nil
		case now = <-ticker.C:
		}
	}
}

// read reads what is not fresh, and forgets the incidents that are over.
func (n *namer) read(ctx context.Context, now time.Time) {
	incidents, _ := n.live.all()
	known := map[string]reading{}
	for _, i := range incidents {
		if i.Over != nil || i.Kind != kindSpike || i.Level == "watch" || len(known) == namedIncidents {
			continue
		}
		last, read := n.last(i.ID)
		if !read || now.Sub(last.at) >= namesFresh {
			last = reading{now, n.of(ctx, i)}
		}
		known[i.ID] = last
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known = known
}

func (n *namer) last(incidentID string) (reading, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	last, known := n.known[incidentID]
	return last, known
}

// of are the names of an incident, none where they cannot be told.
func (n *namer) of(ctx context.Context, i Incident) []Name {
	cfg := n.config.Get()
	brand, _ := cfg.Brand(i.BrandID)
	own, err := cfg.Knows(brand)
	if err != nil {
		n.reader.logger.Warn("desk: an incident's names are not read", "incident", i.ID, "err", err)
		return nil
	}
	texts, err := n.reader.told(ctx, i)
	if err != nil { // the figures say that ClickHouse is away
		n.reader.logger.Debug("desk: an incident's names are not read", "incident", i.ID, "err", err)
		return nil
	}
	var list []Name
	for _, count := range names.Top(texts, shownNames, own) {
		list = append(list, Name{count.Text, string(count.Kind), len(count.In)})
	}
	return list
}

// told are the stories of an incident that were told most, each once, but for what
// the brand itself published.
func (r *reader) told(ctx context.Context, i Incident) ([]names.Text, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(bounds))
	var texts []names.Text
	window := time.Duration(i.WindowSecs * float64(time.Second))
	err := r.rows(ctx, func(rows driver.Rows) error {
		var text names.Text
		if err := rows.Scan(&text.Language, &text.Text); err != nil {
			return err
		}
		texts = append(texts, text)
		return nil
	}, `SELECT argMin(language, (published_time, mention_id)),
			substringUTF8(argMin(concat(title, '\n', text), (published_time, mention_id)), 1, ?)
		FROM mentions
		WHERE brand_id = ? AND published_time >= fromUnixTimestamp64Milli(?)
			AND NOT (ownership = 'official' AND kind IN ('post', 'share', 'article'))
		GROUP BY story_id
		ORDER BY count() DESC, story_id
		LIMIT ?`, namedText, i.BrandID, i.Opened.Add(-window).UnixMilli(), namedStories)
	return texts, err
}

// tell adds to incidents the names that were read of them.
func (n *namer) tell(incidents []Incident) {
	for i := range incidents {
		last, _ := n.last(incidents[i].ID)
		incidents[i].Names = append([]Name{}, last.names...)
	}
}
