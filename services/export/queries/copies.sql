-- The mentions of the stories that were told most, the first one first.
SELECT
    brand_id, mention_id, published_time, source, toString(ownership), toString(kind), toString(sentiment), topics,
    risks, risk_words, toString(recommendation), story_id,
    author_id, author_handle, author_name, followers, likes, shares, replies,
    title, text, url
FROM mentions
WHERE brand_id = @brand AND published_time >= @from AND published_time < @to AND story_id IN @stories
ORDER BY published_time, mention_id
