package channel

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/pager/internal/message"
)

// office is a real mail server with nobody behind it.
type office struct {
	mu      sync.Mutex
	letters []letter
	refuse  error
}

type letter struct {
	from string
	to   []string
	data string
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{office: o}, nil }

type session struct {
	office *office
	letter letter
}

func (s *session) Reset()        { s.letter = letter{} }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.letter.from = from
	return s.office.refuse
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.letter.to = append(s.letter.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.letter.data = string(data)
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.letters = append(s.office.letters, s.letter)
	return err
}

// openOffice starts a mail server and answers how to write to it.
func openOffice(t *testing.T, o *office) config.Channel {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := smtp.NewServer(o)
	server.Domain, server.AllowInsecureAuth = "localhost", true
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return letterbox(t, listener.Addr().String())
}

func letterbox(t *testing.T, address string) config.Channel {
	t.Helper()
	host, text, err := net.SplitHostPort(address)
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	return config.Channel{
		ID: "mail", Kind: "smtp", TLS: "none", Host: host, Port: port,
		From: "Vigie <vigie@example.org>", To: []string{"alice@example.org", "bob@example.org"},
	}
}

func TestAPageByMail(t *testing.T) {
	t.Parallel()
	o := &office{}
	cfg := openOffice(t, o)
	p := page()
	p.Brand = hostile
	require.NoError(t, send(t, cfg, p))
	require.NoError(t, send(t, cfg, p))
	require.Len(t, o.letters, 2)
	require.Equal(t, "vigie@example.org", o.letters[0].from)
	require.Equal(t, cfg.To, o.letters[0].to, "and nobody a stranger named")

	read, err := mail.ReadMessage(strings.NewReader(o.letters[0].data))
	require.NoError(t, err)
	require.Empty(t, read.Header.Get("Bcc"), "no header comes from a post")
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	require.NoError(t, err)
	require.Contains(t, subject, "CRISE")
	require.NotContains(t, subject, "\n")
	require.Equal(t, "quoted-printable", read.Header.Get("Content-Transfer-Encoding"))
	require.Contains(t, read.Header.Get("Content-Type"), "text/plain")
	id := read.Header.Get("Message-ID")
	require.Regexp(t, `^<[0-9a-f]{32}@example.org>$`, id)

	again, err := mail.ReadMessage(strings.NewReader(o.letters[1].data))
	require.NoError(t, err)
	require.Equal(t, id, again.Header.Get("Message-ID"), "sent again it is the same letter")
	require.NotEmpty(t, again.Header.Get("References"))
}

func TestWhatAMailServerAnswers(t *testing.T) {
	t.Parallel()
	o := &office{refuse: &smtp.SMTPError{Code: 550, Message: "no such user"}}
	cfg := openOffice(t, o)
	e := fault(t, send(t, cfg, page()))
	require.True(t, e.Permanent)
	require.Contains(t, e.Reason, "no such user")
	o.refuse = &smtp.SMTPError{Code: 451, Message: "greylisted"}
	e = fault(t, send(t, cfg, page()))
	require.False(t, e.Permanent)

	cfg.TLS = "starttls"
	e = fault(t, send(t, cfg, page()))
	require.Contains(t, e.Reason, "STARTTLS", "without encryption nothing is sent, unless the config says none")
	require.Empty(t, o.letters)

	cfg.Port = 1
	require.False(t, fault(t, send(t, cfg, page())).Permanent)
}

// A server that takes the call and says nothing holds nobody up for longer than
// one attempt may last, and leaves no connection open.
func TestAMailServerThatSaysNothing(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	hungUp := make(chan error, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			_, err = conn.Read(make([]byte, 1)) // until the other side leaves
			_ = conn.Close()
		}
		hungUp <- err
	}()
	channel, err := New(letterbox(t, listener.Addr().String()))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.Error(t, channel(ctx, page(), message.Write(page())))
	require.ErrorIs(t, <-hungUp, io.EOF)
}

// With implicit TLS a password is sent, and only to a server that is the one it
// says it is.
func TestAServerNobodyVouchesForGetsNoPassword(t *testing.T) {
	t.Parallel()
	tlsServer := httptest.NewTLSServer(nil) // its certificate is signed by nobody we know
	certificate := tlsServer.TLS.Certificates[0]
	tlsServer.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	require.NoError(t, err)
	o := &office{}
	server := smtp.NewServer(o)
	server.ErrorLog = log.New(io.Discard, "", 0)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	cfg := letterbox(t, listener.Addr().String())
	cfg.TLS, cfg.Username, cfg.PasswordFile = "implicit", "vigie", config.NewSecret("hunter2")
	e := fault(t, send(t, cfg, page()))
	require.Contains(t, e.Reason, "certificate")
	require.NotContains(t, e.Reason, "hunter2")
	require.Empty(t, o.letters)
}
