SELECT
    brand_id, mention_id, published_time, source, toString(ownership), toString(kind), toString(sentiment), topics,
    risks, risk_words, toString(recommendation), story_id,
    author_id, author_handle, author_name, followers, likes, shares, replies,
    page, language, sentiment_score, owner, title, text, url, model_version
FROM mentions
WHERE brand_id = @brand AND published_time >= @from AND published_time < @to
ORDER BY published_time, mention_id
