package config

import "time"

// Heartbeat is the dead-man's switch: a watcher outside is asked for as long as
// all is well, and raises the alarm when it is asked no more. Without its address
// there is none.
type Heartbeat struct {
	// URLFile holds the address. It is a secret: whoever knows it can keep the alarm
	// silent.
	URLFile Secret   `yaml:"url_file"`
	Every   Duration `yaml:"every"`
}

func (c *checker) heartbeat(h Heartbeat) {
	c.secretAddress("heartbeat.url_file", h.URLFile.Value())
	if every := h.Every.Std(); every < 10*time.Second || every > time.Hour {
		c.add("heartbeat.every", "must be between 10s and 1h")
	}
}
