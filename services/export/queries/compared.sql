-- The brand in the week before, and its competitors in both weeks.
SELECT
    brand_id, mention_id, published_time, source, toString(ownership), toString(kind), toString(sentiment), topics,
    risks, risk_words, toString(recommendation), story_id,
    author_id, author_handle, author_name, followers, likes, shares, replies
FROM mentions
WHERE brand_id IN @brands AND published_time >= @before AND published_time < @to
  AND NOT (brand_id = @brand AND published_time >= @from)
