package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	"github.com/vigie-monitor/vigie/pkg/run"
	"github.com/vigie-monitor/vigie/pkg/wording"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/desk"
)

const (
	// narrateEvery is how often the flow is told.
	narrateEvery = 10 * time.Second
	// statusTimeout bounds what the narrator waits for the desk.
	statusTimeout = 5 * time.Second
)

// narrator tells a person at the terminal what happens: mentions flowing,
// incidents climbing, pages sent and acked. Its counts are the desk's, so that
// terminal, desk and tables agree.
type narrator struct {
	out    io.Writer
	cfg    *config.Config
	bus    *bus.Bus
	words  narration
	colour bool
	now    func() time.Time
	last   map[string]uint64 // mentions by source, when last told
}

func newNarrator(out *os.File, cfg *config.Config, b *bus.Bus) *narrator {
	return &narrator{
		out: out, cfg: cfg, bus: b, words: wording.Pick(cfg.Language, frenchNarration, englishNarration),
		colour: isTerminal(out) && os.Getenv("NO_COLOR") == "", now: time.Now, last: map[string]uint64{},
	}
}

func (n *narrator) part() run.Part {
	return run.Part{Name: "narrator", Run: func(ctx context.Context, ready func()) error {
		incidents, err := n.follow(ctx, bus.StreamIncidents, n.incident)
		if err != nil {
			return err
		}
		defer incidents.Stop()
		pages, err := n.follow(ctx, bus.StreamPages, n.page)
		if err != nil {
			return err
		}
		defer pages.Stop()
		n.welcome()
		if status, err := n.status(ctx); err == nil {
			n.underWay(status)
		}
		ready()
		ticker := time.NewTicker(narrateEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				if status, err := n.status(ctx); err == nil {
					n.flow(status)
				}
			}
		}
	}}
}

func (n *narrator) follow(ctx context.Context, stream string, tell func([]byte)) (jetstream.ConsumeContext, error) {
	consumer, err := n.bus.Ordered(ctx, stream, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy})
	if err != nil {
		return nil, fmt.Errorf("follow %s: %w", stream, err)
	}
	return consumer.Consume(func(msg jetstream.Msg) { tell(msg.Data()) })
}

// status asks the desk of this process.
func (n *narrator) status(ctx context.Context) (desk.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	var status desk.Status
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.cfg.Desk.Listen+"/api/status", nil)
	if err != nil {
		return status, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return status, err
	}
	defer response.Body.Close()
	return status, json.NewDecoder(response.Body).Decode(&status)
}

func (n *narrator) welcome() {
	fmt.Fprintf(n.out, n.words.up, n.cfg.DeskURL(), n.cfg.Metrics.Listen)
	if n.cfg.Simulate != nil {
		fmt.Fprintf(n.out, n.words.pages, n.cfg.Simulate.Listen)
	}
}

// underWay tells of the incidents that a start finds open.
func (n *narrator) underWay(status desk.Status) {
	open := 0
	for _, i := range status.Incidents {
		if i.Over != nil {
			continue
		}
		if open++; open == 1 {
			fmt.Fprintln(n.out, n.words.underWay)
		}
		level, about := n.words.Level(i.Level).One, n.brand(i.BrandID)
		if i.Reason != "" {
			level, about = n.words.Blind.One, strings.TrimSpace(i.Source+" "+i.Page)
		}
		state := ""
		switch {
		case i.AckedBy != "":
			state = ", " + fmt.Sprintf(n.words.taken, i.AckedBy, n.clock(*i.AckedTime))
		case i.Level != "watch": // of which nobody is told
			state = ", " + fmt.Sprintf(n.words.untaken, n.cfg.DeskURL())
		}
		fmt.Fprintf(n.out, "  %s\n", n.paint(colours[i.Level],
			strings.ToUpper(level)+" "+about+", "+fmt.Sprintf(n.words.since, n.clock(i.Opened))+state))
	}
	if open == 0 {
		fmt.Fprintln(n.out, n.words.calm)
	}
}

func (n *narrator) clock(at time.Time) string { return n.words.Clock(at, n.now(), n.cfg.Location()) }

func (n *narrator) brand(id string) string {
	if brand, known := n.cfg.Brand(id); known {
		return brand.Name
	}
	return id
}

// paint makes a text fit for the terminal. Others wrote parts of it: names, answers,
// whole posts.
func (n *narrator) paint(colour, text string) string {
	text = strings.Map(printable, text)
	if n.colour && colour != "" {
		return "\x1b[" + colour + "m" + text + "\x1b[0m"
	}
	return text
}

func (n *narrator) say(colour, format string, args ...any) {
	fmt.Fprintf(n.out, "%s  %s\n", n.clock(n.now()), n.paint(colour, fmt.Sprintf(format, args...)))
}

// printable leaves out what would be a command to a terminal.
func printable(r rune) rune {
	if unicode.IsControl(r) && r != '\n' {
		return -1
	}
	return r
}

// flow tells how many mentions there are by source, and how many came since the
// last time.
func (n *narrator) flow(status desk.Status) {
	var parts []string
	for _, source := range status.Sources {
		if source.Total == nil || *source.Total == 0 {
			continue
		}
		part := source.Name + " " + n.words.Count(*source.Total)
		if last, told := n.last[source.Name]; told && *source.Total > last {
			part += " (+" + n.words.Count(*source.Total-last) + ")"
		}
		n.last[source.Name] = *source.Total
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		parts = []string{n.words.none}
	}
	n.say("", "%s%s", n.words.flow, strings.Join(parts, " · "))
}

var colours = map[string]string{"watch": "36", "alert": "33", "crisis": "1;31"}

const (
	colourGood = "32"
	colourBad  = "31"
)

func (n *narrator) incident(data []byte) {
	var in vigiev1.Incident
	if proto.Unmarshal(data, &in) != nil {
		return
	}
	level, resolved := enum.Name(in.Level), in.State == vigiev1.IncidentState_INCIDENT_STATE_RESOLVED
	switch {
	case in.Kind == vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE && resolved:
		n.say(colourGood, "%s %s%s%s", in.Source, in.Page, n.words.colon, n.words.sees)
	case in.Kind == vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE:
		n.say(colours[level], "%s %s %s%s%s", strings.ToUpper(n.words.Blind.One), in.Source, in.Page, n.words.colon, in.Detail)
	case resolved:
		n.say(colourGood, "%s%s%s", n.brand(in.BrandId), n.words.colon, n.words.resolved)
	default:
		e := in.GetEvidence()
		figures := wording.Figures{
			Window:   e.GetWindowTo().AsTime().Sub(e.GetWindowFrom().AsTime()),
			Mentions: e.GetObservedMentions(), ExpectedMentions: e.GetExpectedMentions(),
			Negative: e.GetObservedNegative(), ExpectedNegative: e.GetExpectedNegative(), Authors: e.GetDistinctAuthors(),
			Reach: e.GetPotentialReach(),
		}
		what := n.words.Level(level)
		if in.Kind == vigiev1.IncidentKind_INCIDENT_KIND_OPPORTUNITY {
			what = n.words.Opportunity
		}
		n.say(colours[level], "%s %s%s%s · %s · %s", strings.ToUpper(what.One), n.brand(in.BrandId), n.words.colon,
			n.words.Volume(figures), n.words.Tone(figures), n.words.Voices(figures))
	}
}

func (n *narrator) page(data []byte) {
	var page vigiev1.Page
	if proto.Unmarshal(data, &page) != nil {
		return
	}
	person := page.PersonId
	for _, p := range n.cfg.People {
		if p.ID == page.PersonId && p.Name != "" {
			person = p.Name
		}
	}
	switch page.State {
	case vigiev1.PageState_PAGE_STATE_SENT:
		text := fmt.Sprintf(n.words.sent, person, page.Channel)
		switch {
		case page.Step > 0: // the delay is that of those who did not answer
			text += n.words.again
		case page.DelaySeconds > 0:
			text += fmt.Sprintf(n.words.after, n.words.Span(time.Duration(page.DelaySeconds*float64(time.Second))))
		}
		n.say(colours[enum.Name(page.Level)], "%s", text)
		if page.Level == vigiev1.Level_LEVEL_CRISIS {
			n.say("", "%s\n%s", n.words.how, indent(page.Text))
		}
	case vigiev1.PageState_PAGE_STATE_FAILED:
		n.say(colourBad, n.words.failed, person, page.Channel, page.Error)
	case vigiev1.PageState_PAGE_STATE_ACKED:
		n.say(colourGood, n.words.acked, page.AckedBy)
	}
}

func indent(text string) string {
	return "    │ " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    │ ")
}
