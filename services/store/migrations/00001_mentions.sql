-- +goose Up
-- +goose StatementBegin
-- Every revision of every mention, once for each brand it concerns. Delivered
-- twice, it stands here twice until a merge: read the view, which counts once.
-- A tombstone (is_deleted) has the highest revision there is.
CREATE TABLE IF NOT EXISTS mention_revisions
(
    brand_id        LowCardinality(String),
    mention_id      String,
    revision        UInt64,
    is_deleted      UInt8 DEFAULT 0,
    source          LowCardinality(String),
    page            String,
    ownership       Enum8('official' = 1, 'third_party' = 2),
    kind            Enum8('post' = 1, 'comment' = 2, 'share' = 3, 'article' = 4, 'review' = 5),
    origin          Enum8('live' = 1, 'backfill' = 2, 'imported' = 3),
    url             String,
    title           String,
    text            String,
    language        LowCardinality(String),
    author_id       String,
    author_handle   String,
    author_name     String,
    followers       UInt64,
    verified        Bool,
    likes           UInt64,
    shares          UInt64,
    replies         UInt64,
    in_reply_to     String,
    shared_id       String,
    sentiment       Enum8('none' = 0, 'negative' = 1, 'neutral' = 2, 'positive' = 3),
    sentiment_score Float32,
    topics          Array(LowCardinality(String)),
    owner           LowCardinality(String),
    model_version   LowCardinality(String),
    published_time  DateTime64(3, 'UTC'),
    collected_time  DateTime64(3, 'UTC'),
    scored_time     DateTime64(3, 'UTC'),
    inserted_time   DateTime64(3, 'UTC') DEFAULT now64(3),
    import_id       String,
    INDEX by_id mention_id TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree(revision, is_deleted)
PARTITION BY toYYYYMM(published_time)
ORDER BY (brand_id, published_time, mention_id);
-- +goose StatementEnd

-- +goose StatementBegin
-- What anyone reads: each mention of a brand once, in its newest revision,
-- without what was deleted.
CREATE VIEW IF NOT EXISTS mentions AS
SELECT * EXCEPT (is_deleted)
FROM mention_revisions FINAL
WHERE is_deleted = 0;
-- +goose StatementEnd

-- +goose StatementBegin
-- Mentions their source says are gone: applied again for a while, because a
-- deletion can overtake the mention it is about.
CREATE TABLE IF NOT EXISTS deletions
(
    mention_id   String,
    source       LowCardinality(String),
    deleted_time DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (source, mention_id)
TTL toDateTime(deleted_time) + INTERVAL 7 DAY;
-- +goose StatementEnd

-- +goose Down
DROP TABLE IF EXISTS deletions;
DROP VIEW IF EXISTS mentions;
DROP TABLE IF EXISTS mention_revisions;
