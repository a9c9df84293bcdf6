-- +goose Up
-- +goose StatementBegin
CREATE TABLE IF NOT EXISTS verdict_events
(
    incident_id String,
    level       Enum8('none' = 1, 'watch' = 2, 'alert' = 3, 'crisis' = 4),
    person_id   LowCardinality(String),
    said_by     String,
    said_time   DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(said_time)
ORDER BY incident_id;
-- +goose StatementEnd

-- +goose StatementBegin
-- What people say that an incident was: of each the last verdict.
CREATE VIEW IF NOT EXISTS verdicts AS
SELECT * FROM verdict_events FINAL;
-- +goose StatementEnd

-- +goose Down
DROP VIEW IF EXISTS verdicts;
DROP TABLE IF EXISTS verdict_events;
