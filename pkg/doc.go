// Package pkg is the module of plumbing that two or more of Vigie's services
// use: the bus, ClickHouse, configuration, observability, process lifecycle and
// the brand query language. It knows no service.
package pkg
