// Package ingest runs the connectors that the config names, each in a package of
// its own under internal/, tells when one of them goes blind, and imports history
// from files. Everything it brings ends in the stream MENTIONS or in DEADLETTER.
//
// It does not own what a mention says, nor which brand it concerns.
package ingest
