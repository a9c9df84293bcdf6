package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	"github.com/vigie-monitor/vigie/pkg/quote"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Status is what the desk shows, and what /api/status answers. Times are in UTC;
// a count that is not known is null.
type Status struct {
	Time      time.Time  `json:"time"`
	Problems  []string   `json:"problems"` // what the figures lack, in English
	Sources   []Source   `json:"sources"`
	Brands    []Brand    `json:"brands"`
	Incidents []Incident `json:"incidents"` // those that go on first
	Pages     []Page     `json:"pages"`     // newest first
	Posts     []Post     `json:"posts"`     // newest first
}

// Source is what is said at a source.
type Source struct {
	Name       string     `json:"name"`
	LastMinute *uint64    `json:"last_minute"` // mentions published
	LastHour   *uint64    `json:"last_hour"`
	Total      *uint64    `json:"total"`
	LastPost   *time.Time `json:"last_post_time"` // the newest post's own time
	Blind      []Blind    `json:"blind"`          // pages of the source that cannot be seen now
}

// Blind is a page that cannot be seen.
type Blind struct {
	Page   string    `json:"page"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason"` // silent, erroring, quota
	Detail string    `json:"detail"`
}

// Brand is what was said of a brand in the last hour.
type Brand struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	LastHour *uint64    `json:"last_hour"`
	Negative uint64     `json:"negative"`
	Neutral  uint64     `json:"neutral"`
	Positive uint64     `json:"positive"`
	Unscored uint64     `json:"unscored"`
	Minutes  [60]uint64 `json:"minutes"` // mentions in each minute, the current one last
}

// Steps an incident can take, beside its levels.
const stepResolved = "resolved"

// States of a page.
const (
	stateSent  = "sent"
	stateAcked = "acked"
)

// Step is a change of an incident.
type Step struct {
	Level string    `json:"level"` // watch, alert, crisis, resolved
	Time  time.Time `json:"time"`
}

// Incident is an incident as it stands.
type Incident struct {
	ID           string         `json:"incident_id"`
	Kind         string         `json:"kind"` // spike, opportunity, blind_source
	BrandID      string         `json:"brand_id,omitempty"`
	Source       string         `json:"source,omitempty"`
	Page         string         `json:"page,omitempty"`
	Level        string         `json:"level"`
	Opened       time.Time      `json:"opened_time"`
	Over         *time.Time     `json:"resolved_time"`
	Steps        []Step         `json:"steps"`
	Mentions     uint64         `json:"observed_mentions"`
	Expected     float64        `json:"expected_mentions"`
	Negative     uint64         `json:"observed_negative"`
	ExpectedNeg  float64        `json:"expected_negative"`
	Authors      uint64         `json:"distinct_authors"`
	WindowSecs   float64        `json:"window_seconds"`
	AboutKind    string         `json:"about_kind,omitempty"` // topic, source, risk, story or post: what rose, if not the brand as a whole
	About        string         `json:"about,omitempty"`
	Signals      []string       `json:"signals"`            // beyond their bound: volume, negative; share of negative; reach, engagement, story
	ShareLow     float64        `json:"negative_share_low"` // of what is more than expected, corrected
	ShareHigh    float64        `json:"negative_share_high"`
	Reach        uint64         `json:"potential_reach"`
	Copies       uint64         `json:"copies"` // left out
	RarityDays   uint32         `json:"rarity_days"`
	KnownDays    uint32         `json:"known_days"`
	Occasion     string         `json:"occasion,omitempty"` // announced for now
	Also         []string       `json:"also_brand_ids"`     // other brands that rise
	Words        []quote.Word   `json:"words"`
	Path         []quote.Step   `json:"path"`
	TopAuthors   []quote.Author `json:"authors"`
	Posts        []Post         `json:"posts"`
	Names        []Name         `json:"names"` // in two texts at least, the most frequent first; while it goes on
	BlindSources []string       `json:"blind_sources"`
	Reason       string         `json:"reason,omitempty"`
	Detail       string         `json:"detail,omitempty"`
	RuleVersion  string         `json:"rule_version"`
	ModelVersion string         `json:"model_version"`
	Pages        []Page         `json:"pages"`
	AckedBy      string         `json:"acked_by"` // at its level or above; empty while nobody has
	AckedTime    *time.Time     `json:"acked_time"`
	Verdict      string         `json:"verdict"` // what someone says it was: none, watch, alert, crisis; empty while nobody does
	VerdictBy    string         `json:"verdict_by"`
	VerdictTime  *time.Time     `json:"verdict_time"`
}

// Page is a page and what became of it.
type Page struct {
	ID         string     `json:"page_id"`
	IncidentID string     `json:"incident_id"`
	BrandID    string     `json:"brand_id,omitempty"`
	Level      string     `json:"level"`
	Step       uint32     `json:"step"`
	PersonID   string     `json:"person_id"`
	Channel    string     `json:"channel"`
	State      string     `json:"state"` // sent, failed, acked: once anyone took the incident in charge at its level
	Time       time.Time  `json:"changed_time"`
	Sent       *time.Time `json:"sent_time"`
	Delay      float64    `json:"delay_seconds"`
	Attempts   uint32     `json:"attempts"`
	Error      string     `json:"error,omitempty"`
	AckedBy    string     `json:"acked_by,omitempty"`
}

// Post is a post.
type Post struct {
	MentionID string    `json:"mention_id"`
	BrandID   string    `json:"brand_id,omitempty"`
	Source    string    `json:"source"`
	Author    string    `json:"author"`
	Text      string    `json:"text"`
	URL       string    `json:"url,omitempty"`
	Sentiment string    `json:"sentiment,omitempty"` // none, negative, neutral, positive
	Published time.Time `json:"published_time"`
	Reason    string    `json:"reason,omitempty"` // why an incident shows it
	RiskID    string    `json:"risk_id,omitempty"`
}

// newStatus puts together what the bus and ClickHouse say, and what the config
// expects to be there.
func newStatus(now time.Time, cfg *config.Config, l *live, f *figures) Status {
	s := Status{Time: now.UTC(), Problems: []string{}, Sources: []Source{}, Brands: []Brand{}, Posts: []Post{}}
	s.Incidents, s.Pages = l.all()
	if f.problem != "" {
		s.Problems = append(s.Problems, f.problem)
	}
	s.Posts = append(s.Posts, f.posts...)
	for _, brand := range cfg.Brands {
		s.Brands = append(s.Brands, f.brand(brand))
	}
	for _, name := range sourceNames(cfg, f, s.Incidents) {
		s.Sources = append(s.Sources, newSource(name, f, s.Incidents))
	}
	return s
}

// sourceNames are those that the config reads, and all that were ever seen.
func sourceNames(cfg *config.Config, f *figures, incidents []Incident) []string {
	var names []string
	for name, read := range map[string]bool{
		"rss": cfg.Sources.RSS != nil, "bluesky": cfg.Sources.Bluesky != nil,
		"mastodon": len(cfg.Sources.Mastodon) > 0, "x": cfg.Sources.X != nil,
	} {
		if read {
			names = append(names, name)
		}
	}
	for name := range f.sources {
		names = append(names, name)
	}
	for _, incident := range incidents {
		if incident.Over == nil && incident.Source != "" {
			names = append(names, incident.Source)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func newSource(name string, f *figures, incidents []Incident) Source {
	s := f.source(name)
	s.Blind = []Blind{}
	for _, i := range incidents {
		if i.Kind == kindBlind && i.Over == nil && i.Source == name {
			s.Blind = append(s.Blind, Blind{Page: i.Page, Since: i.Opened, Reason: i.Reason, Detail: i.Detail})
		}
	}
	return s
}

const (
	kindSpike       = "spike"
	kindBlind       = "blind_source"
	kindOpportunity = "opportunity"
)

func (l *live) newIncident(f *followed) Incident {
	e := f.now.GetEvidence()
	i := Incident{
		ID: f.now.IncidentId, Kind: kindSpike, BrandID: f.now.BrandId, Source: f.now.Source, Page: f.now.Page,
		Level: enum.Name(f.now.Level), Opened: f.now.OpenedTime.AsTime(), Over: overTime(f.now),
		Steps:    slices.Clone(f.steps),
		Mentions: e.GetObservedMentions(), Expected: e.GetExpectedMentions(),
		Negative: e.GetObservedNegative(), ExpectedNeg: e.GetExpectedNegative(), Authors: e.GetDistinctAuthors(),
		AboutKind: e.GetAboutKind(), About: e.GetAbout(), Signals: append([]string{}, e.GetSignals()...), ShareLow: e.GetNegativeShareLow(), ShareHigh: e.GetNegativeShareHigh(),
		Reach: e.GetPotentialReach(), Copies: e.GetCopies(), RarityDays: e.GetRarityDays(), KnownDays: e.GetKnownDays(), Occasion: e.GetOccasion(),
		Also: append([]string{}, e.GetAlsoBrandIds()...), Words: quote.Words(e), Path: quote.Path(e), TopAuthors: quote.Authors(e),
		Posts: []Post{}, BlindSources: append([]string{}, f.now.BlindSources...),
		Detail: f.now.Detail, RuleVersion: f.now.RuleVersion, ModelVersion: f.now.ModelVersion, Pages: []Page{},
	}
	if e != nil {
		i.WindowSecs = e.WindowTo.AsTime().Sub(e.WindowFrom.AsTime()).Seconds()
	}
	switch f.now.Kind {
	case vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE:
		i.Kind = kindBlind
		i.Reason = enum.Name(f.now.BlindReason)
	case vigiev1.IncidentKind_INCIDENT_KIND_OPPORTUNITY:
		i.Kind = kindOpportunity
	}
	for _, p := range quote.Posts(e) {
		i.Posts = append(i.Posts, Post{
			MentionID: p.ID, BrandID: i.BrandID, Source: p.Source, Author: p.Author,
			Text: p.Text, URL: p.URL, Published: p.Published, Reason: p.Reason, RiskID: p.Risk,
		})
	}
	for _, page := range l.pages {
		if page.IncidentId != i.ID {
			continue
		}
		i.Pages = append(i.Pages, l.newPage(page))
	}
	if a, taken := l.answered(i.ID, f.now.Level); taken {
		i.AckedBy, i.AckedTime = a.by, &a.at
	}
	if said := l.verdicts[i.ID]; said != nil {
		at := said.SaidTime.AsTime()
		i.Verdict, i.VerdictBy, i.VerdictTime = enum.Name(said.Level), said.SaidBy, &at
	}
	sortPages(i.Pages)
	return i
}

func (l *live) newPage(p *vigiev1.Page) Page {
	page := Page{
		ID: p.PageId, IncidentID: p.IncidentId, BrandID: p.BrandId, Level: enum.Name(p.Level), Step: p.Step,
		PersonID: p.PersonId, Channel: p.Channel, Time: p.ChangedTime.AsTime(), Delay: p.DelaySeconds,
		State:    enum.Name(p.State),
		Attempts: p.Attempts, Error: p.Error, AckedBy: p.AckedBy,
	}
	if sent, known := l.sent[p.PageId]; known {
		page.Sent = &sent
	}
	if a, taken := l.answered(p.IncidentId, p.Level); taken && page.State == stateSent {
		page.State, page.AckedBy = stateAcked, a.by
	}
	return page
}

// sortPages puts the oldest first.
func sortPages(pages []Page) {
	at := func(p Page) time.Time {
		if p.Sent != nil {
			return *p.Sent
		}
		return p.Time
	}
	slices.SortFunc(pages, func(a, b Page) int {
		if order := at(a).Compare(at(b)); order != 0 {
			return order
		}
		return cmp.Compare(a.ID, b.ID)
	})
}
