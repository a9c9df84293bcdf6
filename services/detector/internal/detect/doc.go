// Package detect owns when what is said of a brand is an incident: counting each voice
// once into minutes of its published time, what a brand's rhythm lets one expect of
// windows from a minute to a day, how surprising the present is and how it stands beside
// all that surprised before, what is loud by itself, and the levels watch, alert, crisis.
//
// It is pure: no clock (now is an argument), no bus, no table, so that live,
// replay and backtest decide alike. It does not own who is told.
package detect
