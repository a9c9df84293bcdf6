-- +goose Up
-- +goose StatementBegin
-- What was known of a mention's audience when each message about it came: the mention
-- itself keeps the newest figures only, and a replay must not know them before their time.
-- Delivered twice, a row stands here twice until a merge: read it FINAL. Of what came
-- before this table was made, and of what was imported, nothing is known.
CREATE TABLE IF NOT EXISTS mention_samples
(
    brand_id       LowCardinality(String),
    mention_id     String,
    revision       UInt64,
    published_time DateTime64(3, 'UTC'),
    known_time     DateTime64(3, 'UTC'),
    ownership      Enum8('official' = 1, 'third_party' = 2),
    kind           Enum8('post' = 1, 'comment' = 2, 'share' = 3, 'article' = 4, 'review' = 5),
    sentiment      Enum8('none' = 0, 'negative' = 1, 'neutral' = 2, 'positive' = 3),
    followers      UInt64,
    engagement     UInt64,
    INDEX by_id mention_id TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(known_time)
ORDER BY (brand_id, known_time, mention_id, revision);
-- +goose StatementEnd

-- +goose Down
DROP TABLE IF EXISTS mention_samples;
