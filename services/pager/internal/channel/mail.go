package channel

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"sync"

	"github.com/wneessen/go-mail"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/pager/internal/message"
)

func newMail(cfg config.Channel) Send {
	return func(ctx context.Context, page message.Page, words message.Words) error {
		letter, err := mailMessage(cfg, page, words)
		if err != nil {
			return &Error{Reason: err.Error(), Permanent: true}
		}
		line := &line{tls: cfg.TLS == "implicit", config: tlsConfig(cfg)}
		stop := context.AfterFunc(ctx, line.hangUp)
		defer func() {
			stop()
			line.hangUp()
		}()
		server, err := mail.NewClient(cfg.Host, mailOptions(cfg, line)...)
		if err != nil {
			return &Error{Reason: err.Error(), Permanent: true}
		}
		err = server.DialAndSendWithContext(ctx, letter)
		if err == nil || letter.IsDelivered() { // what fails after that is only the leave-taking
			return nil
		}
		var refused *mail.SendError
		permanent := errors.As(err, &refused) && refused.ErrorCode() >= 500
		return &Error{Reason: message.Line(err.Error(), 300), Permanent: permanent}
	}
}

func mailOptions(cfg config.Channel, line *line) []mail.Option {
	options := []mail.Option{
		mail.WithTimeout(timeout), mail.WithTLSConfig(tlsConfig(cfg)), mail.WithDialContextFunc(line.dial),
	}
	switch cfg.TLS {
	case "none":
		options = append(options, mail.WithTLSPortPolicy(mail.NoTLS))
	case "implicit":
		options = append(options, mail.WithSSLPort(false))
	default:
		options = append(options, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if cfg.Port != 0 {
		options = append(options, mail.WithPort(cfg.Port))
	}
	if cfg.Username != "" { // a password in the clear is refused, but to this machine
		options = append(options, mail.WithUsername(cfg.Username), mail.WithPassword(cfg.PasswordFile.Value()),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1,
				mail.SMTPAuthCramMD5, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return options
}

func tlsConfig(cfg config.Channel) *tls.Config {
	return &tls.Config{ServerName: cfg.Host, MinVersion: tls.VersionTLS12}
}

// line is the connection of one attempt. The mail library bounds each step of
// the dialogue but not the whole, and leaves a connection open when the dialogue
// fails at its beginning.
type line struct {
	tls    bool
	config *tls.Config

	mu     sync.Mutex
	conn   net.Conn
	hungUp bool
}

func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := l.connect(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hungUp {
		_ = conn.Close()
		return nil, context.DeadlineExceeded
	}
	l.conn = conn
	return conn, nil
}

func (l *line) connect(ctx context.Context, network, address string) (net.Conn, error) {
	if l.tls {
		return (&tls.Dialer{Config: l.config}).DialContext(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hungUp = true
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

// mailMessage writes the letter. Its Message-ID comes from the page's id, so
// that a page sent again is the same letter, and an incident's letters are one
// thread.
func mailMessage(cfg config.Channel, page message.Page, words message.Words) (*mail.Msg, error) {
	letter := mail.NewMsg()
	if err := letter.From(cfg.From); err != nil {
		return nil, err
	}
	if err := letter.To(cfg.To...); err != nil {
		return nil, err
	}
	domain := letter.GetFrom()[0].Address
	domain = domain[strings.LastIndexByte(domain, '@')+1:]
	letter.Subject(words.Headline)
	letter.SetDateWithValue(page.Now)
	letter.SetMessageIDWithValue(messageID(page.ID, domain))
	letter.SetGenHeader(mail.HeaderReferences, "<"+messageID(page.IncidentID, domain)+">")
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	if page.Level == "crisis" && page.About == message.Call {
		letter.SetImportance(mail.ImportanceUrgent)
	}
	letter.SetBodyString(mail.TypeTextPlain, words.Text())
	return letter, nil
}

func messageID(id, domain string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16]) + "@" + domain
}
