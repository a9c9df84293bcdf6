// Package channel owns the ways to a person: Slack, a webhook, mail. It puts a
// page into the markup of its channel, where what strangers wrote stays text,
// and says of a failure whether trying again can help.
//
// It does not own the words (message), nor who is told and how often (escalation).
package channel

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/pager/internal/message"
)

// timeout bounds one attempt, so that a dead channel holds up nobody else.
const timeout = 10 * time.Second

// Send makes one attempt to deliver a page. It is given the page and its words;
// its error is an *Error.
type Send func(ctx context.Context, page message.Page, words message.Words) error

// Error is why an attempt failed. It holds no secret: addresses of webhooks are.
type Error struct {
	Reason     string
	Permanent  bool          // trying again cannot help
	RetryAfter time.Duration // what the channel asks for, 0 where it does not
}

// Error is the reason.
func (e *Error) Error() string { return e.Reason }

// New makes the channel that the config describes.
func New(cfg config.Channel) (Send, error) {
	var send Send
	switch cfg.Kind {
	case "slack":
		send = newSlack(cfg)
	case "webhook":
		send = newWebhook(cfg)
	case "smtp":
		send = newMail(cfg)
	default:
		return nil, fmt.Errorf("channel %s: %q is no kind of channel", cfg.ID, cfg.Kind)
	}
	return func(ctx context.Context, page message.Page, words message.Words) error {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return send(ctx, page, words)
	}, nil
}

// client follows no redirect: a page goes where the config says, or nowhere.
func client(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ownTransport keeps the connections of one channel: no other's troubles are its.
func ownTransport() *http.Transport {
	return http.DefaultTransport.(*http.Transport).Clone()
}

// refusal is the error of an HTTP answer, nil where the page was taken.
func refusal(status int, header http.Header, body string) error {
	if status >= 200 && status < 300 {
		return nil
	}
	e := &Error{Reason: "HTTP " + strconv.Itoa(status)}
	if body = message.Line(body, 200); body != "" {
		e.Reason += ": " + body
	}
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		e.RetryAfter = retryAfter(header.Get("Retry-After"), time.Now())
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500:
	default:
		e.Permanent = true
	}
	return e
}

// retryAfter reads seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return time.Duration(min(max(seconds, 0), 86400)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// unreachable is the error of a request without an answer, without the address.
func unreachable(err error) error {
	for located := (*url.Error)(nil); errors.As(err, &located); {
		err = located.Err
	}
	return &Error{Reason: message.Line(err.Error(), 300)}
}

// headerValue makes a page's id fit for a header: visible ASCII, the rest as %XX.
func headerValue(id string) string {
	var out strings.Builder
	for _, b := range []byte(id) {
		if b > ' ' && b < 0x7f && b != '%' {
			out.WriteByte(b)
		} else {
			fmt.Fprintf(&out, "%%%02X", b)
		}
	}
	return out.String()
}
