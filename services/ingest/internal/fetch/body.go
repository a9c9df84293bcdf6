package fetch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a host may ask: one that says "in ten years" is
// mistaken, and would blind us for good.
const maxRetryAfter = 24 * time.Hour

// ErrTooLarge means that a body is beyond its limit.
var ErrTooLarge = errors.New("beyond the size limit")

// ReadAll reads a body of at most limit bytes. Behind a transport that unzips,
// these are the bytes after unzipping: a bomb is cut, not inflated. Beyond the
// limit it answers what it read, and ErrTooLarge.
func ReadAll(body io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if int64(len(data)) > limit {
		return data[:limit], fmt.Errorf("fetch: more than %d bytes: %w", limit, ErrTooLarge)
	}
	return data, err
}

// RetryAfter reads how long a host asks to wait, in seconds or until a date. It
// answers false when the header is not there or cannot be read.
func RetryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		return 0, false
	}
	var wait time.Duration
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		wait = time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(text); err == nil {
		wait = date.Sub(now)
	} else {
		return 0, false
	}
	return max(0, min(wait, maxRetryAfter)), true
}
