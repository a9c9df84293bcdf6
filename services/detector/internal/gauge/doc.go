// Package gauge owns scoring one series of counts that comes as rows of a time and a
// value, of which nothing else is known: which time a row stands for, how rows are
// read, and how their scores are written. It answers row by row and never looks ahead.
//
// It does not own how a count is judged (detect.Meter).
package gauge
