-- The pages of those incidents. A page that never left has no time of sending.
SELECT incident_id, toString(level), sent_time, acked_time, acked_by
FROM pages
WHERE incident_id IN
(
    SELECT incident_id
    FROM incidents
    WHERE kind = 'spike' AND brand_id = @brand AND opened_time < @to
      AND (resolved_time IS NULL OR resolved_time > @before)
)
ORDER BY page_id
