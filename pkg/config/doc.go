// Package config owns vigie.yaml: its keys, their defaults and rules, loading
// with every problem reported at once (path, line, rule), the environment's
// VIGIE_<KEY> overrides, secrets read from files, the redacted dump, and reload.
//
// It does not own what a key means to a service.
package config
