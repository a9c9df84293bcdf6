package config

// Brand is what is watched.
type Brand struct {
	ID          string              `yaml:"id"`
	Name        string              `yaml:"name"`
	Query       string              `yaml:"query"`
	Pages       map[string][]string `yaml:"pages"`
	Competitors []string            `yaml:"competitors"`
	Team        string              `yaml:"team"`
}

// Detector holds the bounds of the crisis detector.
type Detector struct {
	// Window that is compared with the brand's past.
	Window Duration `yaml:"window"`
	// Baseline is how much of the past is learnt from.
	Baseline Duration `yaml:"baseline"`
	// MinAuthors is how many distinct authors an alert needs.
	MinAuthors int `yaml:"min_authors"`
	// MinMentions is the floor below which nothing opens.
	MinMentions int `yaml:"min_mentions"`
	// ResolveAfter is how long calm must last before an incident is resolved.
	ResolveAfter Duration `yaml:"resolve_after"`
}

func defaultDetector() Detector {
	return Detector{
		Window:       minutes(10),
		Baseline:     days(7),
		MinAuthors:   5,
		MinMentions:  10,
		ResolveAfter: minutes(30),
	}
}
