package x

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine+1)
	for text, want := range map[string][]wireLine{
		"":                      nil,
		"a\r\nb\n":              {{text: []byte("a")}, {text: []byte("b")}},
		"\r\n\r\na\r\n":         {{text: []byte{}}, {text: []byte{}}, {text: []byte("a")}},
		"a\r\nb":                {{text: []byte("a")}, {text: []byte("b"), cut: errLineCut}},
		"a\n" + long + "\nb\n":  {{text: []byte("a")}, {text: []byte(long)[:maxLine], cut: errLineLong}, {text: []byte("b")}},
		strings.Repeat("y", 99): {{text: []byte(strings.Repeat("y", 99)), cut: errLineCut}},
	} {
		reader := bufio.NewReaderSize(strings.NewReader(text), 16)
		var got []wireLine
		for {
			line, err := readLine(reader)
			if line.text != nil {
				got = append(got, line)
			}
			if err != nil {
				require.ErrorIs(t, err, io.EOF)
				break
			}
		}
		require.Len(t, got, len(want), "%.20q", text)
		for i := range want {
			require.Equal(t, want[i].cut, got[i].cut)
			require.Equal(t, string(want[i].text), string(got[i].text))
		}
	}
}

// TestSilenceIsMeasuredInBytes runs on a clock of its own: thirty seconds.
func TestSilenceIsMeasuredInBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body, far := io.Pipe()
		ctx, stop := context.WithCancelCause(t.Context())
		defer context.AfterFunc(ctx, func() { _ = far.CloseWithError(errors.New("hung up")) })()
		began := time.Now()
		w := read(ctx, body, 30*time.Second, stop)
		for range 10 { // keep-alives
			time.Sleep(20 * time.Second)
			_, err := far.Write([]byte("\r\n"))
			require.NoError(t, err)
			require.Empty(t, (<-w.lines).text)
		}
		_, more := <-w.lines
		require.False(t, more)
		require.ErrorIs(t, w.err, errSilent)
		require.Equal(t, 230*time.Second, time.Since(began))
	})
}

// TestOurOwnSlownessIsNotSilence: nobody takes the lines for a while.
func TestOurOwnSlownessIsNotSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body, far := io.Pipe()
		ctx, stop := context.WithCancelCause(t.Context())
		go func() {
			for range waiting + 2 {
				_, _ = far.Write([]byte("a\r\n"))
			}
			_ = far.Close()
		}()
		w := read(ctx, body, 30*time.Second, stop)
		time.Sleep(5 * time.Minute)
		n := 0
		for range w.lines {
			n++
		}
		require.Equal(t, waiting+2, n)
		require.ErrorIs(t, w.err, errEnded)
		stop(nil)
	})
}

func TestRecentIsBounded(t *testing.T) {
	t.Parallel()
	r := newRecent(3)
	for _, id := range []string{"a", "b", "b", "c", "d"} {
		r.add(id)
	}
	require.False(t, r.has("a"))
	for _, id := range []string{"b", "c", "d"} {
		require.True(t, r.has(id))
	}
	require.Len(t, r.known, 3)
}
