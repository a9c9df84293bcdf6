package x

import (
	"strconv"
	"time"
)

// epoch is the first millisecond of X's ids ("snowflakes"), which hold the time
// in their upper bits. Ids before late 2010 were numbers in a row and tell nothing.
const (
	epoch          = 1288834974657
	firstSnowflake = 1 << 35 // above all numbers in a row
	timeShift      = 22
)

// isID says whether a text is an id: a positive number that fits its 64 bits.
func isID(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n > 0 && s[0] != '+' && s[0] != '0'
}

// snowflakeTime is when an id was made, zero when it does not tell.
func snowflakeTime(id string) time.Time {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < firstSnowflake {
		return time.Time{}
	}
	return time.UnixMilli(n>>timeShift + epoch).UTC()
}

// snowflakeAt is the first id that could be made at a moment.
func snowflakeAt(t time.Time) int64 {
	return max(0, t.UnixMilli()-epoch) << timeShift
}
