package desk

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/config"
)

const (
	shownOver  = 10
	shownPages = 20
)

// view is a Status in words.
type view struct {
	T       words
	Clock   string
	Zone    string
	Mood    string // calm, blind, alert or crisis
	Summary string
	Problem bool
	Open    []incidentView
	Over    []incidentView
	Brands  []brandView
	Sources []sourceView
	Pages   []pageView
	Posts   []postView
}

type incidentView struct {
	ID, Level, LevelName, Subject, Since string
	Facts                                []string
	Steps                                []stepView
	Posts                                []postView
	Pages                                []pageView
	Caveat, Detail                       string
	AckURL, Acked                        string
	Footer                               string
}

type stepView struct{ Name, Class, Clock string }

type pageView struct {
	Subject, Level, LevelName, To, Channel, Sent, Delay, State, Outcome, Escalation, Error string
}

type postView struct {
	Brand, Source, Author, Clock, Text, URL, Sentiment, SentimentName string
}

// viewer puts a status into the words of one reader.
type viewer struct {
	words  words
	cfg    *config.Config
	now    time.Time
	zone   *time.Location
	signer *ack.Signer
}

func (v viewer) view(s Status) view {
	out := view{
		T: v.words, Clock: s.Time.In(v.zone).Format("15:04:05"), Zone: v.zone.String(), Problem: len(s.Problems) > 0,
	}
	out.Mood, out.Summary = v.mood(s.Incidents)
	for _, i := range s.Incidents {
		if i.Over == nil {
			out.Open = append(out.Open, v.incident(i))
		} else if len(out.Over) < shownOver {
			out.Over = append(out.Over, v.incident(i))
		}
	}
	for _, b := range s.Brands {
		out.Brands = append(out.Brands, v.brand(b))
	}
	for _, src := range s.Sources {
		out.Sources = append(out.Sources, v.source(src))
	}
	for _, p := range s.Pages[:min(len(s.Pages), shownPages)] {
		out.Pages = append(out.Pages, v.page(p, s.Incidents))
	}
	for _, p := range s.Posts {
		out.Posts = append(out.Posts, v.post(p))
	}
	return out
}

// mood is the one sentence for someone who only glances.
func (v viewer) mood(incidents []Incident) (string, string) {
	var crises, alerts, blinds, unacked int
	for _, i := range incidents {
		switch {
		case i.Over != nil:
		case i.Kind == kindBlind:
			blinds++
		case i.Level == "crisis":
			crises++
			if i.AckedBy == "" {
				unacked++
			}
		case i.Level == "alert":
			alerts++
		}
	}
	switch {
	case unacked > 0:
		return "crisis", v.words.several(crises, v.words.openCrises) + ", " + v.words.unacked
	case crises > 0:
		return "crisis", v.words.several(crises, v.words.openCrises)
	case alerts > 0:
		return "alert", v.words.several(alerts, v.words.openAlerts)
	case blinds > 0:
		return "blind", v.words.several(blinds, v.words.openBlinds)
	}
	return "calm", v.words.Calm
}

func (v viewer) incident(i Incident) incidentView {
	out := incidentView{
		ID: i.ID, Level: i.Level, LevelName: v.words.Levels[i.Level], Subject: v.subject(i),
		Since: fmt.Sprintf(v.words.SinceTime, v.clock(i.Opened)), Facts: v.facts(i), Detail: i.Detail,
		Footer: strings.Join([]string{v.words.Rule + " " + i.RuleVersion, v.words.Model + " " + i.ModelVersion, i.ID}, " · "),
	}
	if i.Kind == kindBlind {
		out.Level, out.LevelName = "blind", v.words.Blind
	}
	if i.Over != nil {
		out.Since = v.clock(i.Opened) + " – " + v.clock(*i.Over)
	}
	if len(i.BlindSources) > 0 && i.Over == nil {
		out.Caveat = fmt.Sprintf(v.words.BlindNow, strings.Join(i.BlindSources, ", "))
	}
	for _, s := range i.Steps {
		out.Steps = append(out.Steps, stepView{v.words.Levels[s.Level], s.Level, v.clock(s.Time)})
	}
	for _, p := range i.Posts {
		out.Posts = append(out.Posts, v.post(p))
	}
	for _, p := range i.Pages {
		out.Pages = append(out.Pages, v.page(p, nil))
	}
	switch {
	case i.AckedBy != "":
		out.Acked = fmt.Sprintf(v.words.AckDoneOther, i.AckedBy, v.clock(*i.AckedTime))
	case i.Over == nil && i.Level != "watch":
		out.AckURL = v.ackURL(i)
	}
	return out
}

func (v viewer) facts(i Incident) []string {
	if i.Kind == kindBlind {
		return []string{v.words.Reasons[i.Reason]}
	}
	volume := fmt.Sprintf(v.words.Observed, v.words.Count(i.Mentions), v.words.span(time.Duration(i.WindowSecs)*time.Second))
	tone := fmt.Sprintf(v.words.NegativeShare, v.words.Share(float64(i.Negative), float64(i.Mentions)))
	if i.Expected > 0 {
		volume += ", " + fmt.Sprintf(v.words.Usual, v.words.Number(i.Expected))
		tone += ", " + fmt.Sprintf(v.words.Usual, v.words.Share(i.ExpectedNeg, i.Expected))
	}
	return []string{volume, tone}
}

// ackURL is a link signed for nobody: the page it opens asks who it is.
func (v viewer) ackURL(i Incident) string {
	claim := ack.Claim{
		PageID: i.ID + "/" + i.Level + "/0/desk/desk", IncidentID: i.ID, Level: ack.ParseLevel(i.Level),
		Expires: v.now.Add(time.Hour),
	}
	if n := len(i.Pages); n > 0 {
		claim.PageID = i.Pages[n-1].ID
	}
	link, err := v.signer.Link("", claim)
	if err != nil {
		return ""
	}
	return link
}

func (v viewer) subject(i Incident) string {
	if i.Kind == kindBlind {
		return strings.TrimSpace(i.Source + " " + i.Page)
	}
	return v.brandName(i.BrandID)
}

func (v viewer) brandName(id string) string {
	if brand, known := v.cfg.Brand(id); known && brand.Name != "" {
		return brand.Name
	}
	return id
}

func (v viewer) page(p Page, incidents []Incident) pageView {
	out := pageView{
		Subject: v.brandName(p.BrandID), Level: p.Level, LevelName: v.words.Levels[p.Level], To: personName(v.cfg, p.PersonID),
		Channel: p.Channel, Sent: v.clock(p.Time), State: p.State, Outcome: v.words.States[p.State], Error: p.Error,
	}
	if at := slices.IndexFunc(incidents, func(i Incident) bool { return i.ID == p.IncidentID }); at >= 0 {
		i := incidents[at]
		out.Subject = v.subject(i)
		if p.State == "sent" && (i.AckedBy != "" || i.Over != nil) {
			out.State, out.Outcome = "over", v.words.Levels[stepResolved]
			if i.AckedBy != "" {
				out.State, out.Outcome = "acked", v.words.States["acked"]+" "+fmt.Sprintf(v.words.By, i.AckedBy)
			}
		}
	}
	if p.AckedBy != "" {
		out.Outcome += " " + fmt.Sprintf(v.words.By, p.AckedBy)
	}
	if p.Sent != nil {
		out.Sent = v.clock(*p.Sent)
	}
	if p.Delay > 0 {
		out.Delay = fmt.Sprintf(v.words.Delay, v.words.span(time.Duration(p.Delay*float64(time.Second))))
	}
	if p.Step > 0 {
		out.Escalation = fmt.Sprintf(v.words.Escalation, p.Step)
	}
	return out
}

func (v viewer) post(p Post) postView {
	return postView{
		Brand: v.brandName(p.BrandID), Source: p.Source, Author: p.Author, Clock: v.clock(p.Published), Text: p.Text,
		URL: webAddress(p.URL), Sentiment: p.Sentiment, SentimentName: v.words.Sentiments[p.Sentiment],
	}
}

func (v viewer) clock(at time.Time) string { return v.words.Clock(at, v.now, v.zone) }

func personName(cfg *config.Config, id string) string {
	for _, p := range cfg.People {
		if p.ID == id && p.Name != "" {
			return p.Name
		}
	}
	return id
}

// webAddress lets through what a browser may open for a reader, and nothing else.
func webAddress(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	return address
}
