package detector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/goccy/go-yaml"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vigie-monitor/vigie/pkg/enum"
	"github.com/vigie-monitor/vigie/pkg/quote"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
	"github.com/vigie-monitor/vigie/services/detector/internal/replay"
)

// WriteNDJSON writes every step of every incident as the detector would have published
// it, a line each, with the names of the tables.
func (f *Findings) WriteNDJSON(w io.Writer) error {
	format := protojson.MarshalOptions{UseProtoNames: true}
	for _, incident := range f.Incidents {
		for _, step := range incident.Steps {
			data, err := format.Marshal(incidentOf(step))
			if err != nil {
				return fmt.Errorf("detector: write %s: %w", step.ID, err)
			}
			var line bytes.Buffer // protobuf's JSON has spaces that differ from build to build
			if err := json.Compact(&line, data); err != nil {
				return fmt.Errorf("detector: write %s: %w", step.ID, err)
			}
			line.WriteByte('\n')
			if _, err := w.Write(line.Bytes()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Told is an incident as people read it: when it came to each level, and what it was
// told from at the highest.
type Told struct {
	ID         string               `json:"incident_id"`
	Brand      string               `json:"brand_id"`
	Kind       string               `json:"kind"` // spike, opportunity
	Level      string               `json:"level"`
	Opened     time.Time            `json:"opened_time"`
	Reached    map[string]time.Time `json:"reached_time"`
	Delay      map[string]float64   `json:"delay_seconds"` // of each level, after the first post of it
	Resolved   *time.Time           `json:"resolved_time"` // nil while it goes on
	AboutKind  string               `json:"about_kind,omitempty"`
	About      string               `json:"about,omitempty"`
	Mentions   int                  `json:"observed_mentions"`
	Expected   float64              `json:"expected_mentions"`
	Negative   int                  `json:"observed_negative"`
	ExpectedN  float64              `json:"expected_negative"`
	Share      [3]float64           `json:"negative_share"` // with its interval, of what is more than expected
	Authors    int                  `json:"distinct_authors"`
	Reach      uint64               `json:"potential_reach"`
	Copies     int                  `json:"copies"`
	Surprise   float64              `json:"surprise"`
	RarityDays int                  `json:"rarity_days"`
	KnownDays  int                  `json:"known_days"`
	Occasion   string               `json:"occasion,omitempty"`
	Also       []string             `json:"also_brand_ids,omitempty"` // other brands that rise
	Signals    []string             `json:"signals"`
	Window     [2]time.Time         `json:"window"`
	Posts      []quote.Post         `json:"posts"`
	Path       []quote.Step         `json:"path"`
	TopAuthors []quote.Author       `json:"authors"`
	Words      []quote.Word         `json:"words"`
	Label      string               `json:"label,omitempty"` // the level that people gave it, if they did
}

// Told are the incidents as people read them.
func (f *Findings) Told(incidents []*replay.Incident) []Told {
	told := make([]Told, len(incidents))
	for i, incident := range incidents {
		told[i] = f.told(incident)
	}
	return told
}

func (f *Findings) told(incident *replay.Incident) Told {
	last := incident.Last()
	e, said := last.Evidence, evidence(last.Evidence)
	t := Told{
		ID: last.ID, Brand: last.Brand, Kind: enum.Name(kinds[last.Kind]), Level: replay.LevelNames[last.Level], Opened: last.Opened,
		Reached: map[string]time.Time{}, Delay: map[string]float64{}, AboutKind: e.About.Kind, About: e.About.Key,
		Mentions: e.Mentions, Expected: e.ExpectedMentions, Negative: e.Negative, ExpectedN: e.ExpectedNegative,
		Share:   [3]float64{e.NegativeShare.Is, e.NegativeShare.From, e.NegativeShare.To},
		Authors: e.Authors, Reach: e.Reach, Copies: e.Copies, Surprise: e.Surprise, RarityDays: e.RarityDays, KnownDays: e.KnownDays,
		Occasion: e.Occasion, Also: e.Also, Signals: e.Signals, Window: [2]time.Time{e.From, e.To},
		Posts: quote.Posts(said), Path: quote.Path(said), TopAuthors: quote.Authors(said), Words: quote.Words(said),
	}
	for level := detect.Watch; level <= last.Level; level++ {
		t.Reached[replay.LevelNames[level]] = incident.Reached(level).LevelAt
		if delay, known := incident.Delay(level); known {
			t.Delay[replay.LevelNames[level]] = delay.Seconds()
		}
	}
	if !last.Resolved.IsZero() {
		t.Resolved = &last.Resolved
	}
	if level, known := replay.Found(incident, f.judging); known {
		t.Label = replay.LevelNames[level]
	}
	return t
}

// WriteJSON writes all that was found.
func (f *Findings) WriteJSON(w io.Writer) error {
	text, err := yaml.Marshal(f.Rule) // with the names of the config
	if err != nil {
		return fmt.Errorf("detector: write the rule: %w", err)
	}
	rule, err := yaml.YAMLToJSON(text)
	if err != nil {
		return fmt.Errorf("detector: write the rule: %w", err)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Brand       string           `json:"brand_id,omitempty"`
		Since       time.Time        `json:"since"`
		Until       time.Time        `json:"until"`
		Known       time.Time        `json:"known_since"`
		Mentions    int              `json:"mentions"`
		RuleVersion string           `json:"rule_version"`
		Rule        json.RawMessage  `json:"rule"`
		Labels      *Labelled        `json:"labels"` // null where nobody said anything
		Levels      []replay.Figures `json:"levels"`
		Curve       []replay.Point   `json:"curve"`
		Incidents   []Told           `json:"incidents"`
	}{f.Brand, f.Since.UTC(), f.Until.UTC(), f.Known.UTC(), f.Mentions, f.RuleVersion, rule, f.Labelled(), f.Levels, f.Curve, f.Told(f.Incidents)})
}
