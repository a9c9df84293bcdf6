// Package fetch owns how connectors reach the outer world over HTTP: one client
// that says who it is, never reaches private addresses unless the config allows
// it (INVARIANTS 9), bounds every wait, every size and every chain of redirects,
// and remembers which hosts asked to be left alone.
//
// It does not own what is fetched, nor when: that is the connectors' affair.
package fetch
