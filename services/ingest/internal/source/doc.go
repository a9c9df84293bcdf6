// Package source owns the contract between ingest and its connectors: what a
// connector is, and the sink it brings mentions to, which checks them, makes
// them durable, keeps cursors, and notes signs of life.
//
// It knows no protocol: each connector has a package of its own beside this one.
package source
