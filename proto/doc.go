// Package proto is the module of Vigie's contracts: the messages that travel on
// the bus (vigie/v1) and the Go generated from them by `make proto`. It depends
// on the protobuf runtime only and holds no behaviour.
package proto
