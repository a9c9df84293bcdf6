package config

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Dump writes the config as it is in force, defaults and environment included,
// secrets redacted.
func (c *Config) Dump() ([]byte, error) {
	data, err := yaml.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("config: dump: %w", err)
	}
	return data, nil
}
