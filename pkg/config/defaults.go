package config

import (
	"time"

	"github.com/vigie-monitor/vigie/pkg/holiday"
)

// Defaults of keys below lists and below sources that may be left out. Services
// that are configured in code use them too.
const (
	DefaultFeedEvery       = 10 * time.Minute
	DefaultEscalateAfter   = 5 * time.Minute
	DefaultPricePerPostUSD = 0.005
)

func (r *RSS) setDefaults()  { r.Every = Duration(DefaultFeedEvery) }
func (t *Team) setDefaults() { t.EscalateAfter = Duration(DefaultEscalateAfter) }
func (x *X) setDefaults()    { x.PricePerPostUSD = DefaultPricePerPostUSD }

// inherit fills in what depends on other keys, once all are known to be right.
func (c *Config) inherit() {
	if c.Detector.Holidays == nil {
		c.Detector.Holidays = holiday.Of(c.Timezone)
	}
	if rss := c.Sources.RSS; rss != nil {
		for i := range rss.Feeds {
			rss.Feeds[i].Every = Duration(rss.Feeds[i].Every.Or(rss.Every.Std()))
		}
	}
	for i := range c.Channels {
		if c.Channels[i].Kind == "smtp" {
			c.Channels[i].mailDefaults()
		}
	}
}

// mailDefaults are those of the protocol: submission, with TLS.
func (c *Channel) mailDefaults() {
	if c.TLS == "" {
		c.TLS = "starttls"
	}
	if c.Port == 0 {
		c.Port = map[string]int{"starttls": 587, "implicit": 465, "none": 25}[c.TLS]
	}
}
