package bus

import (
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Subjects: vigie.<entity>.<past-tense event>.<broad>.<narrow>.
const (
	SubjectCollected  = "vigie.mention.collected"  // .<source>
	SubjectDeleted    = "vigie.mention.deleted"    // .<source>
	SubjectScored     = "vigie.mention.scored"     // .<brand>.<source>
	SubjectDropped    = "vigie.mention.dropped"    // .<reason>.<source>
	SubjectSource     = "vigie.source.changed"     // .<source>
	SubjectWatched    = "vigie.source.watched"     // .<source>
	SubjectIncident   = "vigie.incident"           // .<opened|escalated|resolved>.<brand>
	SubjectPage       = "vigie.page"               // .<sent|failed|acked>.<channel>
	SubjectVerdict    = "vigie.verdict.said"       // .<none|watch|alert|crisis>
	SubjectDeadletter = "vigie.deadletter.arrived" // .<stream>.<consumer>
)

// Streams.
const (
	StreamMentions   = "MENTIONS"
	StreamScored     = "SCORED"
	StreamDropped    = "DROPPED"
	StreamSources    = "SOURCES"
	StreamIncidents  = "INCIDENTS"
	StreamPages      = "PAGES"
	StreamVerdicts   = "VERDICTS"
	StreamDeadletter = "DEADLETTER"
)

// Durable consumers: the service's name, and what for where it has several.
var (
	Scorer          = Consumer{Durable: "scorer", Stream: StreamMentions, Filter: SubjectCollected + ".>", Batch: 1000, Workers: 2}
	StoreScored     = Consumer{Durable: "store-scored", Stream: StreamScored, Filter: SubjectScored + ".>", Batch: 5000, Linger: 200 * time.Millisecond, Workers: 2}
	StoreDeleted    = Consumer{Durable: "store-deleted", Stream: StreamMentions, Filter: SubjectDeleted + ".>", Batch: 1000, Linger: time.Second}
	StoreDropped    = Consumer{Durable: "store-dropped", Stream: StreamDropped, Filter: SubjectDropped + ".>", Batch: 5000, Linger: 200 * time.Millisecond}
	StoreIncidents  = Consumer{Durable: "store-incidents", Stream: StreamIncidents, Filter: SubjectIncident + ".>", Batch: 500}
	StorePages      = Consumer{Durable: "store-pages", Stream: StreamPages, Filter: SubjectPage + ".>", Batch: 500}
	StoreVerdicts   = Consumer{Durable: "store-verdicts", Stream: StreamVerdicts, Filter: SubjectVerdict + ".>", Batch: 500}
	Detector        = Consumer{Durable: "detector", Stream: StreamScored, Filter: SubjectScored + ".>", Batch: 2000}
	DetectorDeleted = Consumer{Durable: "detector-deleted", Stream: StreamMentions, Filter: SubjectDeleted + ".>", Batch: 1000, Linger: time.Second}
	DetectorSources = Consumer{Durable: "detector-sources", Stream: StreamSources, Filter: "vigie.source.>", Batch: 100}
	PagerIncidents  = Consumer{Durable: "pager-incidents", Stream: StreamIncidents, Filter: SubjectIncident + ".>", Batch: 50}
	PagerAcks       = Consumer{Durable: "pager-acks", Stream: StreamPages, Filter: SubjectPage + ".acked.>", Batch: 50}
	allConsumers    = []Consumer{Scorer, StoreScored, StoreDeleted, StoreDropped, StoreIncidents, StorePages, StoreVerdicts, Detector, DetectorDeleted, DetectorSources, PagerIncidents, PagerAcks}
	defaultLinger   = 20 * time.Millisecond
	ackWait         = 6 * time.Second // until another process gets what one that died was handling
	batchesInFlight = 2
	maxDeliver      = 1 << 20 // redelivery never gives up by itself: a handler says when a message is dead

	// duplicatesWindow is how long a stream knows a message's id. Each id costs
	// memory, and time at each garbage collection, so the busy streams know them
	// for little longer than ackWait: what comes again later is counted once all
	// the same, by the store and by the detector.
	duplicatesWindow = 10 * time.Minute
	busyWindow       = 15 * time.Second
)

// Buckets of small state.
const (
	BucketCursors = "CURSORS" // ingest: where each connector stands
	BucketLeases  = "LEASES"  // works only one process may do at a time: see Hold
	BucketAcks    = "ACKS"    // who took which incident in charge; the first wins
	BucketPages   = "SENT"    // pager: state of each page and escalation
	BucketDetect  = "DETECT"  // detector: the last incident of each brand, open ones of pages, and since when brands are watched
	BucketHeard   = "HEARD"   // detector: what is known of each brand, with posts of theirs
	BucketSpend   = "SPEND"   // ingest: money spent at a source, by month
)

var allBuckets = []string{BucketCursors, BucketLeases, BucketAcks, BucketPages, BucketDetect, BucketHeard, BucketSpend}

// forgotten is how long what a bucket holds is kept, where it is not for ever: what a brand
// nobody watches was shown by does not outlive it.
var forgotten = map[string]time.Duration{BucketHeard: time.Hour}

// Consumer is a row of the table: who reads what, and how much at once.
type Consumer struct {
	Durable string
	Stream  string
	Filter  string
	Batch   int           // messages handed to the handler at once, at most
	Linger  time.Duration // how long a batch waits to fill
	Workers int           // batches handled side by side, 1 where the order matters
}

func (c Consumer) workers() int { return max(1, c.Workers) }

func (c Consumer) config() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       c.Durable,
		FilterSubject: c.Filter,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       ackWait,
		MaxDeliver:    maxDeliver,
		MaxAckPending: c.Batch * c.workers() * batchesInFlight,
		DeliverPolicy: jetstream.DeliverAllPolicy,
	}
}

// streams is the table of streams. Retention bounds how long a deleted post can
// remain in them; the sizes bound the disk.
func streams(retention time.Duration) []jetstream.StreamConfig {
	const gib = 1 << 30
	stream := func(name string, age time.Duration, bytes int64, subjects ...string) jetstream.StreamConfig {
		return jetstream.StreamConfig{
			Name: name, Subjects: subjects, MaxAge: age, MaxBytes: bytes,
			Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
			Duplicates: min(duplicatesWindow, age), MaxMsgSize: 1 << 20, AllowDirect: true,
		}
	}
	busy := func(config jetstream.StreamConfig) jetstream.StreamConfig {
		config.Duplicates = min(busyWindow, retention)
		return config
	}
	return []jetstream.StreamConfig{
		busy(stream(StreamMentions, retention, 8*gib, SubjectCollected+".>", SubjectDeleted+".>")),
		busy(stream(StreamScored, retention, 8*gib, SubjectScored+".>")),
		busy(stream(StreamDropped, retention, gib, SubjectDropped+".>")),
		stream(StreamSources, retention, gib/8, SubjectSource+".>", SubjectWatched+".>"),
		stream(StreamIncidents, retention, gib, SubjectIncident+".>"),
		stream(StreamPages, retention, gib, SubjectPage+".>"),
		stream(StreamVerdicts, retention, gib/8, SubjectVerdict+".>"),
		stream(StreamDeadletter, retention, gib, SubjectDeadletter+".>"),
	}
}

// Subject joins a subject of the table with its last tokens, made safe.
func Subject(base string, tokens ...string) string {
	var b strings.Builder
	b.WriteString(base)
	for _, token := range tokens {
		b.WriteByte('.')
		b.WriteString(safeToken(token))
	}
	return b.String()
}

// safeToken keeps letters, digits, - and _; a subject's other characters have
// meanings of their own.
func safeToken(token string) string {
	if token == "" {
		return "_"
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, token)
}
