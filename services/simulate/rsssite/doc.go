// Package rsssite is a website that does not exist. It speaks the real protocols
// of feeds, RSS 2.0, Atom 1.0 and JSON Feed 1.1, over HTTP with conditional
// requests and gzip, and has on demand the faults that feeds of the world have:
// wrong encodings, repeated identities, cut documents, error pages that say 200,
// redirects, rate limits, bombs.
//
// It is a conformance kit for anything that reads feeds, and not tied to the
// reader beside it: a Site is an http.Handler for net/http/httptest, Show, Edit
// and Remove change what it shows, SetFaults how it misbehaves, and Requests
// tells what was asked of it.
//
//	site := rsssite.New(rsssite.Options{Title: "La Gazette"})
//	server := httptest.NewServer(site)
//	site.Show(post)                    // server.URL + rsssite.RSS
//	site.SetFaults(rsssite.Faults{Charset: "windows-1252", Prolog: "utf-8"})
//
// It does not own what the posts say (world).
package rsssite
