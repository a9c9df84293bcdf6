package language

import "slices"

// All are the languages that Detect tells, in alphabetical order.
func All() []string { return slices.Clone(languages[:]) }
