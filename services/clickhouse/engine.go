package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vigie-monitor/vigie/services/clickhouse/internal/libchdb"
	"github.com/vigie-monitor/vigie/services/clickhouse/internal/sqltext"
)

// engineConfig keeps an engine that was made for big servers small: little memory for caches, and a limit
// at which queries fail with code 241, instead of the machine with them. The library has two threads for
// merges; with the table settings made for sixteen it would put off every mutation and every big merge.
// Statistics of columns, which every insert and merge would compute, help joins of big tables only.
const engineConfig = `<clickhouse>
  <max_server_memory_usage>%d</max_server_memory_usage>
  <mark_cache_size>16777216</mark_cache_size>
  <index_mark_cache_size>4194304</index_mark_cache_size>
  <primary_index_cache_size>16777216</primary_index_cache_size>
  <compiled_expression_cache_size>8388608</compiled_expression_cache_size>
  <mmap_cache_size>64</mmap_cache_size>
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
    <auto_statistics_types></auto_statistics_types>
  </merge_tree>
</clickhouse>
`

// sessionDefaults are the settings every session begins with, as literals.
var sessionDefaults = map[string]string{
	// Blocks of an insert are gathered up to this size before they are sorted and written.
	"min_insert_block_size_bytes": "67108864",
	// Queries that need more than this go to disk.
	"max_bytes_before_external_sort":     "67108864",
	"max_bytes_before_external_group_by": "67108864",
	// The form in which package native takes results.
	"output_format_native_encode_types_in_binary_format": "1",
	// What the library turns on for its own shell, and a server does not.
	"implicit_select":               "0",
	"allow_introspection_functions": "0",
}

// markSetting carries a session's mark, by which its query can be found and stopped: the engine gives
// queries ids of its own, and offers no way to name one. The setting matters only to table engines that
// are not built in.
const markSetting = "stream_like_engine_insert_queue"

// engine is the one ClickHouse engine of this process.
type engine struct {
	log      *slog.Logger
	args     []string
	version  [3]int
	timezone string

	control      *libchdb.Conn // held open so that the engine stays; runs commands
	controlMutex sync.Mutex
	used         atomic.Bool // a query has run since memory was given back

	mutex   sync.Mutex
	marks   int
	running map[string]bool // query ids that clients gave
}

func openEngine(dir *dataDir, memoryLimit uint64, log *slog.Logger) (*engine, error) {
	config := fmt.Sprintf(engineConfig, memoryLimit)
	if err := os.WriteFile(dir.config(), []byte(config), 0o600); err != nil {
		return nil, dir.unusable(err)
	}
	e := &engine{
		log:     log,
		args:    []string{"--path=" + dir.engine(), "--config-file=" + dir.config()},
		running: map[string]bool{},
	}
	var err error
	if e.control, err = libchdb.Connect(e.args...); err != nil {
		return nil, fmt.Errorf("clickhouse: the engine would not start on %s: %w: the folder may be damaged or from a newer version, or this process already runs an engine on another folder", dir.path, err)
	}
	if err := e.identify(); err != nil {
		e.close()
		return nil, fmt.Errorf("clickhouse: the engine on %s does not answer: %w", dir.path, err)
	}
	return e, nil
}

// identify asks for what the handshake tells clients.
func (e *engine) identify() error {
	out, _, err := e.control.Query("SELECT version(), timezone()", "TSVRaw")
	if err != nil {
		return err
	}
	version, timezone, _ := strings.Cut(strings.TrimSpace(string(out)), "\t")
	e.timezone = timezone
	for i, part := range strings.SplitN(version, ".", 4) {
		if i < len(e.version) {
			e.version[i], _ = strconv.Atoi(part)
		}
	}
	return nil
}

// connect opens a connection for one session.
func (e *engine) connect(mark string) (*libchdb.Conn, error) {
	db, err := libchdb.Connect(e.args...)
	if err != nil {
		return nil, err
	}
	if err := set(db, append(assignments(sessionDefaults), markSetting+" = "+sqltext.Quote(mark))...); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func (e *engine) newMark() string {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.marks++
	return "vigie-" + strconv.Itoa(e.marks)
}

// killRetry is how often a cancelled query is killed again: it may not have been on the engine's list yet.
const killRetry = 50 * time.Millisecond

// killOnCancel stops the marked session's query when ctx is done. stop must be called when the query has
// ended, and before the session's next one.
func (e *engine) killOnCancel(ctx context.Context, mark string) (stop func()) {
	over, killed := make(chan struct{}), make(chan struct{})
	disarm := context.AfterFunc(ctx, func() {
		defer close(killed)
		for {
			e.command("KILL QUERY WHERE Settings[" + sqltext.Quote(markSetting) + "] = " + sqltext.Quote(mark) + " ASYNC")
			select {
			case <-over:
				return
			case <-time.After(killRetry):
			}
		}
	})
	return func() {
		close(over)
		if !disarm() {
			<-killed
		}
	}
}

// command runs a statement of the server's own. None of them is worth failing for.
func (e *engine) command(statement string) {
	e.controlMutex.Lock()
	defer e.controlMutex.Unlock()
	if _, _, err := e.control.Query(statement, "Null"); err != nil {
		e.log.Warn("the engine refuses a command", "command", statement, "err", err)
	}
}

// claimQueryID registers a running query's id, as a server does, until release is called.
func (e *engine) claimQueryID(id string) (release func(), err error) {
	if id == "" {
		return func() {}, nil
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.running[id] {
		return nil, libchdb.Exceptionf(libchdb.CodeQueryIDRunning, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", "Query with id = %s is already running.", id)
	}
	e.running[id] = true
	return func() {
		e.mutex.Lock()
		defer e.mutex.Unlock()
		delete(e.running, id)
	}, nil
}

func (e *engine) close() {
	e.controlMutex.Lock()
	defer e.controlMutex.Unlock()
	e.control.Close()
}

// exception finds the engine's error in err.
func exception(err error) (*libchdb.Exception, bool) {
	return errors.AsType[*libchdb.Exception](err)
}
