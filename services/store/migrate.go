package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	clickhousego "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/vigie-monitor/vigie/pkg/clickhouse"
	"github.com/vigie-monitor/vigie/pkg/config"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the tables of the config's database to this binary's version.
// Migrations only go forward, and leave what older binaries need.
func Migrate(ctx context.Context, cfg *config.Config) error {
	return clickhouse.Patiently(ctx, startWait, func() error { return migrate(ctx, cfg) })
}

func migrate(ctx context.Context, cfg *config.Config) error {
	conn, err := clickhouse.Open(ctx, cfg, startWait) // makes the database
	if err != nil {
		return err
	}
	if err := conn.Close(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	db := clickhousego.OpenDB(clickhouse.Options(cfg.ClickHouse, cfg.ClickHouseAddress()))
	defer db.Close()
	return up(ctx, db)
}

func up(ctx context.Context, db *sql.DB) error {
	provider, err := migrator(db)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate the tables: %w", err)
	}
	return nil
}

func migrator(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("store: migrations: %w", err)
	}
	provider, err := goose.NewProvider(database.DialectClickHouse, db, files,
		goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("store: migrations: %w", err)
	}
	return provider, nil
}
