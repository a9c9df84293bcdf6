-- +goose Up
-- +goose StatementBegin
-- What an incident is decided from, in full: see incident.proto. Lists are JSON, as posts
-- are, which now say why each was chosen.
ALTER TABLE incident_revisions
    MODIFY COLUMN kind Enum8('spike' = 1, 'blind_source' = 2, 'opportunity' = 3),
    ADD COLUMN IF NOT EXISTS about_kind LowCardinality(String) AFTER level,
    ADD COLUMN IF NOT EXISTS about String AFTER about_kind,
    ADD COLUMN IF NOT EXISTS negative_share Float64 AFTER expected_negative,
    ADD COLUMN IF NOT EXISTS negative_share_low Float64 AFTER negative_share,
    ADD COLUMN IF NOT EXISTS negative_share_high Float64 AFTER negative_share_low,
    ADD COLUMN IF NOT EXISTS potential_reach UInt64 AFTER distinct_authors,
    ADD COLUMN IF NOT EXISTS copies UInt64 AFTER potential_reach,
    ADD COLUMN IF NOT EXISTS rarity_days UInt32 AFTER surprise,
    ADD COLUMN IF NOT EXISTS known_days UInt32 AFTER rarity_days,
    ADD COLUMN IF NOT EXISTS occasion String AFTER known_days,
    ADD COLUMN IF NOT EXISTS also_brand_ids Array(LowCardinality(String)) AFTER occasion,
    ADD COLUMN IF NOT EXISTS path String DEFAULT '[]' AFTER posts,
    ADD COLUMN IF NOT EXISTS authors String DEFAULT '[]' AFTER path,
    ADD COLUMN IF NOT EXISTS words String DEFAULT '[]' AFTER authors;
-- +goose StatementEnd

-- +goose StatementBegin
-- A view keeps the columns it was made with: see 00002.
CREATE OR REPLACE VIEW incident_steps AS
SELECT * FROM incident_revisions FINAL;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE VIEW incidents AS
SELECT *
FROM incident_revisions FINAL
ORDER BY revision DESC
LIMIT 1 BY incident_id;
-- +goose StatementEnd

-- +goose Down
SELECT 1; -- an older binary leaves these columns at their defaults
