// Package detector reads scored mentions and what ingest says of its sources,
// and writes incidents: spikes, decided in internal/detect, and blind sources.
// One process at a time does, by lease; another takes over from the tables and
// from the incidents in the bucket.
//
// It does not own who is told of an incident (pager), nor how it is decided
// (internal/detect).
package detector
