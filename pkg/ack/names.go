package ack

import (
	"strconv"
	"strings"

	vigiev1 "github.com/vigie-monitor/vigie/proto/vigie/v1"
)

// ParseLevel reads a level's name: "watch", "alert" or "crisis"; anything else is LEVEL_UNSPECIFIED.
func ParseLevel(name string) vigiev1.Level {
	return vigiev1.Level(vigiev1.Level_value["LEVEL_"+strings.ToUpper(name)])
}

// PageID names a page: "<incident>/<level>/<step>/<person>/<channel>". It is the
// page's idempotency key.
func PageID(incidentID, level string, step uint32, personID, channel string) string {
	return strings.Join([]string{incidentID, level, strconv.FormatUint(uint64(step), 10), personID, channel}, "/")
}

// Channel reads the channel off a page's name. An incident's id may hold slashes;
// a channel's may not.
func Channel(pageID string) string {
	return pageID[strings.LastIndexByte(pageID, '/')+1:]
}
