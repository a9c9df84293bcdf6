package desk

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wording"
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
	Evidence                             []string // a line each
	Steps                                []stepView
	Posts                                []postView
	Pages                                []pageView
	Caveat, Detail, Names                string
	AckURL, Acked                        string
	VerdictURL, Verdict                  string
	Footer                               string
}

type stepView struct{ Name, Class, Clock string }

type pageView struct {
	Subject, Level, LevelName, To, Channel, Sent, Delay, State, Outcome, Escalation, Error string
}

type postView struct {
	Brand, Source, Author, Clock, Text, URL, Sentiment, SentimentName, Reason string
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
		T: v.words, Clock: v.clock(s.Time), Zone: v.zone.String(), Problem: len(s.Problems) > 0,
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
		at := slices.IndexFunc(s.Incidents, func(i Incident) bool { return i.ID == p.IncidentID })
		if at >= 0 {
			out.Pages = append(out.Pages, v.page(p, s.Incidents[at]))
		} else { // it is over, and so long ago that it is forgotten
			out.Pages = append(out.Pages, v.page(p, Incident{BrandID: p.BrandID, Over: &p.Time}))
		}
	}
	for _, p := range s.Posts {
		out.Posts = append(out.Posts, v.post(p))
	}
	return out
}

// mood is the one sentence for someone who only glances: what is under way, and
// what nobody took in charge yet. Its colour is that of the worst of these.
func (v viewer) mood(incidents []Incident) (mood, summary string) {
	count, unanswered := map[string]int{}, map[string]int{}
	for _, i := range incidents {
		if i.Over != nil {
			continue
		}
		kind := i.class()
		count[kind]++
		if i.AckedBy == "" {
			unanswered[kind]++
		}
	}
	mood = "calm"
	var parts []string
	for _, kind := range []string{"crisis", "alert", classBlind, "watch", kindOpportunity} {
		noun := v.words.Level(kind)
		switch kind {
		case classBlind:
			noun = v.words.Blind
		case kindOpportunity:
			noun = v.words.Opportunity
		}
		switch n := count[kind]; {
		case n == 0:
		case kind == "watch" || kind == kindOpportunity: // nobody is told of it, so nobody need answer
			parts = append(parts, v.words.Several(uint64(n), noun))
		default:
			parts = append(parts, v.words.open(noun, n, unanswered[kind]))
			if unanswered[kind] > 0 && mood == "calm" {
				mood = kind
			}
		}
	}
	if len(parts) == 0 {
		return mood, v.words.Calm
	}
	return mood, v.words.underWay + strings.Join(parts, " · ")
}

// classBlind stands beside the levels.
const classBlind = "blind"

// class is how an incident looks: as its level, or as what it is else.
func (i Incident) class() string {
	switch i.Kind {
	case kindBlind:
		return classBlind
	case kindOpportunity:
		return kindOpportunity
	default:
		return i.Level
	}
}

func (v viewer) incident(i Incident) incidentView {
	out := incidentView{
		ID: i.ID, Level: i.class(), LevelName: v.words.step(i.Level), Subject: v.subject(i),
		Since: fmt.Sprintf(v.words.SinceTime, v.clock(i.Opened)), Facts: v.facts(i), Evidence: v.evidence(i), Detail: i.Detail,
		Footer: strings.Join([]string{v.words.Rule + " " + i.RuleVersion, v.words.Model + " " + i.ModelVersion}, " · "),
	}
	switch i.Kind {
	case kindBlind:
		out.LevelName = wording.Capital(v.words.Blind.One)
	case kindOpportunity:
		out.LevelName = wording.Capital(v.words.Opportunity.One)
	}
	if i.Over != nil {
		out.Since = v.clock(i.Opened) + " – " + v.clock(*i.Over)
	}
	if len(i.BlindSources) > 0 && i.Over == nil {
		out.Caveat = fmt.Sprintf(v.words.BlindNow, strings.Join(i.BlindSources, ", "))
	}
	var named []string
	for _, name := range i.Names {
		named = append(named, name.Text+" ("+v.words.Count(uint64(name.Texts))+")")
	}
	if len(named) > 0 {
		out.Names = fmt.Sprintf(v.words.Named, strings.Join(named, ", "))
	}
	for _, s := range i.Steps {
		out.Steps = append(out.Steps, stepView{v.words.step(s.Level), s.Level, v.clock(s.Time)})
	}
	out.Posts = v.shown(i.Posts)
	for _, p := range i.Pages {
		shown := v.page(p, i)
		shown.Subject = "" // it stands above
		out.Pages = append(out.Pages, shown)
	}
	switch {
	case i.AckedBy != "":
		out.Acked = fmt.Sprintf(v.words.Taken, i.AckedBy, v.clock(*i.AckedTime))
	case i.Over == nil && i.Level != "watch":
		out.AckURL = v.ackURL(i)
	}
	if i.Kind == kindBlind {
		return out
	}
	if i.Verdict != "" {
		out.Verdict = v.words.verdict(i.Verdict, i.VerdictBy, v.clock(*i.VerdictTime))
	}
	if out.AckURL == "" { // whose page asks for it as well
		out.VerdictURL = v.ackURL(i)
	}
	return out
}

func (v viewer) facts(i Incident) []string {
	if i.Kind == kindBlind {
		return []string{wording.Capital(v.words.Reasons[i.Reason])}
	}
	figures := wording.Figures{
		Window: time.Duration(i.WindowSecs * float64(time.Second)), Mentions: i.Mentions, ExpectedMentions: i.Expected,
		Negative: i.Negative, ExpectedNegative: i.ExpectedNeg, Surplus: [2]float64{i.ShareLow, i.ShareHigh},
		Authors: i.Authors, Reach: i.Reach, RareDays: uint64(i.RarityDays), KnownDays: uint64(i.KnownDays),
	}
	return told(wording.Capital(v.words.About(i.AboutKind, i.About)), v.words.Signals(i.Signals), v.words.Volume(figures), v.words.Rarity(figures),
		v.words.Tone(figures), v.words.Voices(figures), v.words.Copies(i.Copies))
}

// evidence says what was announced, in what words it is told, where it came from and by
// whom.
func (v viewer) evidence(i Incident) []string {
	var also, words []string
	for _, id := range i.Also {
		also = append(also, v.brandName(id))
	}
	for _, w := range i.Words {
		words = append(words, w.Text+" ("+v.words.Share(w.Share, 1)+")")
	}
	var path []wording.Step
	for _, s := range i.Path {
		path = append(path, wording.Step{Place: wording.Place(s.Source, s.Page), Author: s.Author, Share: s.Share, At: s.Published})
	}
	var accounts []wording.Account
	for _, a := range i.TopAuthors {
		accounts = append(accounts, wording.Account{Name: a.Name, Followers: a.Followers, Verified: a.Verified})
	}
	return told(v.words.Occasion(i.Occasion), v.words.Also(also), v.words.Words(words), v.words.Path(path, v.now, v.zone), v.words.Accounts(accounts))
}

// told are the lines that say something.
func told(lines ...string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

// ackURL is a link signed for nobody: the page it opens asks who it is, in the language in
// which the desk is read.
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
	return link + "&" + url.Values{"lang": {v.words.Code}}.Encode()
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

// page is a page of an incident.
func (v viewer) page(p Page, of Incident) pageView {
	out := pageView{
		Subject: v.subject(of), Level: p.Level, LevelName: v.words.step(p.Level), To: personName(v.cfg, p.PersonID),
		Channel: p.Channel, Sent: v.clock(p.Time), State: p.State, Outcome: v.words.States[p.State], Error: p.Error,
	}
	switch {
	case p.State == stateSent && of.Over != nil:
		out.State, out.Outcome = "over", v.words.Resolved
	case p.State == stateAcked:
		out.Outcome += " " + fmt.Sprintf(v.words.By, p.AckedBy)
	}
	if p.Sent != nil {
		out.Sent = v.clock(*p.Sent)
	}
	switch {
	case p.Step > 0: // it is late because others did not answer
		out.Escalation = fmt.Sprintf(v.words.Escalation, p.Step)
	case p.Delay > 0:
		out.Delay = fmt.Sprintf(v.words.Delay, v.words.Span(time.Duration(p.Delay*float64(time.Second))))
	}
	return out
}

func (v viewer) post(p Post) postView {
	return postView{
		Brand: v.brandName(p.BrandID), Source: p.Source, Author: p.Author, Clock: v.clock(p.Published), Text: p.Text,
		URL: webAddress(p.URL), Sentiment: p.Sentiment, SentimentName: v.words.Sentiments[p.Sentiment],
	}
}

// shown are the posts of an incident, and why they are.
func (v viewer) shown(posts []Post) (shown []postView) {
	var whys []wording.Why
	for _, p := range posts {
		shown, whys = append(shown, v.post(p)), append(whys, wording.Why{Reason: p.Reason, Risk: p.RiskID})
	}
	for n, reason := range v.words.WhyShown(whys) {
		shown[n].Reason = reason
	}
	return shown
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
