package detector

import (
	"context"
	"fmt"
	"time"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/services/detector/internal/detect"
)

// asIfLive are mentions as if a detector had run all the time: what was imported, or
// fetched more than a day late, came when it was published.
const asIfLive = `(
	SELECT * REPLACE (if(late, published_time, collected_time) AS collected_time, if(late, published_time, known_time) AS known_time)
	FROM (SELECT *, origin = 'imported' OR origin = 'backfill' AND published_time < known_time - INTERVAL 1 DAY AS late FROM mentions))`

const history = `
SELECT ` + mentionColumns + `
FROM ` + asIfLive + `
WHERE (brand_id = ? OR ? = '') AND known_time >= fromUnixTimestamp64Milli(?) AND known_time < fromUnixTimestamp64Milli(?)
ORDER BY known_time, mention_id, brand_id`

// inPassing keeps the reading of years small: the embedded engine has little memory,
// and others need the machine. What does not fit is sorted on the disk.
var inPassing = clickhousego.Settings{"max_threads": 1, "max_block_size": 8192, "max_bytes_before_external_sort": 64 << 20}

// eachPast visits the mentions of a brand, or of all where it is "", and how people reacted
// to them since, in the order in which a detector learnt of them, from a moment up to before another.
func eachPast(ctx context.Context, conn driver.Conn, brand string, from, before time.Time, visit func(brand string, m detect.Mention)) error {
	ctx = clickhousego.Context(ctx, clickhousego.WithSettings(inPassing))
	rows, err := conn.Query(ctx, history, brand, brand, from.UnixMilli(), before.UnixMilli())
	if err != nil {
		return fmt.Errorf("detector: read the history: %w", err)
	}
	samples, err := readSamples(ctx, conn, brand, from, before, visit)
	if err != nil {
		rows.Close()
		return fmt.Errorf("detector: read the history: %w", err)
	}
	defer samples.rows.Close()
	if err = eachRow(ctx, rows, samples.mention); err == nil {
		err = samples.rest()
	}
	if err != nil {
		return fmt.Errorf("detector: read the history: %w", err)
	}
	return nil
}
