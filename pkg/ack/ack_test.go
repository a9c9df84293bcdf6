package ack_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/vigie-monitor/vigie/pkg/ack"
	"github.com/vigie-monitor/vigie/pkg/bus"
	"github.com/vigie-monitor/vigie/pkg/bus/bustest"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var sent = time.Date(2026, 11, 21, 3, 12, 0, 0, time.UTC)

func claim() ack.Claim {
	return ack.Claim{
		PageID:     ack.PageID("acme@2026-11-21T03:10:00Z", "crisis", 0, "alice", "slack"),
		IncidentID: "acme@2026-11-21T03:10:00Z",
		Level:      vigiev1.Level_LEVEL_CRISIS,
		PersonID:   "alice",
		Expires:    sent.Add(ack.Lifetime),
	}
}

func signer(t testing.TB) *ack.Signer {
	t.Helper()
	cfg := config.Default()
	cfg.DataDir = t.TempDir()
	s, err := ack.NewSigner(cfg)
	require.NoError(t, err)
	return s
}

func TestALinkSaysWhatWasSigned(t *testing.T) {
	t.Parallel()
	s := signer(t)
	token, err := s.Sign(claim())
	require.NoError(t, err)
	got, err := s.Verify(token, sent)
	require.NoError(t, err)
	require.True(t, claim().Expires.Equal(got.Expires))
	got.Expires = claim().Expires
	require.Equal(t, claim(), got)
	require.Less(t, len(token), 300, "a link fits in an SMS of two parts")
}

func TestALinkThatIsWrongCutOrOldIsRefused(t *testing.T) {
	t.Parallel()
	s := signer(t)
	token, err := s.Sign(claim())
	require.NoError(t, err)

	got, err := s.Verify(token, sent.Add(ack.Lifetime))
	require.ErrorIs(t, err, ack.ErrExpired)
	require.Equal(t, "alice", got.PersonID, "an old link still says what it was about")

	for cut := range len(token) {
		_, err := s.Verify(token[:cut], sent)
		require.ErrorIs(t, err, ack.ErrInvalid, "cut after %d characters", cut)
	}
	for i := range len(token) {
		_, err := s.Verify(token[:i]+"~"+token[i+1:], sent)
		require.ErrorIs(t, err, ack.ErrInvalid, "character %d replaced", i)
	}
	_, err = signer(t).Verify(token, sent)
	require.ErrorIs(t, err, ack.ErrInvalid, "another key")

	body, mac, _ := strings.Cut(token, ".")
	data, err := base64.RawURLEncoding.DecodeString(body)
	require.NoError(t, err)
	forged := base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(data), "alice", "mallory")))
	_, err = s.Verify(forged+"."+mac, sent)
	require.ErrorIs(t, err, ack.ErrInvalid, "another person under the same signature")
}

// Pager and desk start together on an empty folder, in any order, many times.
func TestTwoServicesMakeOneKey(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.DataDir = t.TempDir()
	tokens := make([]string, 16)
	var all sync.WaitGroup
	for i := range tokens {
		all.Go(func() {
			s, err := ack.NewSigner(cfg)
			if err == nil {
				tokens[i], err = s.Sign(claim())
			}
			if err != nil {
				tokens[i] = err.Error()
			}
		})
	}
	all.Wait()
	for _, token := range tokens {
		require.Equal(t, tokens[0], token)
	}
	info, err := os.Stat(cfg.Path("ack.key"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	files, err := os.ReadDir(cfg.DataDir)
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing is left aside")
}

func TestAKeyThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.DataDir = t.TempDir()
	require.NoError(t, os.WriteFile(cfg.Path("ack.key"), nil, 0o600))
	_, err := ack.NewSigner(cfg)
	require.ErrorContains(t, err, "holds no key")

	cfg.Desk.AckKeyFile = config.NewSecret("short")
	_, err = ack.NewSigner(cfg)
	require.ErrorContains(t, err, "desk.ack_key_file")
	require.NotContains(t, err.Error(), "short")
}

func acked(name string) *vigiev1.Page {
	return &vigiev1.Page{
		PageId: claim().PageID, IncidentId: claim().IncidentID, BrandId: "acme", Level: vigiev1.Level_LEVEL_CRISIS,
		PersonId: name, Channel: "slack", ChangedTime: timestamppb.New(sent), AckedBy: name,
	}
}

// Ten people tap the button at once: one is first, and all are told who.
func TestTheFirstWins(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t)
	book, err := ack.Open(t.Context(), b)
	require.NoError(t, err)
	owners, firsts := make([]string, 10), make([]bool, 10)
	var all sync.WaitGroup
	for i := range owners {
		all.Go(func() {
			page, first, err := book.Take(t.Context(), acked(fmt.Sprint("person-", i)))
			if err == nil {
				owners[i], firsts[i] = page.AckedBy, first
			}
		})
	}
	all.Wait()
	count := 0
	for i, first := range firsts {
		require.Equal(t, owners[0], owners[i])
		if first {
			count++
			require.Equal(t, fmt.Sprint("person-", i), owners[i])
		}
	}
	require.Equal(t, 1, count)
	require.Len(t, bustest.All(t, b, bus.SubjectPage, func() *vigiev1.Page { return &vigiev1.Page{} }), 1, "announced once")
}

func TestAnAckOfACrisisCoversTheAlertBeforeIt(t *testing.T) {
	t.Parallel()
	book, err := ack.Open(t.Context(), bustest.Start(t))
	require.NoError(t, err)
	id := claim().IncidentID
	found, err := book.Find(t.Context(), id, vigiev1.Level_LEVEL_ALERT)
	require.NoError(t, err)
	require.Nil(t, found)

	page := acked("alice")
	page.Level = vigiev1.Level_LEVEL_ALERT
	_, _, err = book.Take(t.Context(), page)
	require.NoError(t, err)
	found, err = book.Find(t.Context(), id, vigiev1.Level_LEVEL_CRISIS)
	require.NoError(t, err)
	require.Nil(t, found, "an ack of the alert does not answer for the crisis")

	_, _, err = book.Take(t.Context(), acked("bob"))
	require.NoError(t, err)
	for _, level := range []vigiev1.Level{vigiev1.Level_LEVEL_WATCH, vigiev1.Level_LEVEL_CRISIS} {
		found, err = book.Find(t.Context(), id, level)
		require.NoError(t, err)
		require.NotNil(t, found)
	}
	require.Equal(t, "bob", found.AckedBy)
}

func TestNamesOfPages(t *testing.T) {
	t.Parallel()
	id := ack.PageID("rss/https://example.org/feed@2026-11-21T03:10:00Z", "alert", 2, "alice", "mail")
	require.Equal(t, "rss/https://example.org/feed@2026-11-21T03:10:00Z/alert/2/alice/mail", id)
	require.Equal(t, "mail", ack.Channel(id))
	require.Equal(t, vigiev1.Level_LEVEL_CRISIS, ack.ParseLevel(enum.Name(vigiev1.Level_LEVEL_CRISIS)))
	require.Equal(t, vigiev1.Level_LEVEL_UNSPECIFIED, ack.ParseLevel("panic"))
}

func FuzzToken(f *testing.F) {
	s := signer(f)
	good, err := s.Sign(claim())
	require.NoError(f, err)
	for _, seed := range []string{good, "", ".", "a.b", good + "=", good[:40] + "." + good[41:], strings.Repeat("A", 9000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		got, err := s.Verify(token, sent)
		if err == nil && token != good {
			t.Fatalf("accepted what nobody signed: %q as %+v", token, got)
		}
	})
}
