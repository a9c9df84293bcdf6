// Package bus owns everything that travels between services: the one table of
// streams, subjects, consumers and buckets with their limits, publishing with
// Nats-Msg-Id, consuming with three outcomes, and dead letters.
//
// It does not own what a message means, nor the embedded NATS server (natsd).
package bus
