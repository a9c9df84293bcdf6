// Package rss owns the connector that polls one feed: RSS, Atom or JSON Feed.
// It asks politely (conditional requests, Retry-After, back-off by host), reads
// whatever bytes come (any encoding, cut or broken documents, error pages,
// bombs), recognises an item again when its title, link or identity is edited,
// and keeps for each what it first saw, so that a mention's date never changes.
// An article that several feeds of a site show is one mention
// (docs/adr/articles-of-several-feeds.md).
//
// A page that is polled cannot be known to be dead before it is polled. From the
// first reading that fails it is told blind within a minute, whatever its rhythm:
// it takes at most fetch's 15 s to fail, and source.Patience after that; in
// between it is asked once more, so that one bad answer is no blindness.
//
// It does not own the HTTP client (fetch), nor what becomes of mentions (source).
package rss
