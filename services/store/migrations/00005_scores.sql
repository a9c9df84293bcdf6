-- +goose Up
-- +goose StatementBegin
ALTER TABLE mention_revisions
    ADD COLUMN IF NOT EXISTS risks          Array(LowCardinality(String)) AFTER owner,
    ADD COLUMN IF NOT EXISTS risk_words     Array(String) AFTER risks,
    ADD COLUMN IF NOT EXISTS recommendation Enum8('none' = 0, 'recommends' = 1, 'warns' = 2) AFTER risk_words,
    ADD COLUMN IF NOT EXISTS story_id       String AFTER recommendation;
-- +goose StatementEnd

-- +goose StatementBegin
-- What anyone reads: each mention of a brand once, in its newest revision, without
-- what was deleted. A mention stored before stories were told is a story of its own.
CREATE OR REPLACE VIEW mentions AS
SELECT * EXCEPT (is_deleted) REPLACE (if(story_id = '', mention_id, story_id) AS story_id)
FROM mention_revisions FINAL
WHERE is_deleted = 0;
-- +goose StatementEnd

-- +goose Down
SELECT 1; -- an older binary leaves these columns at their defaults
