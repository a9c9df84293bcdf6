// Package obs owns what an operator sees of a process: structured logs, the
// metrics registry, and the admin listener with /metrics, /healthz and /readyz.
//
// It does not own the metrics themselves: each package registers its own.
package obs
