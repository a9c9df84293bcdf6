package wording

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// About names the part of what is said that rose: a topic, a source, risks, one story or
// one post; it is empty for all of it.
func (l Language) About(kind, key string) string {
	switch kind {
	case "topic":
		return l.Topic(key)
	case "source":
		return fmt.Sprintf(l.on, key)
	case "risk":
		return l.risk.Several
	case "story", "post":
		return l.single[kind]
	default:
		return ""
	}
}

// Signals says what is loud by itself, by the names the tables give it: a widely followed
// author. Of counts the figures tell.
func (l Language) Signals(signals []string) string {
	var told []string
	for _, signal := range signals {
		if name, known := l.loud[signal]; known {
			told = append(told, name)
		}
	}
	return strings.Join(told, ", ")
}

// Risk is what a risk is called: one that is not known, as it is.
func (l Language) Risk(id string) string {
	if name, known := l.risks[id]; known {
		return name
	}
	return id
}

// Why is why a post is shown: a reason, by the name the tables give it, and the risk that it
// speaks of.
type Why struct{ Reason, Risk string }

// WhyShown says why posts are shown that stand together. No two are in the same words: that
// two are the latest is said of the second, and no more of a third. It is empty where there
// is none to tell.
func (l Language) WhyShown(whys []Why) []string {
	told := make([]string, len(whys))
	times := map[Why]int{}
	for i, why := range whys {
		switch times[why]++; times[why] {
		case 1:
			told[i] = l.reason(why)
		case 2:
			told[i] = l.reasonAgain(why)
		}
	}
	return told
}

func (l Language) reason(why Why) string {
	if why.Reason == "risk" {
		return fmt.Sprintf(l.speaksOf, l.risk.One, l.Risk(why.Risk))
	}
	return l.reasons[why.Reason]
}

func (l Language) reasonAgain(why Why) string {
	if why.Reason == "risk" {
		return fmt.Sprintf(l.speaksAlso, l.Risk(why.Risk))
	}
	return l.reasonsAgain[why.Reason]
}

// Step is where a rise was seen first.
type Step struct {
	Place, Author string
	Share         bool // of another's post
	At            time.Time
}

// Place names where a post stands: a source, or the site of a feed.
func Place(source, page string) string {
	if site, err := url.Parse(page); source == "rss" && err == nil && site.Host != "" {
		return strings.TrimPrefix(site.Host, "www.")
	}
	return source
}

// Path says where it began, and which way it took.
func (l Language) Path(steps []Step, now time.Time, zone *time.Location) string {
	var told []string
	for i, s := range steps {
		text := s.Place
		if s.Share {
			text = fmt.Sprintf(l.shared, text)
		}
		text += " " + l.Clock(s.At, now, zone)
		if i == 0 && s.Author != "" {
			text += " (" + s.Author + ")"
		}
		told = append(told, text)
	}
	return l.label(l.path, told, " → ")
}

// Account is who wrote of it.
type Account struct {
	Name      string
	Followers uint64
	Verified  bool
}

// Accounts says who of those who wrote has the widest reach.
func (l Language) Accounts(accounts []Account) string {
	var told []string
	for _, a := range accounts {
		text := a.Name
		if a.Verified {
			text += "\u00A0✓"
		}
		if a.Followers > 0 {
			text += " (" + l.Count(a.Followers) + ")"
		}
		told = append(told, text)
	}
	return l.label(l.accounts, told, ", ")
}

// Words says which words mark it.
func (l Language) Words(words []string) string { return l.label(l.words, words, ", ") }

// Occasion says what was announced for now, or that the brand publishes much.
func (l Language) Occasion(name string) string {
	switch name {
	case "":
		return ""
	case "own_posts": // of the contract
		return l.ownPosts
	}
	return l.label(l.occasion, []string{name}, "")
}

// Also says which other brands rise at the same time.
func (l Language) Also(brands []string) string {
	if len(brands) == 0 {
		return ""
	}
	return l.label(l.also, brands, ", ") + " (" + l.sector + ")"
}

func (l Language) label(name string, told []string, between string) string {
	if len(told) == 0 {
		return ""
	}
	return name + l.colon + " " + strings.Join(told, between)
}
