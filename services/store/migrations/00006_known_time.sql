-- +goose Up
-- +goose StatementBegin
-- When the bus took a mention of a brand first: one clock for all sources, in the
-- order in which mentions were learnt of. Of older rows, when they were scored.
ALTER TABLE mention_revisions
    ADD COLUMN IF NOT EXISTS known_time DateTime64(3, 'UTC') DEFAULT scored_time AFTER scored_time;
-- +goose StatementEnd

-- +goose StatementBegin
-- Of what was hidden before, when that was written: no earlier than it was scored.
ALTER TABLE mention_heads
    ADD COLUMN IF NOT EXISTS known_time DateTime64(3, 'UTC') DEFAULT inserted_time AFTER collected_time;
-- +goose StatementEnd

-- +goose StatementBegin
ALTER TABLE mention_heads_of_revisions MODIFY QUERY
SELECT mention_id, brand_id, published_time, revision, is_deleted, origin, import_id, collected_time, known_time, inserted_time
FROM mention_revisions;
-- +goose StatementEnd

-- +goose StatementBegin
-- What is shown stands in the place of its own head: of equal rows the last counts.
INSERT INTO mention_heads (mention_id, brand_id, published_time, revision, is_deleted, origin, import_id, collected_time, known_time, inserted_time)
SELECT mention_id, brand_id, published_time, revision, is_deleted, origin, import_id, collected_time, known_time, inserted_time
FROM mention_revisions FINAL
WHERE is_deleted = 0;
-- +goose StatementEnd

-- +goose StatementBegin
-- What anyone reads: see 00005. A view keeps the columns it was made with.
CREATE OR REPLACE VIEW mentions AS
SELECT * EXCEPT (is_deleted) REPLACE (if(story_id = '', mention_id, story_id) AS story_id)
FROM mention_revisions FINAL
WHERE is_deleted = 0;
-- +goose StatementEnd

-- +goose Down
SELECT 1; -- an older binary leaves this column at its default
