package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/proto"

	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/run"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// narrateEvery is how often the flow is told.
const narrateEvery = 10 * time.Second

// narrator tells a person at the terminal what happens: mentions flowing,
// incidents climbing, pages sent and acked.
type narrator struct {
	out      io.Writer
	cfg      *config.Config
	bus      *bus.Bus
	gatherer prometheus.Gatherer
	words    map[string]string
	colour   bool
	last     map[string]float64
}

func newNarrator(out *os.File, cfg *config.Config, env run.Env, gatherer prometheus.Gatherer) *narrator {
	return &narrator{
		out: out, cfg: cfg, bus: env.Bus, gatherer: gatherer, words: narration[cfg.Language],
		colour: isTerminal(out) && os.Getenv("NO_COLOR") == "", last: map[string]float64{},
	}
}

var narration = map[string]map[string]string{
	"en": {
		"up":    "Vigie is up.\n  desk     %s\n  metrics  http://%s/metrics\n  stop     Ctrl-C\n",
		"pages": "  pretended pages and Slack: http://%s\n",
		"flow":  "mentions", "none": "none yet",
		"watch": "WATCH", "alert": "ALERT", "crisis": "CRISIS",
		"usual":    "%d mentions (%d negative) by %d authors in %s; usual: %.0f (%.0f negative)",
		"resolved": "resolved", "blind": "BLIND", "sees": "sees again",
		"sent": "page sent to %s by %s, %.1f s after the post that tipped it", "failed": "page to %s by %s FAILED: %s",
		"acked": "taken in charge by %s", "how": "To take it in charge, open the link of the page:",
	},
	"fr": {
		"up":    "Vigie est en marche.\n  pupitre    %s\n  métriques  http://%s/metrics\n  arrêter    Ctrl-C\n",
		"pages": "  pages imaginaires et Slack : http://%s\n",
		"flow":  "mentions", "none": "aucune pour l'instant",
		"watch": "VEILLE", "alert": "ALERTE", "crisis": "CRISE",
		"usual":    "%d mentions (%d négatives) de %d auteurs en %s ; d'habitude : %.0f (%.0f négatives)",
		"resolved": "terminé", "blind": "AVEUGLE", "sees": "voit de nouveau",
		"sent": "page envoyée à %s par %s, %.1f s après le message décisif", "failed": "page à %s par %s EN ÉCHEC : %s",
		"acked": "pris en charge par %s", "how": "Pour prendre en charge, ouvrir le lien de la page :",
	},
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
		ready()
		ticker := time.NewTicker(narrateEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				n.flow()
			}
		}
	}}
}

func (n *narrator) follow(ctx context.Context, stream string, tell func([]byte)) (jetstream.ConsumeContext, error) {
	consumer, err := n.bus.JetStream().OrderedConsumer(ctx, stream, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy})
	if err != nil {
		return nil, fmt.Errorf("follow %s: %w", stream, err)
	}
	return consumer.Consume(func(msg jetstream.Msg) { tell(msg.Data()) })
}

func (n *narrator) welcome() {
	fmt.Fprintf(n.out, n.words["up"], n.cfg.DeskURL(), n.cfg.Metrics.Listen)
	if n.cfg.Simulate != nil {
		fmt.Fprintf(n.out, n.words["pages"], n.cfg.Simulate.Listen)
	}
}

func (n *narrator) say(colour, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if n.colour && colour != "" {
		text = "\x1b[" + colour + "m" + text + "\x1b[0m"
	}
	fmt.Fprintf(n.out, "%s  %s\n", time.Now().In(n.cfg.Location()).Format("15:04:05"), text)
}

// flow tells how many mentions came by source since the last time.
func (n *narrator) flow() {
	families, err := n.gatherer.Gather()
	if err != nil {
		return
	}
	var parts []string
	for _, family := range families {
		if family.GetName() != "vigie_ingest_mentions_received_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			source := metric.GetLabel()[0].GetValue()
			total := metric.GetCounter().GetValue()
			if total > 0 {
				parts = append(parts, fmt.Sprintf("%s %.0f (+%.0f)", source, total, total-n.last[source]))
			}
			n.last[source] = total
		}
	}
	if len(parts) == 0 {
		parts = []string{n.words["none"]}
	}
	n.say("", "%s: %s", n.words["flow"], strings.Join(parts, " · "))
}

var levels = map[vigiev1.Level]struct{ word, colour string }{
	vigiev1.Level_LEVEL_WATCH:  {"watch", "36"},
	vigiev1.Level_LEVEL_ALERT:  {"alert", "33"},
	vigiev1.Level_LEVEL_CRISIS: {"crisis", "1;31"},
}

func (n *narrator) incident(data []byte) {
	var in vigiev1.Incident
	if proto.Unmarshal(data, &in) != nil {
		return
	}
	about := in.BrandId
	if brand, known := n.cfg.Brand(in.BrandId); known {
		about = brand.Name
	}
	level, resolved := levels[in.Level], in.State == vigiev1.IncidentState_INCIDENT_STATE_RESOLVED
	switch {
	case in.Kind == vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE && resolved:
		n.say("32", "%s %s: %s", in.Source, in.Page, n.words["sees"])
	case in.Kind == vigiev1.IncidentKind_INCIDENT_KIND_BLIND_SOURCE:
		n.say("33", "%s %s %s: %s", n.words["blind"], in.Source, in.Page, in.Detail)
	case resolved:
		n.say("32", "%s: %s", about, n.words["resolved"])
	default:
		e := in.GetEvidence()
		n.say(level.colour, "%s %s: "+n.words["usual"], n.words[level.word], about, e.ObservedMentions, e.ObservedNegative,
			e.DistinctAuthors, e.WindowTo.AsTime().Sub(e.WindowFrom.AsTime()).Round(time.Second), e.ExpectedMentions, e.ExpectedNegative)
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
		n.say(levels[page.Level].colour, n.words["sent"], person, page.Channel, page.DelaySeconds)
		if page.Level == vigiev1.Level_LEVEL_CRISIS {
			n.say("", "%s\n%s", n.words["how"], indent(page.Text))
		}
	case vigiev1.PageState_PAGE_STATE_FAILED:
		n.say("31", n.words["failed"], person, page.Channel, page.Error)
	case vigiev1.PageState_PAGE_STATE_ACKED:
		n.say("32", n.words["acked"], page.AckedBy)
	}
}

func indent(text string) string {
	return "    │ " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    │ ")
}
