-- +goose Up
-- +goose StatementBegin
-- Each page once: what was sent to whom, and who took it in charge. A time that
-- did not come is NULL, not the year 1970.
CREATE OR REPLACE VIEW pages AS
SELECT
    e.page_id                                     AS page_id,
    any(e.incident_id)                            AS incident_id,
    any(e.brand_id)                               AS brand_id,
    any(e.level)                                  AS level,
    any(e.step)                                   AS step,
    any(e.person_id)                              AS person_id,
    any(e.channel)                                AS channel,
    max(e.state)                                  AS state,
    minOrNullIf(e.changed_time, e.state = 'sent')  AS sent_time,
    maxOrNullIf(e.changed_time, e.state = 'acked') AS acked_time,
    maxIf(e.delay_seconds, e.state = 'sent')      AS delay_seconds,
    max(e.attempts)                               AS attempts,
    anyIf(e.error, e.state = 'failed')            AS error,
    anyIf(e.acked_by, e.state = 'acked')          AS acked_by,
    anyIf(e.text, e.state = 'sent')               AS text
FROM page_events AS e FINAL
GROUP BY e.page_id;
-- +goose StatementEnd

-- +goose Down
SELECT 1; -- an older binary reads this view as well
