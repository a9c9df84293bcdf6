package config

import "time"

// Person is someone who can be paged.
type Person struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Language string   `yaml:"language"`
	Channels []string `yaml:"channels"`
}

// Team shares a rota. A brand names its team; a brand without one belongs to
// the first.
type Team struct {
	ID            string   `yaml:"id"`
	Timezone      string   `yaml:"timezone"`
	Rota          Rota     `yaml:"rota"`
	EscalateAfter Duration `yaml:"escalate_after"`
	EscalateTo    []string `yaml:"escalate_to"`
}

// Rota hands the duty over at regular moments, in the team's time zone.
type Rota struct {
	Start     time.Time  `yaml:"start"`
	Every     Duration   `yaml:"every"`
	People    []string   `yaml:"people"`
	Overrides []Override `yaml:"overrides"`
}

// Override replaces the person on call between two moments.
type Override struct {
	Person string    `yaml:"person"`
	From   time.Time `yaml:"from"`
	To     time.Time `yaml:"to"`
}

// Channel is a way to reach people.
type Channel struct {
	ID   string `yaml:"id"`
	Kind string `yaml:"kind"` // slack, webhook, smtp

	// URLFile holds the address of a slack or webhook channel; URL serves when
	// the address is no secret.
	URLFile    Secret `yaml:"url_file"`
	URL        string `yaml:"url"`
	SecretFile Secret `yaml:"secret_file"` // signs a webhook's body

	Host         string   `yaml:"host"` // smtp
	Port         int      `yaml:"port"`
	TLS          string   `yaml:"tls"` // starttls, implicit, none
	From         string   `yaml:"from"`
	To           []string `yaml:"to"`
	Username     string   `yaml:"username"`
	PasswordFile Secret   `yaml:"password_file"`
}

// Address is where a slack or webhook channel posts to.
func (c Channel) Address() string {
	if c.URL != "" {
		return c.URL
	}
	return c.URLFile.Value()
}
