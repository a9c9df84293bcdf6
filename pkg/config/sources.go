package config

// Sources says where mentions come from. A source that is not named is not read.
type Sources struct {
	// AllowPrivateAddresses lets connectors reach loopback and private networks.
	AllowPrivateAddresses bool       `yaml:"allow_private_addresses"`
	RSS                   *RSS       `yaml:"rss"`
	Bluesky               *Bluesky   `yaml:"bluesky"`
	Mastodon              []Mastodon `yaml:"mastodon"`
	X                     *X         `yaml:"x"`
}

// RSS lists feeds: RSS, Atom or JSON Feed.
type RSS struct {
	Every Duration `yaml:"every"`
	Feeds []Feed   `yaml:"feeds"`
}

// Feed is one feed; Every overrides the common rhythm.
type Feed struct {
	URL   string   `yaml:"url"`
	Every Duration `yaml:"every"`
}

// Bluesky is the Jetstream feed of the Bluesky network.
type Bluesky struct {
	URL string `yaml:"url"`
	// WebURL is where people read posts, https://bsky.app where it is not set.
	WebURL string `yaml:"web_url"`
	// Lookback is how far back to start when there is no cursor yet.
	Lookback Duration `yaml:"lookback"`
}

// Mastodon is one instance.
type Mastodon struct {
	Server    string   `yaml:"server"`
	TokenFile Secret   `yaml:"token_file"`
	Streams   []string `yaml:"streams"`
	Lookback  Duration `yaml:"lookback"`
}

// X is the API v2 of X.
type X struct {
	BaseURL string `yaml:"base_url"`
	// WebURL is where people read posts, https://x.com where it is not set.
	WebURL           string   `yaml:"web_url"`
	BearerTokenFile  Secret   `yaml:"bearer_token_file"`
	MonthlyBudgetUSD float64  `yaml:"monthly_budget_usd"`
	PricePerPostUSD  float64  `yaml:"price_per_post_usd"`
	Lookback         Duration `yaml:"lookback"`
}
