package bluesky

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/vigie-monitor/vigie/services/ingest/internal/fetch"
	"github.com/vigie-monitor/vigie/services/ingest/internal/source"
)

const (
	// maxFrame is the largest frame that is read: a record has at most 1 MB, and
	// JSON some more.
	maxFrame = 2 << 20
	// maxBatch is how many frames are handled at once; as many may be waiting.
	maxBatch = 256
)

var (
	errSilent  = errors.New("bluesky: the feed is connected and says nothing")
	errTooSlow = errors.New("bluesky: the feed closed because we read too slowly")
)

// session is one connection, from handshake to its end. It always ends with an
// error; when ctx is done the error means nothing.
func (r *reader) session(ctx context.Context) error {
	if err := r.position.load(ctx); err != nil {
		return err
	}
	conn, err := r.dial(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	frames := make(chan frame, maxBatch) // so that a batch can form while one is handled
	var tasks sync.WaitGroup
	var readErr error
	tasks.Go(func() {
		defer close(frames)
		readErr = r.receive(ctx, conn, frames)
	})
	tasks.Go(func() { r.keepAwake(ctx, conn) })
	err = r.work(ctx, frames)
	cancel()
	_ = conn.CloseNow()
	tasks.Wait()
	r.position.save(context.WithoutCancel(ctx))
	if err == nil {
		err = readErr
	}
	return err
}

// dial connects where the last session ended.
func (r *reader) dial(ctx context.Context) (*websocket.Conn, error) {
	feed := r.connector.feed
	q := feed.Query()
	q.Set("wantedCollections", postCollection)
	if cursor := r.position.begin(time.Now()); cursor > 0 {
		q.Set("cursor", strconv.FormatInt(cursor, 10))
	}
	feed.RawQuery = q.Encode()
	//nolint:bodyclose // the library closes it
	conn, response, err := websocket.Dial(ctx, feed.String(), &websocket.DialOptions{HTTPClient: r.connector.client.Stream()})
	if err != nil {
		return nil, r.explain(response, err)
	}
	conn.SetReadLimit(-1) // frames are cut by receive, which goes on after one that is too large
	return conn, nil
}

// explain makes an error of a failed handshake.
func (r *reader) explain(response *http.Response, err error) error {
	if response == nil || response.StatusCode < 400 {
		var wrong *url.Error
		if errors.As(err, &wrong) {
			err = wrong.Err // without the address, which changes with the cursor
		}
		return fmt.Errorf("bluesky: cannot reach the feed: %w", err)
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, 300))
	refusal := &source.RefusedError{
		What: "bluesky: the feed refuses the connection", Status: response.StatusCode, Detail: strings.TrimSpace(string(body)),
	}
	refusal.Wait, _ = fetch.RetryAfter(response.Header, time.Now())
	if refusal.Status == http.StatusBadRequest && strings.Contains(strings.ToLower(refusal.Detail), "cursor") {
		r.position.refused(time.Now())
	}
	return refusal
}

// frame is what was received at once.
type frame struct {
	data  []byte
	fault error // why it cannot be read whole
}

// receive reads frames until the connection ends or falls silent.
func (r *reader) receive(ctx context.Context, conn *websocket.Conn, frames chan<- frame) error {
	for {
		f, err := r.receiveOne(ctx, conn)
		if err != nil {
			return err
		}
		select {
		case frames <- f:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *reader) receiveOne(ctx context.Context, conn *websocket.Conn) (frame, error) {
	patience, cancel := context.WithTimeout(ctx, r.connector.timing.silence)
	defer cancel()
	_, message, err := conn.Reader(patience)
	if err != nil {
		return frame{}, ending(ctx, patience, err)
	}
	data, err := fetch.ReadAll(message, maxFrame)
	if errors.Is(err, fetch.ErrTooLarge) {
		_, drained := io.Copy(io.Discard, message)
		return frame{data: data, fault: err}, ending(ctx, patience, drained)
	}
	return frame{data: data}, ending(ctx, patience, err)
}

// ending says what the end of a connection means.
func ending(ctx, patience context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && patience.Err() != nil:
		return errSilent
	case websocket.CloseStatus(err) == websocket.StatusPolicyViolation:
		return fmt.Errorf("%w: %w", errTooSlow, err)
	default:
		return fmt.Errorf("bluesky: the connection broke: %w", err)
	}
}

// keepAwake pings. A feed that answers pings and sends no event is deaf all the
// same, so a pong is no sign of life; a missing one ends the connection early.
func (r *reader) keepAwake(ctx context.Context, conn *websocket.Conn) {
	ticker := time.NewTicker(r.connector.timing.ping)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		patience, cancel := context.WithTimeout(ctx, r.connector.timing.silence)
		err := conn.Ping(patience)
		cancel()
		if err != nil {
			_ = conn.CloseNow()
			return
		}
	}
}
