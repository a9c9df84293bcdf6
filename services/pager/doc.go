// Package pager tells the person on call, by the channels they named, until
// someone takes the incident in charge.
//
// It owns who is told, when and in which words, the state of each page (bucket
// bus.BucketPages) and the messages of the PAGES stream that tell of it. It does
// not own what an incident is (detector) nor the page that acks (desk).
//
// Where to look:
//
//	pager.go             Run: the parts of a pager
//	intake.go            incidents and acks from the bus, written into courses
//	courses.go           the bucket: a course for each incident
//	loop.go, act.go      what is due, each second and at each change
//	attempt.go           one attempt to send, and what became of it
//	roster.go            the config: teams, rotas, channels, swapped on reload
//	internal/escalation  who is next (pure)
//	internal/rota        who is on call (pure)
//	internal/message     the words (pure)
//	internal/channel     Slack, webhook, mail
//
// # Nobody is paged twice for one thing, and a crisis is never dropped
//
// A page is known by its id, "<incident>/<level>/<step>/<person>/<channel>". It is
// stored as "sending" before the attempt and as "sent" or "failed" after it, and
// only then announced. A revision delivered again, a pager started again and a
// second pager find it there and do not send it again. A page that waits for room
// at its channel is not yet "sending".
//
// Between the two writes stands one moment that nothing can close: the channel
// took the page and the pager died before it could write so. Whoever goes on finds
// "sending". A crisis is then sent again, under the same page id (the webhook's
// Idempotency-Key, the mail's Message-ID, the block_id of a Slack message): twice is
// better than never. An alert is not: it is announced as failed, and may have
// arrived.
//
// # One writer
//
// Of several pagers the one that holds the lease (bus.Hold) sends; another takes
// over ten seconds after its last sign of life. The lease has an epoch. The pager
// marks every open course with it before anything else, and writes a course on
// condition that it is the one it read: a pager that slept through the loss of its
// lease finds a higher epoch there, and begins nothing any more.
package pager
