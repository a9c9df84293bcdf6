package clickhousetest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/vigie-monitor/vigie/services/clickhouse"
)

const (
	serveEnv    = "VIGIE_CLICKHOUSETEST_SERVE"
	dirEnv      = "VIGIE_CLICKHOUSETEST_DIR"
	readyPrefix = "ready "
)

// init turns the test binary into the engine's process if StartProcess has started it. It is an init and
// not a line in TestMain so that importing this package is all a test needs.
func init() {
	if os.Getenv(serveEnv) != "" {
		os.Exit(serve())
	}
}

// serve runs the engine until standard input ends: when the parent stops it, or dies.
func serve() int {
	dir := os.Getenv(dirEnv)
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "clickhousetest-"); err != nil {
			fmt.Println("clickhousetest:", err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }()
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	server, err := clickhouse.New(clickhouse.Options{
		Addr:   "127.0.0.1:0",
		Dir:    dir,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Grace:  time.Second,
	})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(readyPrefix + server.Addr())
	if err := server.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
