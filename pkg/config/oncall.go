package config

import (
	"fmt"
	"time"
)

// Person is someone who can be paged.
type Person struct {
	ID       string `yaml:"id"`
	Name     string `yaml:"name"`
	Language string `yaml:"language"`
	// Channels reach the person, best first: the next is used where one fails.
	Channels []string `yaml:"channels"`
	// CrisisChannels are tried before Channels for a crisis: those that ring.
	CrisisChannels []string `yaml:"crisis_channels"`
	// QuietHours hold alerts back until they end; a crisis does not wait.
	QuietHours QuietHours `yaml:"quiet_hours"`
}

// QuietHours is a stretch of every day in the team's time zone, "22:00" to
// "07:30". Both are set, or neither.
type QuietHours struct {
	From *TimeOfDay `yaml:"from"`
	To   *TimeOfDay `yaml:"to"`
}

// TimeOfDay is a time on the clock, written "07:30".
type TimeOfDay time.Duration

// Std is the time since midnight, as the clock shows it.
func (t TimeOfDay) Std() time.Duration { return time.Duration(t) }

// UnmarshalText reads "07:30".
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	at, err := time.Parse("15:04", string(text))
	if err != nil {
		return fmt.Errorf("%q is not a time of day: write it like 07:30", text)
	}
	*t = TimeOfDay(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	return nil
}

// MarshalText writes "07:30".
func (t TimeOfDay) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d", int(t.Std().Hours()), int(t.Std().Minutes())%60), nil
}

// Team shares a rota. A brand names its team; a brand without one belongs to
// the first.
type Team struct {
	ID       string `yaml:"id"`
	Timezone string `yaml:"timezone"`
	Rota     Rota   `yaml:"rota"`
	// EscalateAfter is how long a crisis may go unanswered before the next of
	// EscalateTo is woken; 5m where it is not set.
	EscalateAfter Duration `yaml:"escalate_after"`
	EscalateTo    []string `yaml:"escalate_to"`
}

// Rota hands the duty over at regular moments, in the team's time zone.
type Rota struct {
	Start     time.Time  `yaml:"start,omitempty"`
	Every     Duration   `yaml:"every,omitempty"`
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

	// URLFile holds the address of a slack or webhook channel: whoever knows it
	// can post there, so it is a secret.
	URLFile    Secret `yaml:"url_file"`
	SecretFile Secret `yaml:"secret_file"` // signs a webhook's body

	Host         string   `yaml:"host"` // smtp
	Port         int      `yaml:"port"`
	TLS          string   `yaml:"tls"` // starttls, implicit, none
	From         string   `yaml:"from"`
	To           []string `yaml:"to"`
	Username     string   `yaml:"username"`
	PasswordFile Secret   `yaml:"password_file"`
}
