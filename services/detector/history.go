package detector

import (
	"context"
	"errors"
	"fmt"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/pkg/wait"
	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// asIfLive are mentions as if a detector had run all the time: what was imported, or
// fetched more than a day late, came when it was published. What else came as late was past
// already, and no detector counts it.
const asIfLive = `(
	SELECT * REPLACE (if(late, published_time, collected_time) AS collected_time, if(late, published_time, known_time) AS known_time)
	FROM (SELECT *, origin = 'imported' OR origin = 'backfill' AND published_time < known_time - INTERVAL 1 DAY AS late FROM mentions))`

// What is known within a slice was published within a day before, or by a clock that is
// ahead: ClickHouse finds it by that.
const history = `
SELECT ` + mentionColumns + `
FROM ` + asIfLive + `
WHERE (? OR brand_id IN ?) AND known_time >= fromUnixTimestamp64Milli(?) AND known_time < fromUnixTimestamp64Milli(?)
	AND published_time >= fromUnixTimestamp64Milli(?) AND published_time < fromUnixTimestamp64Milli(?)
	AND published_time > known_time - INTERVAL 1 DAY
ORDER BY known_time, mention_id, brand_id`

const (
	// slice is how much of the past is read at once.
	slice = 7 * 24 * time.Hour
	// ahead is how far a clock may be, generously: what is further is refused on its way in.
	ahead = time.Hour
)

// inPassing keeps the reading of years small: the embedded engine has little memory,
// and others need the machine. What does not fit is sorted on the disk.
var inPassing = clickhousego.Settings{"max_threads": 1, "max_block_size": 8192, "max_bytes_before_external_sort": 64 << 20}

// chronicle is what the tables hold of some brands, or of all where none is named.
type chronicle struct {
	conn     driver.Conn
	brands   []string
	patience time.Duration // for an engine that has no memory left while it merges what was imported
}

// outOfMemory is ClickHouse's code for it.
const outOfMemory = 241

// each visits mentions, and how people reacted to them since, in the order in which a
// detector learnt of them, from a moment up to before another.
func (c chronicle) each(ctx context.Context, from, before time.Time, visit func(brand string, m detect.Mention)) error {
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(inPassing))
	for ; from.Before(before); from = from.Add(slice) {
		to := from.Add(slice)
		if to.After(before) {
			to = before
		}
		if err := c.slice(ctx, from, to, visit); err != nil {
			return fmt.Errorf("detector: read the history: %w", err)
		}
	}
	return nil
}

// slice asks again as long as it may, and goes on after what was visited.
func (c chronicle) slice(ctx context.Context, from, to time.Time, visit func(brand string, m detect.Mention)) error {
	visited := 0
	return wait.Until(ctx, c.patience, time.Second, func() error {
		n := 0
		err := c.read(ctx, from, to, func(brand string, m detect.Mention) {
			if n++; n > visited {
				visited = n
				visit(brand, m)
			}
		})
		if full := (*clickhousego.Exception)(nil); err != nil && (!errors.As(err, &full) || full.Code != outOfMemory) {
			return wait.Final(err)
		}
		return err
	})
}

// read reads a slice: mentions, and beside them what was known of them then.
func (c chronicle) read(ctx context.Context, from, to time.Time, visit func(brand string, m detect.Mention)) error {
	rows, err := c.conn.Query(ctx, history, len(c.brands) == 0, c.brands, from.UnixMilli(), to.UnixMilli(), from.AddDate(0, 0, -1).UnixMilli(), to.Add(ahead).UnixMilli())
	if err != nil {
		return err
	}
	samples, err := readSamples(ctx, c.conn, c.brands, from, to, visit)
	if err != nil {
		return errors.Join(err, rows.Close())
	}
	defer samples.rows.Close()
	if err := eachRow(ctx, rows, samples.mention); err != nil {
		return err
	}
	return samples.rest()
}
