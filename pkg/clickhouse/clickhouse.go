// Package clickhouse opens the ClickHouse the config names, embedded or a real
// server: nothing above it can tell which. It owns no table and no query.
package clickhouse

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/wait"
)

// Options says how to reach the config's ClickHouse; the database is created by
// Open where it does not exist.
func Options(cfg config.ClickHouse, address string) *clickhouse.Options {
	options := &clickhouse.Options{
		Addr:             []string{address},
		Auth:             clickhouse.Auth{Database: cfg.Database, Username: cfg.Username, Password: cfg.PasswordFile.Value()},
		Compression:      &clickhouse.Compression{Method: clickhouse.CompressionLZ4},
		DialTimeout:      5 * time.Second,
		ReadTimeout:      5 * time.Minute,
		MaxOpenConns:     8,
		MaxIdleConns:     4,
		ConnMaxLifetime:  time.Hour,
		ConnOpenStrategy: clickhouse.ConnOpenInOrder,
	}
	if cfg.Secure {
		options.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return options
}

// Open connects, waiting up to patience for a ClickHouse that is starting, and makes
// sure that the database exists.
func Open(ctx context.Context, cfg *config.Config, patience time.Duration) (driver.Conn, error) {
	options := Options(cfg.ClickHouse, cfg.ClickHouseAddress())
	if err := createDatabase(ctx, *options, patience); err != nil {
		return nil, err
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, fmt.Errorf("clickhouse: %w", err)
	}
	return conn, nil
}

// codeNoDatabase is ClickHouse's UNKNOWN_DATABASE.
const codeNoDatabase = 81

// Find connects as a tool does: it makes no database, and fails where there is
// none.
func Find(ctx context.Context, cfg *config.Config, patience time.Duration) (driver.Conn, error) {
	address := cfg.ClickHouseAddress()
	conn, err := clickhouse.Open(Options(cfg.ClickHouse, address))
	if err != nil {
		return nil, fmt.Errorf("clickhouse: %w", err)
	}
	err = Patiently(ctx, patience, func() error { return conn.Exec(ctx, "SELECT 1") })
	if err == nil {
		return conn, nil
	}
	conn.Close()
	if answer := (*clickhouse.Exception)(nil); errors.As(err, &answer) && answer.Code == codeNoDatabase {
		return nil, fmt.Errorf("clickhouse: no service has made the database %s at %s yet: start `vigie up` first", cfg.ClickHouse.Database, address)
	}
	return nil, unusable(address, err)
}

func unusable(address string, err error) error {
	return fmt.Errorf("clickhouse: nothing usable answers at %s: start `vigie up`, or set clickhouse.addr: %w", address, err)
}

func createDatabase(ctx context.Context, options clickhouse.Options, patience time.Duration) error {
	database := options.Auth.Database
	options.Auth.Database = ""
	conn, err := clickhouse.Open(&options)
	if err != nil {
		return fmt.Errorf("clickhouse: %w", err)
	}
	defer conn.Close()
	err = Patiently(ctx, patience, func() error { return conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+database) })
	if err != nil {
		return unusable(options.Addr[0], err)
	}
	return nil
}

// Patiently does a work, again while ClickHouse cannot be reached or dies in the
// middle, for up to patience. What ClickHouse itself answers is an answer. The work
// must bear to be done again.
func Patiently(ctx context.Context, patience time.Duration, work func() error) error {
	return wait.Until(ctx, patience, 200*time.Millisecond, func() error {
		err := work()
		if answer := (*clickhouse.Exception)(nil); errors.As(err, &answer) {
			return wait.Final(err)
		}
		return err
	})
}
