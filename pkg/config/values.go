package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time written "90s", "10m", "24h" or "7d".
type Duration time.Duration

func days(n int) Duration    { return Duration(time.Duration(n) * 24 * time.Hour) }
func minutes(n int) Duration { return Duration(time.Duration(n) * time.Minute) }

// Std returns the duration as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Or returns d, or the other where d is not set.
func (d Duration) Or(other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return time.Duration(d)
}

// UnmarshalText reads "90s", "10m", "24h" or "7d".
func (d *Duration) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if number, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || !(n >= 0 && n <= 36500) { // nor NaN
			return fmt.Errorf("%q is not a length of time: write 90s, 10m, 24h or 7d", s)
		}
		*d = Duration(n * 24 * float64(time.Hour))
		return nil
	}
	parsed, err := time.ParseDuration(s)
	if err != nil || parsed < 0 {
		return fmt.Errorf("%q is not a length of time: write 90s, 10m, 24h or 7d", s)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalText writes the duration as it is written in the file.
func (d Duration) MarshalText() ([]byte, error) {
	std := time.Duration(d)
	if day := 24 * time.Hour; std > 0 && std%day == 0 {
		return []byte(strconv.Itoa(int(std/day)) + "d"), nil
	}
	return []byte(std.String()), nil
}

// Secret is a value read from the file that a *_file key names, or from the
// environment. It never prints itself.
type Secret struct {
	file  string
	value string
}

// NewSecret makes a secret of a value, for parts that are configured in code.
func NewSecret(value string) Secret { return Secret{value: value} }

// Value returns the secret itself, "" when it is not set.
func (s Secret) Value() string { return s.value }

// IsSet says whether the key or its environment variable is there.
func (s Secret) IsSet() bool { return s.file != "" || s.value != "" }

// String hides the value.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return "[redacted]"
}

// GoString hides the value from %#v too.
func (s Secret) GoString() string { return s.String() }

// MarshalText writes the file's name; the value stays hidden.
func (s Secret) MarshalText() ([]byte, error) {
	if s.file != "" {
		return []byte(s.file), nil
	}
	return []byte(s.String()), nil
}

// UnmarshalText takes the file's name; load reads it afterwards.
func (s *Secret) UnmarshalText(text []byte) error {
	s.file = strings.TrimSpace(string(text))
	return nil
}

// in is the path of the file, which is relative to the folder of the config.
func (s *Secret) in(folder string) string {
	if filepath.IsAbs(s.file) {
		return s.file
	}
	return filepath.Join(folder, s.file)
}

// read fills the value from the file.
func (s *Secret) read(folder string) error {
	if s.file == "" || s.value != "" {
		return nil
	}
	path := s.in(folder)
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot read the secret: %w", err)
	}
	s.value = strings.TrimSpace(string(data))
	if s.value == "" {
		return fmt.Errorf("the secret's file %s is empty", path)
	}
	return nil
}
