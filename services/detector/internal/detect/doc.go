// Package detect owns when a spike is an incident: counting each mention once
// into minutes of its published time, what a brand's past lets one expect, how
// surprising the present is, and the levels watch, alert, crisis with hysteresis.
//
// It is pure: no clock (now is an argument), no bus, no table, so that live,
// replay and backtest decide alike. It does not own who is told.
package detect
