// Package rss owns the connector that polls one feed: RSS, Atom or JSON Feed.
// It asks politely (conditional requests, Retry-After, back-off by host), reads
// whatever bytes come (any encoding, cut or broken documents, error pages,
// bombs), recognises an item again when its title, link or identity is edited,
// and keeps for each what it first saw, so that a mention's date never changes.
//
// It does not own the HTTP client (fetch), nor what becomes of mentions (source).
package rss
