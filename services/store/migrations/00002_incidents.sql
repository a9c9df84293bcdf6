-- +goose Up
-- +goose StatementBegin
CREATE TABLE IF NOT EXISTS incident_revisions
(
    incident_id       String,
    revision          UInt64,
    kind              Enum8('spike' = 1, 'blind_source' = 2),
    brand_id          LowCardinality(String),
    source            LowCardinality(String),
    page              String,
    level             Enum8('watch' = 1, 'alert' = 2, 'crisis' = 3),
    state             Enum8('open' = 1, 'resolved' = 2),
    opened_time       DateTime64(3, 'UTC'),
    level_time        DateTime64(3, 'UTC'),
    resolved_time     Nullable(DateTime64(3, 'UTC')),
    changed_time      DateTime64(3, 'UTC'),
    window_from       DateTime64(3, 'UTC'),
    window_to         DateTime64(3, 'UTC'),
    observed_mentions UInt64,
    expected_mentions Float64,
    observed_negative UInt64,
    expected_negative Float64,
    distinct_authors  UInt64,
    surprise          Float64,
    signals           Array(LowCardinality(String)),
    mention_ids       Array(String),
    mention_ids_truncated Bool,
    posts             String, -- JSON list of the posts shown
    blind_sources     Array(String),
    detail            String,
    rule_version      LowCardinality(String),
    model_version     LowCardinality(String)
)
ENGINE = ReplacingMergeTree(changed_time)
ORDER BY (incident_id, revision);
-- +goose StatementEnd

-- +goose StatementBegin
-- Every step of every incident, once.
CREATE VIEW IF NOT EXISTS incident_steps AS
SELECT * FROM incident_revisions FINAL;
-- +goose StatementEnd

-- +goose StatementBegin
-- Each incident once, as it stands now.
CREATE VIEW IF NOT EXISTS incidents AS
SELECT *
FROM incident_revisions FINAL
ORDER BY revision DESC
LIMIT 1 BY incident_id;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TABLE IF NOT EXISTS page_events
(
    page_id       String,
    incident_id   String,
    brand_id      LowCardinality(String),
    level         Enum8('watch' = 1, 'alert' = 2, 'crisis' = 3),
    step          UInt32,
    person_id     LowCardinality(String),
    channel       LowCardinality(String),
    state         Enum8('sent' = 1, 'failed' = 2, 'acked' = 3),
    changed_time  DateTime64(3, 'UTC'),
    delay_seconds Float64,
    attempts      UInt32,
    error         String,
    acked_by      String,
    text          String
)
ENGINE = ReplacingMergeTree(changed_time)
ORDER BY (incident_id, page_id, state);
-- +goose StatementEnd

-- +goose StatementBegin
-- Each page once: what was sent to whom, and who took it in charge.
CREATE VIEW IF NOT EXISTS pages AS
SELECT
    e.page_id                                     AS page_id,
    any(e.incident_id)                            AS incident_id,
    any(e.brand_id)                               AS brand_id,
    any(e.level)                                  AS level,
    any(e.step)                                   AS step,
    any(e.person_id)                              AS person_id,
    any(e.channel)                                AS channel,
    max(e.state)                                  AS state,
    minIf(e.changed_time, e.state = 'sent')       AS sent_time,
    maxIf(e.changed_time, e.state = 'acked')      AS acked_time,
    maxIf(e.delay_seconds, e.state = 'sent')      AS delay_seconds,
    max(e.attempts)                               AS attempts,
    anyIf(e.error, e.state = 'failed')            AS error,
    anyIf(e.acked_by, e.state = 'acked')          AS acked_by,
    anyIf(e.text, e.state = 'sent')               AS text
FROM page_events AS e FINAL
GROUP BY e.page_id;
-- +goose StatementEnd

-- +goose Down
DROP VIEW IF EXISTS pages;
DROP TABLE IF EXISTS page_events;
DROP VIEW IF EXISTS incidents;
DROP VIEW IF EXISTS incident_steps;
DROP TABLE IF EXISTS incident_revisions;
