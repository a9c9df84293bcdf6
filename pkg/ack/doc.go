// Package ack owns how a person takes an incident in charge: the names of pages,
// the signed link that a page carries, the key that signs it, and the book of
// who took what, in which the first one wins.
//
// It does not own the page the link opens (desk) nor what an ack stops (pager).
// An ack needs NATS and nothing else.
package ack
