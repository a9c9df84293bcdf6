package instance_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/vigie-monitor/vigie/services/simulate/instance"
	"github.com/vigie-monitor/vigie/services/simulate/world"
)

// A reader of Mastodon is tested against an instance that breaks on command: here
// its stream goes on beating and has no posts any more.
func Example() {
	inst := instance.New(instance.Options{Token: "token", Heartbeat: time.Millisecond})
	server := httptest.NewServer(inst)
	defer server.Close()
	defer inst.Close()

	inst.SetFaults(instance.Faults{Deaf: true})
	request, _ := http.NewRequest(http.MethodGet, server.URL+"/api/v1/streaming/public", nil)
	request.Header.Set("Authorization", "Bearer token")
	response, err := server.Client().Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	inst.Show(world.Post{Number: 1, Time: time.Now(), Author: world.Author{ID: 2, Handle: "ana"}, Text: "bonjour"})
	lines := bufio.NewScanner(response.Body)
	for range 3 {
		lines.Scan()
		fmt.Println(strings.TrimSpace(lines.Text()))
	}
	// Output:
	// :)
	// :thump
	// :thump
}
