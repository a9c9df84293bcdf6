package scorer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/vigie-monitor/vigie/pkg/config"
	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
	"github.com/vigie-monitor/vigie/services/scorer/internal/score"
)

// Stream scores what comes through a pipe, with no bus and no table.
type Stream struct {
	Config   *config.Config
	Input    string // one of Inputs
	Language string // ISO 639-1 code of every text; "" tells it from the text
	Explain  bool   // adds the words that weighed most
}

// Inputs that can be scored: a text a line, or a Mention a line.
var Inputs = []string{"text", "ndjson"}

// ErrUnreadable means that some lines were no mentions; their answers say so.
var ErrUnreadable = errors.New("could not be read: their answers say why")

const (
	// batchLines are scored side by side; fewer when no more have arrived.
	batchLines = 4096
	readAhead  = 1 << 20
)

// Run writes a line for each line read, in order, as soon as it can, until in ends or
// ctx does.
func (s Stream) Run(ctx context.Context, in io.Reader, out io.Writer) error {
	scorer, err := compile(s.Config)
	if err != nil {
		return err
	}
	stories := newStories()
	reader, writer := bufio.NewReaderSize(in, readAhead), bufio.NewWriter(out)
	unreadable := 0
	for number := 1; ctx.Err() == nil; {
		lines, err := arrived(reader)
		answers := make([]answer, len(lines))
		mentions := make([]*vigiev1.Mention, len(lines))
		sideBySide(len(lines), func(i int) {
			if mentions[i], answers[i].Error = s.read(lines[i], number+i); mentions[i] != nil {
				answers[i].MentionID = mentions[i].MentionId
				if mentions[i].MentionId == "" {
					mentions[i].MentionId = fmt.Sprintf("line:%d", number+i)
				}
				post := s.post(mentions[i])
				answers[i].tell(scorer.Any(post), scorer.Version())
				if s.Explain {
					answers[i].explain(scorer.Explain(post))
				}
			}
		})
		for i, m := range mentions { // in order: a story is named by its first copy
			if m != nil {
				answers[i].StoryID = storyOf(stories, m)
			} else {
				unreadable++
			}
		}
		sideBySide(len(lines), func(i int) { answers[i].encode(&lines[i]) })
		for _, line := range lines {
			_, _ = writer.Write(line) // the error stays in the writer
		}
		if err := writer.Flush(); err != nil {
			return fmt.Errorf("scorer: write: %w", err)
		}
		number += len(lines)
		switch {
		case errors.Is(err, io.EOF) && unreadable > 0:
			return fmt.Errorf("scorer: %d of %d lines %w", unreadable, number-1, ErrUnreadable)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("scorer: read: %w", err)
		}
	}
	return nil
}

// arrived reads the lines that are there, waiting for the first only.
func arrived(r *bufio.Reader) (lines [][]byte, err error) {
	for len(lines) < batchLines {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 {
			lines = append(lines, bytes.TrimRight(line, "\r\n"))
		}
		if err != nil {
			return lines, err
		}
		if waiting, _ := r.Peek(r.Buffered()); bytes.IndexByte(waiting, '\n') < 0 {
			break
		}
	}
	return lines, nil
}

// sideBySide does n things on all cores.
func sideBySide(n int, do func(i int)) {
	hands := min(n, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for hand := range hands {
		group.Go(func() {
			for i := hand * n / hands; i < (hand+1)*n/hands; i++ {
				do(i)
			}
		})
	}
	group.Wait()
}

// read makes a mention of a line, or says why it is none.
func (s Stream) read(line []byte, number int) (*vigiev1.Mention, string) {
	m := &vigiev1.Mention{Text: string(line)}
	if s.Input == "ndjson" {
		m = &vigiev1.Mention{}
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(line, m); err != nil {
			return nil, fmt.Sprintf("line %d is no mention: %v", number, err)
		}
	}
	m.Text = strings.ToValidUTF8(m.Text, "\uFFFD")
	return m, ""
}

func (s Stream) post(m *vigiev1.Mention) score.Post {
	post := postOf(m)
	post.Language = s.Language
	return post
}
