// Package bluesky reads the posts of the Bluesky network from a Jetstream feed
// (docs/adr/bluesky-jetstream-v1.md says which of its two protocols, and why) and
// brings those that concern a watched brand.
//
// It owns the wire, the filter, the cursor, and the making of a mention out of a
// record. It does not own what a brand wants (source.Interests), nor what is held:
// that is the store's knowledge.
//
// What is worth knowing:
//
//   - Cursor. Time on the feed of the last event whose effects are durable. It is
//     saved once a second and on the way out; a reader that comes back asks from a
//     few seconds before it, because the feed promises at least once, in rough
//     order. The same revision is stored once, by its id.
//   - Loss. The legacy feed moves a cursor that is too old up without a word. A
//     jump in the feed's time is therefore taken for a loss: logged, and counted in
//     seconds. On this wire a hole that the feed makes without a jump cannot be seen.
//   - Time of publication. The time in the record's key, which is the only one that
//     an edit cannot change; where the key is no time, what the author claims, if
//     it lies between Bluesky's beginning and the event; else the event's own time.
//   - Deletions of posts are all passed on, also of posts that no brand wanted: some
//     three a second on the whole network, 60 MB a day on the bus. Only the store
//     knows what is held; a memory here would miss what it had forgotten, and what
//     was imported. The store forgets those of posts that never came after a week.
//   - Accounts that end name no posts. What this connector brought of each author
//     is therefore remembered: the latest 200 posts of the 500,000 authors brought
//     most recently. What lies beyond, or was imported, stays until the retention
//     ends; each such account is counted and the log says how many were found.
//   - Authors. The feed names them by DID alone. Those of posts that matter are
//     looked up (handle, name, followers: potential reach), 25 at once, at Bluesky's
//     public view for Bluesky's feeds and at the feed's own host for others. Where
//     that takes more than two seconds the mention goes out without. The brands' own
//     pages, written as handles in the config, are found in the same way.
//   - Edits are brought if they, or what we brought before, concern a brand.
package bluesky
