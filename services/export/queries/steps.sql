-- Every step of the incidents that went on in the week or the week before: the
-- brand's, and those of sources that could not be seen.
SELECT
    incident_id, revision, kind = 'blind_source', source, page, if(kind = 'opportunity', 'opportunity', toString(level)),
    opened_time, level_time, changed_time, resolved_time,
    observed_mentions, expected_mentions, observed_negative, expected_negative
FROM incident_steps
WHERE incident_id IN
(
    SELECT incident_id
    FROM incidents
    WHERE (kind = 'blind_source' OR brand_id = @brand) AND opened_time < @to
      AND (resolved_time IS NULL OR resolved_time > @before)
)
ORDER BY incident_id, revision
