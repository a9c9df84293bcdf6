package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// local is where a moment stands that was written without an offset, until the
// time zone it belongs to is known.
var local = time.FixedZone("local", 0)

// setScalar reads a single value as it is written in the file or the environment.
// What cannot be read is refused in the words of the file.
func setScalar(into reflect.Value, text string) error {
	if into.Type() == timeType {
		at, err := moment(text)
		into.Set(reflect.ValueOf(at))
		return err
	}
	if reader, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return reader.UnmarshalText([]byte(text))
	}
	switch into.Kind() {
	case reflect.String:
		into.SetString(text)
	case reflect.Bool:
		yes := strings.EqualFold(text, "true")
		if !yes && !strings.EqualFold(text, "false") {
			return fmt.Errorf("%q is not true or false", text)
		}
		into.SetBool(yes)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		into.SetInt(int64(n))
	case reflect.Float64:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%q is not a number", text)
		}
		into.SetFloat(x)
	default:
		panic("config: a key of a type that cannot be read: " + into.Type().String())
	}
	return nil
}

// moment reads RFC 3339, or date and time on the wall.
func moment(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, local)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a moment: write 2026-12-24T09:00:00+01:00, or 2026-12-24 09:00 as the clock on the wall shows it", text)
	}
	return at, nil
}

// settleMoments puts moments on the wall into the time zones of their teams, those of
// brands into the config's.
func settleMoments(cfg *Config) {
	for i := range cfg.Brands {
		for j := range cfg.Brands[i].Expected {
			occasion := &cfg.Brands[i].Expected[j]
			settle(&occasion.From, cfg.Location())
			settle(&occasion.To, cfg.Location())
		}
	}
	for i := range cfg.Teams {
		team := &cfg.Teams[i]
		location := cfg.Location()
		if own, err := time.LoadLocation(team.Timezone); team.Timezone != "" && err == nil {
			location = own
		}
		settle(&team.Rota.Start, location)
		for j := range team.Rota.Overrides {
			settle(&team.Rota.Overrides[j].From, location)
			settle(&team.Rota.Overrides[j].To, location)
		}
	}
}

func settle(at *time.Time, location *time.Location) {
	if at.Location() == local {
		*at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, location)
	}
}
