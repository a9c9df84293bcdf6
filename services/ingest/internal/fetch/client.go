package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/vigie-monitor/vigie/pkg/obs"
)

const (
	dialTimeout   = 10 * time.Second
	headerTimeout = 15 * time.Second
	// wholeTimeout is short enough for a page that fails to be asked again within
	// source.Patience: what answers then was never blind.
	wholeTimeout   = 15 * time.Second
	idleTimeout    = 90 * time.Second
	maxHeaderBytes = 256 << 10
	maxRedirects   = 10
)

// ErrRedirectLoop means that a chain of redirects has no end, or none in sight.
var ErrRedirectLoop = errors.New("a chain of redirects without end")

// Options of a client. The zero value is what production uses.
type Options struct {
	// AllowPrivate is sources.allow_private_addresses. The proxy of the
	// environment is used only then: it would connect in our place, out of the
	// reach of the check on addresses.
	AllowPrivate bool
	// Backoff is the first wait after a host refused; 0 means 11 s.
	Backoff time.Duration
}

// Client is the one HTTP client of all connectors.
type Client struct {
	plain  *http.Client
	stream *http.Client
	hosts  *Hosts
}

// New makes a client.
func New(o Options) *Client {
	plain := transport(o)
	// A stream that falls silent is closed and opened again. Over HTTP/2 that
	// would go through the same dead connection; and a compressed stream comes
	// late, in blocks.
	stream := transport(o)
	stream.DisableCompression = true
	stream.Protocols = new(http.Protocols)
	stream.Protocols.SetHTTP1(true)
	return &Client{
		plain:  &http.Client{Transport: named{plain}, CheckRedirect: boundRedirects, Timeout: wholeTimeout},
		stream: &http.Client{Transport: named{stream}, CheckRedirect: boundRedirects},
		hosts:  NewHosts(o.Backoff),
	}
}

// HTTP is the client for exchanges that end.
func (c *Client) HTTP() *http.Client { return c.plain }

// Stream is the client for answers without an end: once the header is there,
// only the request's context bounds it.
func (c *Client) Stream() *http.Client { return c.stream }

// Hosts remembers which hosts asked to be left alone.
func (c *Client) Hosts() *Hosts { return c.hosts }

// Close lets go of connections that nobody uses.
func (c *Client) Close() {
	c.plain.CloseIdleConnections()
	c.stream.CloseIdleConnections()
}

func transport(o Options) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	t := &http.Transport{
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConnsPerHost:    2,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ForceAttemptHTTP2:      true,
	}
	if o.AllowPrivate {
		t.Proxy = http.ProxyFromEnvironment
	} else {
		dialer.ControlContext = refusePrivate
	}
	t.DialContext = dialer.DialContext
	return t
}

// named says who asks, as polite robots do and X demands.
type named struct{ *http.Transport }

var userAgent = fmt.Sprintf("Vigie/%s (+https://github.com/vigie-monitor/vigie)", obs.Version())

// RoundTrip implements http.RoundTripper.
func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", userAgent)
	}
	return n.Transport.RoundTrip(r)
}

// boundRedirects follows ten redirects, and no address twice: we keep no
// cookies, so the second visit would end as the first did.
func boundRedirects(r *http.Request, via []*http.Request) error {
	seen := func(earlier *http.Request) bool { return earlier.URL.String() == r.URL.String() }
	if len(via) >= maxRedirects || slices.ContainsFunc(via, seen) {
		return fmt.Errorf("%w: %s came back after %d redirects", ErrRedirectLoop, r.URL.Redacted(), len(via))
	}
	return nil
}

// Moved answers where a page has moved for good: the end of the permanent
// redirects at the beginning of the chain that led to a response. It answers
// false where the first redirect, if any, was for now only.
func Moved(response *http.Response) (*url.URL, bool) {
	var hops []*http.Request // each but the first came from a redirect
	for r := response.Request; r != nil; {
		hops = append(hops, r)
		if r.Response == nil {
			break
		}
		r = r.Response.Request
	}
	slices.Reverse(hops)
	last := 0
	for last+1 < len(hops) && isPermanent(hops[last+1].Response.StatusCode) {
		last++
	}
	if last == 0 {
		return nil, false
	}
	return hops[last].URL, true
}

func isPermanent(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}
