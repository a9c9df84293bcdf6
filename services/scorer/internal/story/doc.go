// Package story owns which posts are copies of one text: retweets without a
// mark, wire copy, copy-pasted campaigns, with the small edits that people and
// sites make (a handle, a hashtag or a link more, a comment before or after, the
// end cut off, other capitals and punctuation).
//
// It is pure: times are those of the posts, and the same posts in the same order
// get the same stories. It does not know which posts a source itself calls
// shares, nor what a story is about.
package story
