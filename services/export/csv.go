package export

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

// byteOrderMark is what a spreadsheet needs to read a CSV file as UTF-8.
const byteOrderMark = "\uFEFF"

// csvList is the CSV file: RFC 4180, in UTF-8 with a byte order mark. The
// separator and the decimal mark are those that a spreadsheet of the language
// expects when it opens the file by itself: in French ";" and ",", since the
// comma is taken; in English "," and ".".
type csvList struct {
	job    *job
	buffer *bufio.Writer
	out    *csv.Writer
	err    error
}

func newCSV(w io.Writer, j *job) *csvList {
	list := &csvList{job: j, buffer: bufio.NewWriterSize(w, 1<<16)}
	_, list.err = list.buffer.WriteString(byteOrderMark)
	list.out = csv.NewWriter(list.buffer)
	list.out.Comma, list.out.UseCRLF = j.lang.separator, true
	list.row(j.csvHeader())
	return list
}

func (j *job) csvHeader() []string {
	l := j.lang
	return []string{
		l.at("published", j.week.Zone()), l.say("brand"), l.say("source"), l.say("page"), l.say("ownership"), l.say("kind"),
		l.say("language"), l.say("sentiment"), l.say("score"), l.say("topics"), l.say("owner"),
		l.say("risks"), l.say("risk_words"), l.say("stance"),
		l.say("author"), l.say("handle"), l.say("followers"),
		l.say("likes"), l.say("shares"), l.say("replies"), l.say("engagement"),
		l.say("title"), l.say("text"), l.say("link"), l.say("mention_id"), l.say("story"), l.say("model"),
	}
}

// write adds a mention. Everything a source could have written is made inert.
func (c *csvList) write(m weekly.Mention) error {
	l := c.job.lang
	number := func(n uint64) string { return strconv.FormatUint(n, 10) }
	c.row([]string{
		m.Published.In(c.job.week.Zone()).Format("2006-01-02 15:04:05"), inert(c.job.brand.Name), inert(m.Source), inert(m.Page),
		l.ownership(m.Official), l.say(m.Kind), inert(m.Language), l.sentiment(m.Sentiment), l.score(m),
		inert(l.topics(m.Topics)), l.department(m.Owner),
		inert(l.risks(m.Risks)), inert(strings.Join(m.RiskWords, ", ")), l.stance(m.Stance),
		inert(m.Author.Name), inert(m.Author.Handle), number(m.Author.Followers),
		number(m.Likes), number(m.Shares), number(m.Replies), number(m.Engagement()),
		inert(m.Title), inert(m.Text), inert(m.URL), inert(m.ID), inert(m.StoryID), inert(m.Model),
	})
	return c.err
}

func (c *csvList) row(fields []string) {
	if c.err != nil {
		return
	}
	if err := c.out.Write(fields); err != nil {
		c.err = fmt.Errorf("export: csv: %w", err)
	}
}

// close writes what is still in memory; the file stays open.
func (c *csvList) close() error {
	c.out.Flush()
	if err := c.out.Error(); err != nil {
		return fmt.Errorf("export: csv: %w", err)
	}
	if err := c.buffer.Flush(); err != nil {
		return fmt.Errorf("export: csv: %w", err)
	}
	return c.err
}
