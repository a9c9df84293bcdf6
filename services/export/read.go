package export

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/services/export/internal/weekly"
)

var (
	//go:embed queries/own_week.sql
	ownWeekSQL string
	//go:embed queries/compared.sql
	comparedSQL string
	//go:embed queries/copies.sql
	copiesSQL string
	//go:embed queries/first.sql
	firstSQL string
	//go:embed queries/steps.sql
	stepsSQL string
	//go:embed queries/pages.sql
	pagesSQL string
)

// reader reads the rows of a job.
type reader struct {
	conn driver.Conn
	job  *job
}

// ownWeek reads the brand's mentions of the week, oldest first.
func (r reader) ownWeek(ctx context.Context, each func(weekly.Mention) error) error {
	return r.query(ctx, "mentions", ownWeekSQL, func(rows driver.Rows) error {
		m, counted := mentionFields()
		shown := []any{&m.Page, &m.Language, &m.Score, &m.Owner, &m.Title, &m.Text, &m.URL, &m.Model}
		if err := counted.scan(rows, shown...); err != nil {
			return err
		}
		return each(*m)
	})
}

// compared reads what the week is compared with.
func (r reader) compared(ctx context.Context, each func(weekly.Mention)) error {
	return r.query(ctx, "mentions", comparedSQL, func(rows driver.Rows) error {
		m, counted := mentionFields()
		if err := counted.scan(rows); err != nil {
			return err
		}
		each(*m)
		return nil
	})
}

// copies reads the mentions of some stories again, oldest first.
func (r reader) copies(ctx context.Context, stories []string, each func(weekly.Mention)) error {
	if len(stories) == 0 {
		return nil // a list in SQL cannot be empty
	}
	return r.query(ctx, "copies", copiesSQL, func(rows driver.Rows) error {
		m, counted := mentionFields()
		if err := counted.scan(rows, &m.Title, &m.Text, &m.URL); err != nil {
			return err
		}
		each(*m)
		return nil
	}, clickhouse.Named("stories", stories))
}

// first reads the first mentions known.
func (r reader) first(ctx context.Context, each func(brandID string, at time.Time)) error {
	return r.query(ctx, "first mentions", firstSQL, func(rows driver.Rows) error {
		var brandID string
		var at time.Time
		if err := rows.Scan(&brandID, &at); err != nil {
			return err
		}
		each(brandID, at)
		return nil
	})
}

// countedFields are the columns that every query of mentions begins with.
type countedFields struct {
	mention                              *weekly.Mention
	ownership, sentiment, recommendation string
}

func mentionFields() (*weekly.Mention, *countedFields) {
	m := &weekly.Mention{}
	return m, &countedFields{mention: m}
}

func (f *countedFields) scan(rows driver.Rows, more ...any) error {
	m := f.mention
	fields := append([]any{
		&m.BrandID, &m.ID, &m.Published, &m.Source, &f.ownership, &m.Kind, &f.sentiment, &m.Topics,
		&m.Risks, &m.RiskWords, &f.recommendation, &m.StoryID,
		&m.Author.ID, &m.Author.Handle, &m.Author.Name, &m.Author.Followers, &m.Likes, &m.Shares, &m.Replies,
	}, more...)
	if err := rows.Scan(fields...); err != nil {
		return err
	}
	m.Official = f.ownership == "official"
	m.Sentiment, m.Stance = weekly.SentimentNamed(f.sentiment), weekly.StanceNamed(f.recommendation)
	return nil
}

// steps reads the steps of the incidents that touch the week or the one before.
func (r reader) steps(ctx context.Context, each func(weekly.Step)) error {
	return r.query(ctx, "incidents", stepsSQL, func(rows driver.Rows) error {
		var (
			s        weekly.Step
			blind    uint8
			level    string
			resolved *time.Time
		)
		err := rows.Scan(&s.IncidentID, &s.Revision, &blind, &s.Source, &s.Page, &level,
			&s.Opened, &s.LevelTime, &s.Changed, &resolved,
			&s.ObservedMentions, &s.ExpectedMentions, &s.ObservedNegative, &s.ExpectedNegative)
		if err != nil {
			return err
		}
		s.Blind, s.Level = blind == 1, weekly.LevelNamed(level)
		if resolved != nil {
			s.Resolved = *resolved
		}
		each(s)
		return nil
	})
}

// pages reads the pages of the brand's incidents.
func (r reader) pages(ctx context.Context, each func(weekly.Page)) error {
	return r.query(ctx, "pages", pagesSQL, func(rows driver.Rows) error {
		var (
			p           weekly.Page
			level       string
			sent, acked *time.Time
		)
		if err := rows.Scan(&p.IncidentID, &level, &sent, &acked, &p.AckedBy); err != nil {
			return err
		}
		p.Level, p.Sent, p.Acked = weekly.LevelNamed(level), moment(sent), moment(acked)
		each(p)
		return nil
	})
}

// moment is a time as the views give it: NULL where it did not come.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// query runs one of the queries and hands over its rows.
func (r reader) query(ctx context.Context, what, sql string, each func(driver.Rows) error, more ...any) error {
	week := r.job.week
	rows, err := r.conn.Query(ctx, sql, append(more,
		clickhouse.Named("brand", r.job.brand.ID),
		clickhouse.Named("brands", append([]string{r.job.brand.ID}, r.job.brand.Competitors...)),
		clickhouse.Named("before", week.Before().From().UTC()),
		clickhouse.Named("from", week.From().UTC()),
		clickhouse.Named("to", week.To().UTC()),
	)...)
	if err != nil {
		return fmt.Errorf("export: read %s: %w", what, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(rows); err != nil {
			return fmt.Errorf("export: read %s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("export: read %s: %w", what, err)
	}
	return nil
}
