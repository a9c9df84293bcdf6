// Package contest owns holding the detector against others: on generated scenarios
// (internal/firestorm), where it is known when what begins, on the benchmark of others
// (internal/nab), and on real posts; and by which rules that is judged: see judge.go.
//
// It is pure: no clock, no bus, no table. It does not own the detectors, nor what they
// are held against.
package contest
