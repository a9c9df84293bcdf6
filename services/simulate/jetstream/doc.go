// Package jetstream pretends to be a Bluesky Jetstream: it serves /subscribe,
// the WebSocket feed of the whole network as JSON (the legacy wire, which
// Jetstream v2 goes on serving), with cursors, replay, filters by collection, and
// the noise of everyone else; and the one XRPC query that tells who an author is.
// (Jetstream is Bluesky's name for it; it has nothing to do with NATS.)
//
// It is made to test readers of that feed, ours or another project's: its faults
// are those that readers meet, and can be set while it runs. It owns the protocol
// and the faults; what is said comes from package world, or from the test.
package jetstream
