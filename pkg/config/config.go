package config

import (
	"path/filepath"
	"time"
)

// Config is the whole of vigie.yaml. Keys are documented in deploy/vigie.yaml.
// Those marked live take effect when the file is saved; the others at a restart.
type Config struct {
	Language   string     `yaml:"language"`
	Timezone   string     `yaml:"timezone"`
	DataDir    string     `yaml:"data_dir"`
	NATS       NATS       `yaml:"nats"`
	ClickHouse ClickHouse `yaml:"clickhouse"`
	Desk       Desk       `yaml:"desk"`
	Metrics    Metrics    `yaml:"metrics"`
	Log        Log        `yaml:"log"`
	Brands     []Brand    `yaml:"brands" reload:"live"`
	Topics     []Topic    `yaml:"topics" reload:"live"`
	Sources    Sources    `yaml:"sources"`
	Detector   Detector   `yaml:"detector" reload:"live"`
	People     []Person   `yaml:"people" reload:"live"`
	Teams      []Team     `yaml:"teams" reload:"live"`
	Channels   []Channel  `yaml:"channels" reload:"live"`
	Heartbeat  Heartbeat  `yaml:"heartbeat"`
	Retention  Retention  `yaml:"retention"`
	Simulate   *Simulate  `yaml:"simulate"`
}

// NATS says where the bus is. Without a URL it is embedded in the process.
type NATS struct {
	URL             string `yaml:"url"`
	Listen          string `yaml:"listen"`
	CredentialsFile Secret `yaml:"credentials_file"`
}

// ClickHouse says where the tables are. Without an address the embedded engine
// is started as a child process.
type ClickHouse struct {
	Addr         string `yaml:"addr"`
	Listen       string `yaml:"listen"`
	Database     string `yaml:"database"`
	Username     string `yaml:"username"`
	PasswordFile Secret `yaml:"password_file"`
	Secure       bool   `yaml:"secure"`
}

// Desk is the web page of the community manager.
type Desk struct {
	Listen    string `yaml:"listen"`
	PublicURL string `yaml:"public_url"`
	// AckKeyFile signs the links that take an incident in charge. Without it a
	// key is made in the data folder at first start.
	AckKeyFile Secret `yaml:"ack_key_file"`
}

// Metrics is the listener of /metrics, /healthz and /readyz.
type Metrics struct {
	Listen string `yaml:"listen"`
}

// Log is what the process says on stderr.
type Log struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// Retention says how long things are kept. Streams also bounds how long a
// deleted post can remain anywhere (INVARIANTS 10).
type Retention struct {
	Mentions Duration `yaml:"mentions"`
	Streams  Duration `yaml:"streams"`
}

// Simulate starts the pages that do not exist, for a demonstration.
type Simulate struct {
	Listen      string   `yaml:"listen"`
	Rate        float64  `yaml:"mentions_per_second"`
	CrisisAfter Duration `yaml:"crisis_after"`
	CrisisBrand string   `yaml:"crisis_brand"`
}

// Default returns the values of every key that vigie.yaml leaves out.
func Default() *Config {
	return &Config{
		Language:   "en",
		Timezone:   "Europe/Paris",
		DataDir:    "var",
		NATS:       NATS{Listen: "127.0.0.1:4222"},
		ClickHouse: ClickHouse{Listen: "127.0.0.1:9000", Database: "vigie", Username: "default"},
		Desk:       Desk{Listen: "127.0.0.1:8080"},
		Metrics:    Metrics{Listen: "127.0.0.1:9464"},
		Log:        Log{Level: "info", Format: "text"},
		Topics:     defaultTopics(),
		Detector:   defaultDetector(),
		Heartbeat:  Heartbeat{Every: minutes(1)},
		Retention:  Retention{Mentions: days(400), Streams: days(3)},
	}
}

// Path joins a name to the data folder.
func (c *Config) Path(name ...string) string {
	return filepath.Join(append([]string{c.DataDir}, name...)...)
}

// Location is the time zone in which days and weeks are counted.
func (c *Config) Location() *time.Location {
	location, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.UTC // validation refuses such a file before anyone asks
	}
	return location
}

// Brand finds a brand by its id.
func (c *Config) Brand(id string) (Brand, bool) {
	for _, brand := range c.Brands {
		if brand.ID == id {
			return brand, true
		}
	}
	return Brand{}, false
}

// NATSAddress is the URL of the bus, embedded or not.
func (c *Config) NATSAddress() string {
	if c.NATS.URL != "" {
		return c.NATS.URL
	}
	return "nats://" + c.NATS.Listen
}

// ClickHouseAddress is host:port of the native protocol, embedded or not.
func (c *Config) ClickHouseAddress() string {
	if c.ClickHouse.Addr != "" {
		return c.ClickHouse.Addr
	}
	return c.ClickHouse.Listen
}

// DeskURL is the address people open, without a trailing slash.
func (c *Config) DeskURL() string {
	if c.Desk.PublicURL != "" {
		return c.Desk.PublicURL
	}
	return "http://" + c.Desk.Listen
}
