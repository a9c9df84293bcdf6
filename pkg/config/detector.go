package config

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/vigie-monitor/vigie/pkg/holiday"
)

// Detector holds the bounds of the crisis detector.
type Detector struct {
	// MinAuthors is how many distinct authors an alert needs.
	MinAuthors int `yaml:"min_authors"`
	// MinMentions is the floor below which nothing opens.
	MinMentions int `yaml:"min_mentions"`
	// Watch, Alert and Crisis are how surprising a window must be, at least, for an
	// incident of that level: -log10 of its probability were nothing going on.
	Watch  float64 `yaml:"watch"`
	Alert  float64 `yaml:"alert"`
	Crisis float64 `yaml:"crisis"`
	// ResolveAfter is how long calm must last before an incident is resolved.
	ResolveAfter Duration `yaml:"resolve_after"`
	// Holidays are the countries on whose public holidays people write as on Sundays;
	// where it is not set, the country of the time zone.
	Holidays []string `yaml:"holidays"`
}

func defaultDetector() Detector {
	return Detector{
		MinAuthors:   5,
		MinMentions:  10,
		Watch:        3,
		Alert:        4.5,
		Crisis:       8,
		ResolveAfter: minutes(30),
	}
}

// Bounds that a level can have: see Watch.
const (
	minSurprise = 2.0
	maxSurprise = 300.0
)

// Beyond these nothing would ever open, or be resolved; or all would be at once.
const (
	maxAuthors  = 90 // a crisis needs twice as many, of the 192 at least that are known of a brand
	maxMentions = 100_000
	minCalm     = time.Minute
	maxCalm     = 7 * 24 * time.Hour
)

func (c *checker) detector(d Detector) {
	if d.MinAuthors < 1 || d.MinAuthors > maxAuthors {
		c.add("detector.min_authors", "must be at least 1 and at most %d: with 0 nobody would have written, and with more nothing would ever be a crisis", maxAuthors)
	}
	if d.MinMentions < 1 || d.MinMentions > maxMentions {
		c.add("detector.min_mentions", "must be at least 1 and at most %d: with 0 an incident would be of nothing, and with more none would ever open", maxMentions)
	}
	if d.Watch < minSurprise {
		c.add("detector.watch", "must be at least %v: below it, chance alone opens incidents all day", minSurprise)
	}
	c.rises("detector.watch", d.Watch, "detector.alert", d.Alert, "an alert is rarer than a watch")
	c.rises("detector.alert", d.Alert, "detector.crisis", d.Crisis, "a crisis is rarer than an alert")
	if d.Crisis > maxSurprise {
		c.add("detector.crisis", "must be at most %v: nothing is more surprising", maxSurprise)
	}
	if d.ResolveAfter.Std() < minCalm || d.ResolveAfter.Std() > maxCalm {
		c.add("detector.resolve_after", "must be at least 1m and at most 7d, such as 30m: with less each pause between two posts would end an incident, and the next post open another")
	}
	for i, country := range d.Holidays {
		if known := holiday.Countries(); !slices.Contains(known, country) {
			c.add(fmt.Sprintf("detector.holidays[%d]", i), "%q is no country whose holidays are known: %s", country, strings.Join(known, ", "))
		}
	}
}

// rises says so where a bound is above that of a worse level: of the worse one, or where that
// is a default, of the one that is written.
func (c *checker) rises(path string, bound float64, above string, higher float64, why string) {
	switch {
	case higher >= bound:
	case c.written(path) && !c.written(above):
		c.add(path, "%v is above %s, which is %v: %s", bound, above, higher, why)
	default:
		c.add(above, "%v is below %s, which is %v: %s", higher, path, bound, why)
	}
}

// detectorFile is a file that holds a detector's section, under its key or alone.
type detectorFile struct {
	Detector Detector `yaml:"detector"`
}

// LoadDetector reads bounds from a file of their own: the section `detector:` of a
// config, or its keys without that head. What it leaves out stays as in base. The error
// is Problems when the file can be read but is wrong.
func LoadDetector(path string, base Detector) (Detector, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return base, fmt.Errorf("config: the rule cannot be read: %w", err)
	}
	return ParseDetector(path, data, base)
}

// ParseDetector is LoadDetector on bytes; path names the file in errors.
func ParseDetector(path string, data []byte, base Detector) (Detector, error) {
	check, file, err := parseFile(path, data)
	if err != nil {
		return base, err
	}
	into := detectorFile{Detector: base}
	for _, document := range file.Docs {
		if hasKey(document.Body, "detector") {
			check.read(document.Body, reflect.ValueOf(&into).Elem(), "")
		} else if document.Body != nil {
			check.read(document.Body, reflect.ValueOf(&into.Detector).Elem(), "detector")
		}
	}
	if !check.setsBelow("detector.") && len(check.problems) == 0 {
		check.add("", "there is no key of a rule here")
	}
	check.detector(into.Detector)
	if err := check.done(); err != nil {
		return base, err
	}
	return into.Detector, nil
}

// setsBelow says whether the file sets a key whose path begins so.
func (c *checker) setsBelow(prefix string) bool {
	for path := range c.lines {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

func hasKey(node ast.Node, key string) bool {
	mapping, ok := node.(ast.MapNode)
	if !ok {
		return false
	}
	for entries := mapping.MapRange(); entries.Next(); {
		if entries.Key().String() == key {
			return true
		}
	}
	return false
}
