package config

import (
	"fmt"
	"net/url"
	"slices"
)

func (c *checker) oncall(cfg *Config) {
	c.ids("people", len(cfg.People), func(i int) string { return cfg.People[i].ID })
	c.ids("teams", len(cfg.Teams), func(i int) string { return cfg.Teams[i].ID })
	c.ids("channels", len(cfg.Channels), func(i int) string { return cfg.Channels[i].ID })
	for i, person := range cfg.People {
		at := fmt.Sprintf("people[%d]", i)
		if person.Language != "" {
			c.oneOf(at+".language", person.Language, "fr", "en")
		}
		if len(person.Channels) == 0 {
			c.add(at+".channels", "%s cannot be reached: name at least one channel", person.ID)
		}
		c.reachable(cfg, at+".channels", person.Channels)
		c.reachable(cfg, at+".crisis_channels", person.CrisisChannels)
		if quiet := person.QuietHours; (quiet.From == nil) != (quiet.To == nil) {
			c.add(at+".quiet_hours", "needs both from and to")
		}
	}
	for i, team := range cfg.Teams {
		c.team(cfg, fmt.Sprintf("teams[%d]", i), team)
	}
	for i, channel := range cfg.Channels {
		c.channel(fmt.Sprintf("channels[%d]", i), channel)
	}
}

func (c *checker) team(cfg *Config, at string, team Team) {
	if team.Timezone != "" {
		c.timezone(at+".timezone", team.Timezone)
	}
	if len(team.Rota.People) == 0 {
		c.add(at+".rota.people", "nobody is on call: name at least one person")
	}
	if several := len(team.Rota.People) > 1; several && team.Rota.Start.IsZero() {
		c.add(at+".rota.start", "with several people the rota needs a moment of hand-over")
	}
	switch several := len(team.Rota.People) > 1; {
	case several && team.Rota.Every <= 0:
		c.add(at+".rota.every", "with several people the rota needs the time between hand-overs, such as 7d")
	case team.Rota.Every == 0 && c.written(at+".rota.every"):
		c.add(at+".rota.every", "is the time between hand-overs, such as 7d: with one person leave it out")
	}
	if team.EscalateAfter <= 0 {
		c.add(at+".escalate_after", "must be above 0, such as 5m")
	}
	c.known(cfg, at+".rota.people", team.Rota.People)
	c.known(cfg, at+".escalate_to", team.EscalateTo)
	for j, override := range team.Rota.Overrides {
		path := fmt.Sprintf("%s.rota.overrides[%d]", at, j)
		c.known(cfg, path+".person", []string{override.Person})
		c.span(path, "an override", override.From, override.To)
	}
}

func (c *checker) reachable(cfg *Config, path string, channels []string) {
	for _, id := range channels {
		if !slices.ContainsFunc(cfg.Channels, func(ch Channel) bool { return ch.ID == id }) {
			c.add(path, "%q is no channel's id", id)
		}
	}
}

func (c *checker) known(cfg *Config, path string, people []string) {
	for _, id := range people {
		if !slices.ContainsFunc(cfg.People, func(p Person) bool { return p.ID == id }) {
			c.add(path, "%q is no person's id", id)
		}
	}
}

func (c *checker) channel(at string, channel Channel) {
	switch channel.Kind {
	case "slack", "webhook":
		if !channel.URLFile.IsSet() {
			c.add(at+".url_file", "a %s channel needs the file that holds its address", channel.Kind)
		}
		address := channel.URLFile.Value()
		c.secretAddress(at+".url_file", address)
		if parsed, err := url.Parse(address); channel.Kind == "slack" && err == nil && parsed.Scheme == "http" && !isPrivate(parsed.Hostname()) {
			c.add(at+".url_file", "Slack's addresses start with https://: whoever reads it on its way can post there")
		}
	case "smtp":
		c.needed(at+".host", channel.Host != "")
		c.needed(at+".from", channel.From != "")
		c.needed(at+".to", len(channel.To) > 0)
		if channel.TLS != "" {
			c.oneOf(at+".tls", channel.TLS, "starttls", "implicit", "none")
		}
	default:
		c.oneOf(at+".kind", channel.Kind, "slack", "webhook", "smtp")
	}
}

func (c *checker) needed(path string, there bool) {
	if !there {
		c.add(path, "an smtp channel needs it")
	}
}
