package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/ingest"
)

const (
	killSchedules = 20
	killPosts     = 4000
)

// apart are the roles of the product, each in a process of its own, in the order in
// which they are started.
var apart = []string{"nats", "clickhouse", "store", "detector", "pager", "desk", "scorer", "ingest"}

// Any process is killed with -9 at a random moment of an import, again and
// again, and started anew: when the import has ended, the tables hold every post
// once, by a count made without the product. Half of the schedules run `vigie
// up`, half each role in a process of its own.
func TestKillAnyProcessDuringAnImport(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for n := range killSchedules {
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		t.Run(fmt.Sprintf("schedule %d of seed %d", n, seed), func(t *testing.T) {
			t.Parallel()
			killSchedule(t, r, n%2 == 0)
		})
	}
}

func killSchedule(t *testing.T, r *rand.Rand, together bool) {
	m := newMachine(t, func(cfg *config.Config) {
		cfg.Brands = []config.Brand{{ID: "zest", Name: "Zestaline", Query: "zestaline"}}
		if !together {
			cfg.NATS.URL, cfg.ClickHouse.Addr = "nats://"+cfg.NATS.Listen, cfg.ClickHouse.Listen
		}
	})
	path, wanted, unwanted := writePosts(t, r, m.folder)
	start := time.Now()
	step := func(what string) { t.Logf("%6.2f s  %s", time.Since(start).Seconds(), what) }
	roles := apart
	if together {
		roles = []string{"up"}
	}
	running := map[string]*process{}
	for _, role := range roles {
		running[role] = m.start(role)
		if role == "store" {
			m.migrated()
		}
	}
	if together {
		m.ready(running["up"])
	}
	importing := m.start("import", "--format", "ndjson", path)
	for range 1 + r.IntN(3) {
		select {
		case <-importing.done:
		case <-time.After(time.Duration(r.IntN(1200)) * time.Millisecond):
		}
		step("kill " + m.killOne(r, running, &importing, path))
	}
	select {
	case <-importing.done:
	case <-time.After(time.Minute):
		for name, p := range running {
			t.Logf("%s said:\n%s", name, p.output)
		}
		t.Fatalf("the import does not end:\n%s", importing.output)
	}
	step("imported")
	for name, p := range running {
		select {
		case <-p.done:
			t.Fatalf("%s did not outlive the death of another:\n%s", name, p.output)
		default:
		}
	}
	out := importing.output.String()
	require.Zero(t, importing.cmd.ProcessState.ExitCode(), out)
	var summary ingest.Summary
	require.NoError(t, json.Unmarshal([]byte(importing.stdout.String()), &summary), out)
	require.Equal(t, wanted, summary.Stored+summary.Dropped["already_known"], out)
	require.Equal(t, summary.Read, summary.Stored+summary.Sum(), out)
	require.Equal(t, unwanted, summary.Dropped["no_brand"], out)
	m.migrated() // the last to be killed may have been the engine
	require.EqualValues(t, wanted, m.sql("SELECT count() FROM mentions"))
	require.EqualValues(t, wanted, m.sql("SELECT uniqExact(mention_id) FROM mentions"))
}

// migrated waits until the tables are there and answer: the detector learns from them.
func (m *machine) migrated() {
	m.t.Helper()
	conn, err := clickhouse.Open(m.t.Context(), m.config, time.Minute)
	require.NoError(m.t, err)
	defer conn.Close()
	require.Eventually(m.t, func() bool {
		return conn.Exec(m.t.Context(), "SELECT 1 FROM mentions LIMIT 1") == nil
	}, time.Minute, 50*time.Millisecond)
}

// killOne kills a process with -9 and starts it again: a role, the engine below
// `vigie up`, or the import itself.
func (m *machine) killOne(r *rand.Rand, running map[string]*process, importing **process, path string) string {
	victims := append(slices.Sorted(maps.Keys(running)), "import")
	if running["up"] != nil {
		victims = append(victims, "engine")
	}
	victim := victims[r.IntN(len(victims))]
	switch victim {
	case "import":
		(*importing).kill()
		*importing = m.start("import", "--format", "ndjson", path)
	case "engine":
		m.ready(running["up"]) // an engine that cannot even start is no crash
		if pid := running["up"].child(); pid > 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	default:
		running[victim].kill()
		running[victim] = m.start(victim)
	}
	return victim
}

// writePosts writes posts of which some concern the brand, some are there twice,
// and counts them as it writes.
func writePosts(t *testing.T, r *rand.Rand, folder string) (path string, wanted, unwanted int) {
	t.Helper()
	var lines []string
	for n := range killPosts {
		text := "encore une zestaline"
		if r.IntN(10) == 0 {
			text = "rien à voir"
			unwanted++
		} else {
			wanted++
		}
		published := time.Date(2026, 3, 4, 12, 0, n, 0, time.UTC).Format(time.RFC3339)
		line := fmt.Sprintf(`{"source":"forum","id":"%d","text":%q,"published_time":%q,"author":"a%d"}`, n, text, published, r.IntN(500))
		for range 1 + r.IntN(2) {
			lines = append(lines, line)
		}
	}
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	path = filepath.Join(folder, "posts.ndjson")
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600))
	return path, wanted, unwanted
}
