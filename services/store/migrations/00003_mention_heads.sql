-- +goose Up
-- +goose StatementBegin
-- Where each mention stands: the newest revision known of it, for each brand it
-- ever concerned, and under no brand where the newest one concerns none or the
-- mention is gone. The store asks here, by mention, before and after it writes.
CREATE TABLE IF NOT EXISTS mention_heads
(
    mention_id     String,
    brand_id       LowCardinality(String),
    published_time DateTime64(3, 'UTC'),
    revision       UInt64,
    is_deleted     UInt8,
    origin         Enum8('live' = 1, 'backfill' = 2, 'imported' = 3),
    import_id      LowCardinality(String),
    collected_time DateTime64(3, 'UTC'),
    inserted_time  DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (mention_id, brand_id, published_time)
SETTINGS index_granularity = 512;
-- +goose StatementEnd

-- +goose StatementBegin
-- A set does not mind being told twice, so a view that sees every insert will do.
CREATE MATERIALIZED VIEW IF NOT EXISTS mention_heads_of_revisions TO mention_heads AS
SELECT mention_id, brand_id, published_time, revision, is_deleted, origin, import_id, collected_time, inserted_time
FROM mention_revisions;
-- +goose StatementEnd

-- +goose StatementBegin
-- A deletion is the highest revision there is, and concerns no brand.
CREATE MATERIALIZED VIEW IF NOT EXISTS mention_heads_of_deletions TO mention_heads AS
SELECT mention_id, 18446744073709551615 AS revision, 1 AS is_deleted
FROM deletions;
-- +goose StatementEnd

-- +goose StatementBegin
INSERT INTO mention_heads
SELECT mention_id, brand_id, published_time, revision, is_deleted, origin, import_id, collected_time, inserted_time
FROM mention_revisions;
-- +goose StatementEnd

-- +goose StatementBegin
INSERT INTO mention_heads (mention_id, revision, is_deleted)
SELECT mention_id, 18446744073709551615, 1
FROM deletions;
-- +goose StatementEnd

-- +goose Down
DROP VIEW IF EXISTS mention_heads_of_deletions;
DROP VIEW IF EXISTS mention_heads_of_revisions;
DROP TABLE IF EXISTS mention_heads;
