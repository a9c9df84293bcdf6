package pager

import (
	"fmt"
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/pager/internal/channel"
	"github.com/vigie-monitor/vigie/services/pager/internal/escalation"
	"github.com/vigie-monitor/vigie/services/pager/internal/rota"
)

// sendsAtOnce bounds what a channel is given at once; a crisis does not wait,
// and takes no place from what does.
const sendsAtOnce = 4

// roster is the config as the pager uses it: built whole, then swapped.
type roster struct {
	cfg      *config.Config
	teams    map[string]team
	first    string // the team of brands without one, and of blind sources
	people   map[string]person
	channels map[string]channel.Send
}

type team struct {
	rota       rota.Rota
	location   *time.Location
	after      time.Duration
	escalateTo []string
}

type person struct {
	name     string
	language string
	channels []string
	urgent   []string
	quiet    config.QuietHours
}

func newRoster(cfg *config.Config) (*roster, error) {
	r := &roster{cfg: cfg, teams: map[string]team{}, people: map[string]person{}, channels: map[string]channel.Send{}}
	for _, c := range cfg.Channels {
		send, err := channel.New(c)
		if err != nil {
			return nil, fmt.Errorf("pager: %w", err)
		}
		r.channels[c.ID] = send
	}
	for _, p := range cfg.People {
		r.people[p.ID] = newPerson(p, cfg.Language)
	}
	for i, t := range cfg.Teams {
		if i == 0 {
			r.first = t.ID
		}
		location := cfg.Location()
		if t.Timezone != "" {
			var err error
			if location, err = time.LoadLocation(t.Timezone); err != nil {
				return nil, fmt.Errorf("pager: team %s: %w", t.ID, err)
			}
		}
		r.teams[t.ID] = newTeam(t, location)
	}
	return r, nil
}

func newPerson(p config.Person, language string) person {
	out := person{name: p.Name, language: p.Language, channels: p.Channels, urgent: slices.Clone(p.CrisisChannels), quiet: p.QuietHours}
	for _, id := range p.Channels { // a crisis has every way that less has
		if !slices.Contains(out.urgent, id) {
			out.urgent = append(out.urgent, id)
		}
	}
	if out.name == "" {
		out.name = p.ID
	}
	if out.language == "" {
		out.language = language
	}
	return out
}

func newTeam(t config.Team, location *time.Location) team {
	out := team{
		location: location, after: t.EscalateAfter.Or(config.DefaultEscalateAfter), escalateTo: t.EscalateTo,
		rota: rota.Rota{Start: t.Rota.Start, Every: t.Rota.Every.Std(), People: t.Rota.People, Location: location},
	}
	for _, o := range t.Rota.Overrides {
		out.rota.Overrides = append(out.rota.Overrides, rota.Override{Person: o.Person, From: o.From, To: o.To})
	}
	return out
}

// team is who answers for a brand.
func (r *roster) team(brandID string) (team, bool) {
	id := r.first
	if brand, known := r.cfg.Brand(brandID); known && brand.Team != "" {
		id = brand.Team
	}
	t, known := r.teams[id]
	return t, known
}

// duty is who answers for a brand now. Its order is empty where no team does.
func (r *roster) duty(brandID string, now time.Time) escalation.Duty {
	t, known := r.team(brandID)
	if !known {
		return escalation.Duty{After: config.DefaultEscalateAfter}
	}
	duty := escalation.Duty{After: t.after, People: make(map[string]escalation.Person, len(r.people))}
	for _, id := range append([]string{t.rota.OnCall(now)}, t.escalateTo...) {
		if id != "" && !slices.Contains(duty.Order, id) {
			duty.Order = append(duty.Order, id)
		}
	}
	for id, p := range r.people {
		duty.People[id] = escalation.Person{Channels: p.channels, Urgent: p.urgent, Asleep: p.asleep(now, t.location)}
	}
	return duty
}

func (p person) asleep(now time.Time, location *time.Location) bool {
	if p.quiet.From == nil || p.quiet.To == nil {
		return false
	}
	return rota.Quiet{From: p.quiet.From.Std(), To: p.quiet.To.Std(), Location: location}.Holds(now)
}

func (r *roster) name(personID string) string {
	if p, known := r.people[personID]; known {
		return p.name
	}
	return personID
}

func (r *roster) brand(id string) string {
	if brand, known := r.cfg.Brand(id); known && brand.Name != "" {
		return brand.Name
	}
	return id
}
