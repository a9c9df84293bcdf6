package jetstream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/coder/websocket"

	"github.com/vigie-monitor/vigie/services/simulate/jetstream"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// A reader of Jetstream is tested against a feed that breaks on command.
func Example() {
	feed := jetstream.New(jetstream.Options{})
	server := httptest.NewServer(feed)
	defer server.Close()
	defer feed.Close()

	ctx := context.Background()
	conn, _, err := websocket.Dial(ctx, server.URL+"/subscribe?wantedCollections=app.bsky.feed.post", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = conn.CloseNow() }()
	feed.SetFaults(jetstream.Faults{Duplicate: 1})
	feed.Show(world.Post{Number: 1, Time: time.Now(), Author: world.Author{ID: 1, Handle: "ana"}, Text: "bonjour"})
	for range 2 {
		_, frame, err := conn.Read(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		var event struct {
			Commit struct{ Record struct{ Text string } }
		}
		fmt.Println(json.Unmarshal(frame, &event) == nil, event.Commit.Record.Text)
	}
	// Output:
	// true bonjour
	// true bonjour
}
