// Package nab owns the scoring of the Numenta Anomaly Benchmark: reading its
// series and its labelled windows, and what a detector's scores are worth on
// them. It is written from the published definition: A. Lavin and S. Ahmad,
// "Evaluating Real-time Anomaly Detection Algorithms - the Numenta Anomaly
// Benchmark", ICMLA 2015 (arXiv:1510.03336), and the rules that the benchmark's
// own scorer adds to it (github.com/numenta/NAB, nab/sweeper.py).
//
// It does not own detectors, nor where series and windows come from.
package nab
