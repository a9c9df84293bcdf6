// Package instance pretends to be a Mastodon server: the description of the
// instance, its streams over server-sent events with their heartbeat, timelines
// and notifications with pagination by Link header, statuses by id, tokens, and
// rate limits with their headers.
//
// It is made to test readers of Mastodon, ours or another project's: its faults
// are those that readers meet, and can be set while it runs. It owns the protocol
// and the faults; what is said comes from package world, or from the test.
package instance
