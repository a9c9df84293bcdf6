package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/query"
)

// owners are the departments that can answer a mention.
var owners = []string{"customer_care", "pr", "marketing", "sales", "hr", "legal"}

// idRule is what an id may be: it becomes a part of subjects and file names.
var idRule = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

func (c *checker) validate(cfg *Config) {
	c.oneOf("language", cfg.Language, "fr", "en")
	c.timezone("timezone", cfg.Timezone)
	c.oneOf("log.level", cfg.Log.Level, "debug", "info", "warn", "error")
	c.oneOf("log.format", cfg.Log.Format, "text", "json")
	c.noPassword("nats.url", cfg.NATS.URL, "put it into nats.credentials_file")
	c.listen("nats.listen", cfg.NATS.Listen, true)
	c.listen("clickhouse.listen", cfg.ClickHouse.Listen, true)
	c.listen("desk.listen", cfg.Desk.Listen, false)
	c.listen("metrics.listen", cfg.Metrics.Listen, false)
	if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(cfg.ClickHouse.Database) {
		c.add("clickhouse.database", "%q is not the name of a database: letters, digits and _", cfg.ClickHouse.Database)
	}
	c.web("desk.public_url", cfg.Desk.PublicURL)
	c.brands(cfg)
	c.topics(cfg)
	c.sources(cfg)
	c.detector(cfg.Detector)
	c.oncall(cfg)
	c.heartbeat(cfg.Heartbeat)
	c.retention(cfg.Retention)
	c.simulate(cfg)
}

func (c *checker) brands(cfg *Config) {
	if len(cfg.Brands) == 0 {
		c.add("brands", "name at least one brand to watch")
	}
	c.ids("brands", len(cfg.Brands), func(i int) string { return cfg.Brands[i].ID })
	for i, brand := range cfg.Brands {
		at := fmt.Sprintf("brands[%d]", i)
		if brand.Name == "" {
			c.add(at+".name", "a brand needs the name that people read")
		}
		if _, err := query.Parse(brand.Query); err != nil {
			c.add(at+".query", "%v", err)
		}
		c.context(at+".context.require", brand.Context.Require)
		c.context(at+".context.exclude", brand.Context.Exclude)
		for _, competitor := range brand.Competitors {
			if _, known := cfg.Brand(competitor); !known {
				c.add(at+".competitors", "%q is no brand's id", competitor)
			}
		}
		if brand.Team != "" && !slices.ContainsFunc(cfg.Teams, func(t Team) bool { return t.ID == brand.Team }) {
			c.add(at+".team", "%q is no team's id", brand.Team)
		}
		for source := range brand.Pages {
			c.oneOf(at+".pages."+source, source, "rss", "bluesky", "mastodon", "x")
		}
		for j, occasion := range brand.Expected {
			c.occasion(fmt.Sprintf("%s.expected[%d]", at, j), occasion)
		}
	}
}

func (c *checker) occasion(at string, o Occasion) {
	if o.Name == "" {
		c.add(at+".name", "say what is expected: a match, a campaign")
	}
	c.span(at, "what is expected", o.From, o.To)
	if lasts := o.To.Sub(o.From); !o.From.IsZero() && lasts > maxOccasion {
		c.add(at, "it lasts %.0f days, in which no crisis wakes anyone: at most %.0f", lasts.Hours()/24, maxOccasion.Hours()/24)
	}
}

// maxOccasion is how long what is expected may last: what goes on for longer is how things
// are, which the detector learns by itself.
const maxOccasion = 92 * 24 * time.Hour

// span is from a moment to a later one.
func (c *checker) span(at, what string, from, to time.Time) {
	if from.IsZero() {
		c.add(at+".from", "%s needs the moment it begins at", what)
	}
	if to.IsZero() {
		c.add(at+".to", "%s needs the moment it ends at", what)
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		c.add(at, "from must be before to")
	}
}

// context is a query that may be left out.
func (c *checker) context(at, text string) {
	if text == "" {
		return
	}
	if _, err := query.ParseContext(text); err != nil {
		c.add(at, "%v", err)
	}
}

func (c *checker) topics(cfg *Config) {
	c.ids("topics", len(cfg.Topics), func(i int) string { return cfg.Topics[i].ID })
	for i, topic := range cfg.Topics {
		at := fmt.Sprintf("topics[%d]", i)
		c.oneOf(at+".owner", topic.Owner, owners...)
		if len(topic.Terms) == 0 {
			c.add(at+".terms", "a topic needs the words it is found by")
		}
		c.terms(at+".terms", topic)
	}
}

// terms checks each by itself, so that the error names it, then all together.
func (c *checker) terms(at string, topic Topic) {
	good := len(topic.Terms) > 0
	for i, term := range topic.Terms {
		if _, err := query.Parse(termQuery(term)); err != nil {
			c.add(fmt.Sprintf("%s[%d]", at, i), "%v", err)
			good = false
		}
	}
	if _, err := query.Parse(topic.Query()); good && err != nil {
		c.add(at, "%v", err)
	}
}

func (c *checker) sources(cfg *Config) {
	if rss := cfg.Sources.RSS; rss != nil {
		c.rss(cfg, rss)
	}
	if bluesky := cfg.Sources.Bluesky; bluesky != nil {
		c.outside(cfg, "sources.bluesky.url", bluesky.URL, "ws", "wss")
		c.web("sources.bluesky.web_url", bluesky.WebURL)
		if bluesky.Lookback.Std() > 36*time.Hour {
			c.add("sources.bluesky.lookback", "the feed keeps 36h, no more")
		}
	}
	for i, instance := range cfg.Sources.Mastodon {
		at := fmt.Sprintf("sources.mastodon[%d]", i)
		c.outside(cfg, at+".server", instance.Server, "http", "https")
		for j, stream := range instance.Streams {
			if !regexp.MustCompile(`^(public|public:local|public:remote|user:notification|hashtag:.+)$`).MatchString(stream) {
				c.add(fmt.Sprintf("%s.streams[%d]", at, j),
					"%q is no stream: write public, public:local, public:remote, user:notification or hashtag:<tag>", stream)
			}
		}
	}
	if x := cfg.Sources.X; x != nil {
		c.outside(cfg, "sources.x.base_url", x.BaseURL, "http", "https")
		c.web("sources.x.web_url", x.WebURL)
		if !x.BearerTokenFile.IsSet() {
			c.add("sources.x.bearer_token_file", "X answers only to a bearer token: name the file that holds it")
		}
		if x.MonthlyBudgetUSD <= 0 {
			c.add("sources.x.monthly_budget_usd", "every post costs money: say how much may be spent a month")
		}
		if x.PricePerPostUSD <= 0 {
			c.add("sources.x.price_per_post_usd", "every post costs money: a price is above 0")
		}
	}
}

func (c *checker) rss(cfg *Config, rss *RSS) {
	if rss.Every.Std() < time.Second {
		c.add("sources.rss.every", "must be at least 1s")
	}
	for i, feed := range rss.Feeds {
		at := fmt.Sprintf("sources.rss.feeds[%d]", i)
		c.outside(cfg, at+".url", feed.URL, "http", "https")
		c.noPassword(at+".url", feed.URL, "the feed's address names it on the desk and in logs")
		if c.written(at+".every") && feed.Every.Std() < time.Second {
			c.add(at+".every", "must be at least 1s; without it sources.rss.every holds")
		}
	}
}

func (c *checker) retention(r Retention) {
	if r.Mentions.Std() < 24*time.Hour {
		c.add("retention.mentions", "must be at least 1d: what is older is deleted")
	}
	if r.Streams.Std() < time.Hour {
		c.add("retention.streams", "must be at least 1h: what is older is deleted, read or not")
	}
}

func (c *checker) simulate(cfg *Config) {
	if cfg.Simulate == nil {
		return
	}
	c.listen("simulate.listen", cfg.Simulate.Listen, true)
	if cfg.Simulate.Rate <= 0 || cfg.Simulate.Rate > 1000 {
		c.add("simulate.mentions_per_second", "must be above 0 and at most 1000")
	}
	if _, known := cfg.Brand(cfg.Simulate.CrisisBrand); cfg.Simulate.CrisisBrand != "" && !known {
		c.add("simulate.crisis_brand", "%q is no brand's id", cfg.Simulate.CrisisBrand)
	}
}

func (c *checker) oneOf(path, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.add(path, "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
}

func (c *checker) ids(path string, n int, id func(int) string) {
	seen := map[string]int{}
	for i := range n {
		at := fmt.Sprintf("%s[%d].id", path, i)
		if !idRule.MatchString(id(i)) {
			c.add(at, "%q is not an id: small letters, digits and -, at most 63", id(i))
		}
		if first, twice := seen[id(i)]; twice {
			c.add(at, "%q is already %s[%d]", id(i), path, first)
		}
		seen[id(i)] = i
	}
}

func (c *checker) timezone(path, name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "" {
		c.add(path, "%q is not a time zone: write one like Europe/Paris", name)
	}
}

func (c *checker) address(path, value string, schemes ...string) {
	switch {
	case !isAddress(value, schemes...):
		c.add(path, "%q is not an address starting with %s://", value, strings.Join(schemes, ":// or "))
	case isExample(value):
		c.add(path, "%q is an example: put the whole address in place of the dots", value)
	}
}

// outside is an address that a source reads.
func (c *checker) outside(cfg *Config, path, value string, schemes ...string) {
	c.address(path, value, schemes...)
	if parsed, err := url.Parse(value); err == nil && !cfg.Sources.AllowPrivateAddresses && isPrivate(parsed.Hostname()) {
		c.add(path, "%s is on this machine or a private network, which is refused without sources.allow_private_addresses: true", parsed.Host)
	}
}

// secretAddress is one that is read from a secret's file: it is not shown.
func (c *checker) secretAddress(path, value string) {
	switch {
	case value == "": // the file could not be read, which is told
	case !isAddress(value, "http", "https"):
		c.add(path, "does not hold an address starting with http:// or https://")
	case isExample(value):
		c.add(path, "holds an example: put the whole address in place of the dots")
	}
}

// isExample knows what was copied from a document and not completed.
func isExample(address string) bool {
	return strings.Contains(address, "…") || strings.Contains(address, "...")
}

// isPrivate says of a host, without asking for its addresses, that it is on this
// machine or a private network. Connectors ask for them, and refuse more.
func isPrivate(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host == "localhost" || strings.HasSuffix(host, ".localhost")
	}
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
}

// web is an address that people open, which may be left out.
func (c *checker) web(path, value string) {
	if value != "" {
		c.address(path, value, "http", "https")
	}
}

// noPassword refuses addresses that carry a password: they are printed.
func (c *checker) noPassword(path, value, instead string) {
	if parsed, err := url.Parse(value); err == nil && parsed.User != nil {
		c.add(path, "an address must not hold a password: %s", instead)
	}
}

func isAddress(value string, schemes ...string) bool {
	parsed, err := url.Parse(value)
	return err == nil && parsed.Host != "" && slices.Contains(schemes, parsed.Scheme)
}

func (c *checker) listen(path, value string, loopback bool) {
	host, port, err := net.SplitHostPort(value)
	if err != nil || port == "" {
		c.add(path, "%q is not host:port", value)
		return
	}
	if ip := net.ParseIP(host); loopback && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		c.add(path, "%q must be a loopback address such as 127.0.0.1: it has no password", value)
	}
}
