// Package history owns the file formats that history is imported from: it cuts
// files into records and decodes each into a mention, or says why it cannot.
//
// It does not own what happens to a mention afterwards; the lines of the X API
// are decoded by package x, as live ones are.
package history
