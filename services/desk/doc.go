// Package desk is the community manager's web page: what flows in, what is said
// of the brands, which incidents go on, who was paged; and the page on which
// someone takes an incident in charge, and says what it was once they know.
//
// It owns no data. Incidents, pages and verdicts it follows on the bus, so that they are
// there as soon as the pager knows them and when ClickHouse is away; posts and
// counts it reads from ClickHouse, within bounds that the server holds it to.
//
// Where to look:
//
//	desk.go      Run, and what answers which address
//	live.go      incidents and pages, as the bus tells of them
//	figures.go   posts and counts, from ClickHouse
//	deleted.go   which posts of an incident are to be shown no more
//	named.go     who and what an incident's posts name
//	status.go    both together: /api/status
//	view.go      the same in words, for the page; flow.go its brands and sources
//	words.go     the words, in French and English
//	ack.go       the page a signed link opens
//	verdict.go   what people say there that an incident was
//	templates/, static/
//
// # Who may see and do what
//
// The desk has no accounts: it listens on this machine, and whoever opens it to
// others puts it behind what knows them. A page's link (/ack?t=…) opens without
// that: it is signed for one person and one incident, and shows no more. The
// desk's own buttons carry a link signed for nobody, so that page asks who it is.
//
// Opening a link acks nothing, because chat programs and mail filters open links
// too. The button does.
package desk
