-- The first mention known of the brand and of its competitors: what was said
-- before it was not seen.
SELECT brand_id, min(published_time)
FROM mentions
WHERE brand_id IN @brands
GROUP BY brand_id
