package ack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// Lifetime is how long a link works.
const Lifetime = 7 * 24 * time.Hour

// maxToken bounds what is decoded of a stranger's text.
const maxToken = 8 << 10

// Why a link is refused.
var (
	ErrInvalid = errors.New("ack: the link is wrong or was cut")
	ErrExpired = errors.New("ack: the link is too old")
)

// Claim is what a link says: who may take which incident in charge.
type Claim struct {
	PageID     string
	IncidentID string
	Level      vigiev1.Level
	PersonID   string // empty where the page must ask who it is
	Expires    time.Time
}

// Signer makes links and checks them.
type Signer struct{ key []byte }

// payload is a claim in a token: a list, because links are read on phones and
// sent by SMS.
type payload struct {
	PageID, IncidentID, Level, PersonID string
	Expires                             int64
}

func (p payload) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{p.PageID, p.IncidentID, p.Level, p.PersonID, p.Expires})
}

func (p *payload) UnmarshalJSON(data []byte) error {
	fields := []any{&p.PageID, &p.IncidentID, &p.Level, &p.PersonID, &p.Expires}
	expected := len(fields)
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if len(fields) != expected {
		return fmt.Errorf("%d fields instead of %d", len(fields), expected)
	}
	return nil
}

// Sign makes the token of a claim: "<claim>.<HMAC-SHA256 of it>", in base64url.
func (s *Signer) Sign(claim Claim) (string, error) {
	data, err := json.Marshal(payload{
		claim.PageID, claim.IncidentID, enum.Name(claim.Level), claim.PersonID, claim.Expires.Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("ack: sign a link: %w", err)
	}
	body := base64.RawURLEncoding.EncodeToString(data)
	return body + "." + base64.RawURLEncoding.EncodeToString(s.sum(body)), nil
}

// Link makes the address a page carries.
func (s *Signer) Link(deskURL string, claim Claim) (string, error) {
	token, err := s.Sign(claim)
	if err != nil {
		return "", err
	}
	return deskURL + "/ack?" + url.Values{"t": {token}}.Encode(), nil
}

// Verify reads a token. The error is ErrInvalid, or ErrExpired for one that we
// signed, too long ago; the claim is then given too, to say what it was about.
func (s *Signer) Verify(token string, now time.Time) (Claim, error) {
	body, mac, found := strings.Cut(token, ".")
	if !found || len(token) > maxToken {
		return Claim{}, ErrInvalid
	}
	encoding := base64.RawURLEncoding.Strict()
	given, err := encoding.DecodeString(mac)
	if err != nil || !hmac.Equal(given, s.sum(body)) { // in constant time
		return Claim{}, ErrInvalid
	}
	data, err := encoding.DecodeString(body)
	if err != nil {
		return Claim{}, ErrInvalid
	}
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return Claim{}, ErrInvalid
	}
	claim := Claim{p.PageID, p.IncidentID, ParseLevel(p.Level), p.PersonID, time.Unix(p.Expires, 0)}
	if !now.Before(claim.Expires) {
		return claim, ErrExpired
	}
	return claim, nil
}

// sum covers the encoded claim; the prefix keeps the key's other uses apart.
func (s *Signer) sum(body string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("vigie ack link 1\n"))
	mac.Write([]byte(body))
	return mac.Sum(nil)
}
