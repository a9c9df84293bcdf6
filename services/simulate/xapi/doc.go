// Package xapi pretends to be the API v2 of X: the rules of the filtered stream,
// the stream, and the search of the last seven days, with bearer tokens, rate
// limits and their headers, rules that are validated and really applied, edits
// with ids of their own, and keep-alives.
//
// It is a conformance kit for clients of that API, and not tied to the one beside
// it: a Server is an http.Handler for net/http/httptest, Show and Edit publish,
// SetFaults sets how it misbehaves, Disconnect and Break end streams as X does,
// and Rules, Requests and Delivered tell what a client did and what it would pay.
//
//	api := xapi.New(xapi.Options{Token: "secret"})
//	server := httptest.NewServer(api)
//	api.Show(post)
//	api.SetFaults(xapi.Faults{Cut: true})
//
// What it answers follows the public documentation and what its users report:
// X's docs of handling disconnections, building rules, pagination, rate limits,
// editing posts and error codes. It does not own what the posts say (world).
package xapi
