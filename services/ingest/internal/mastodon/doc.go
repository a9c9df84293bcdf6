// Package mastodon reads one stream of a Mastodon instance: the public ones, a
// hashtag, or the notifications of the brand's own account.
//
// It owns the protocol: the stream over server-sent events, whose heartbeat is
// easy to watch; the timelines that fill what the stream left out; and the making
// of a mention out of a status. (mattn/go-mastodon hides heartbeats and rate
// limits, so the few requests made here are our own; it checks the pretended
// instance instead.) It does not own what a brand wants (source.Interests).
//
// What is worth knowing:
//
//   - Identity is a status's uri, the same on every instance; deletions name the
//     id it has on this one. A ledger remembers uri by id: the 500,000 statuses
//     brought most recently by each stream.
//   - A stream has no memory. After every connection the timeline is read forward
//     from the cursor, oldest first, so that the cursor never jumps a gap; posts
//     that reached the instance more than a minute after they were written, while
//     we were away, are not found by that. The cursor moves with the stream only
//     when that reading has reached the present.
//   - Deletions and edits while we were away are found by asking for the latest
//     400 statuses brought (Mastodon 4.3 and later), and once more for each that is
//     not there. Deletions beyond these, made while we were away, are missed.
//   - An instance that was restored from a backup has forgotten posts that nobody
//     deleted. So an answer that lacks more than a tenth of what was asked for, and
//     more than two, deletes nothing.
//   - A heartbeat proves the process, not the posts: an instance that loses its
//     Redis goes on thumping (mastodon/mastodon#25157). So every two minutes some
//     statuses of the timeline are checked against those the stream brought; if
//     it missed one, it is opened again, and the timeline read from the last good
//     check.
//   - Since 4.5 an instance can close its feeds; their streams then yield deletions
//     alone. Such a stream is never a sign of life, whether the instance says so in
//     its description or not.
//   - user:notification is read from the user stream, whose other posts are passed
//     over: only there do the deletions of posts that name us appear.
//   - Boosts appear on no public stream of Mastodon, and replies to others only on
//     hashtag streams.
package mastodon
