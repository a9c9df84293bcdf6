// Package replay owns what a rule would have opened on a past, and how good that is:
// how often it would have told someone, how soon, how much of it people call right,
// and which bound keeps to so many pages a week.
//
// It is pure: the past is handed to it. It does not own how an incident is decided
// (internal/detect), nor where the past is read.
package replay
