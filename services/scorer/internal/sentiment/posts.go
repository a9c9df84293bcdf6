package sentiment

import (
	_ "embed"
	"strings"
)

// postList is what people write to and of brands, written and labelled by us: lines
// "language<TAB>label<TAB>text" after a header. The files to train on speak of
// politics, television and the weather; nobody asks there when the shop opens.
//
//go:embed posts.tsv
var postList string

// ownShare is what our posts count for at least, beside the examples of the files.
const ownShare = 0.005

// ownPosts are our examples in a language of which the files hold so many.
func ownPosts(language string, others int) Corpus {
	own := Corpus{
		Source:   listed(language+" of posts.tsv", postList),
		Language: language,
	}
	for line := range strings.Lines(postList) {
		fields := strings.SplitN(strings.TrimSpace(line), "\t", 3)
		if len(fields) == 3 && fields[0] == language {
			own.Examples = append(own.Examples, Example{Text: fields[2], Label: names[fields[1]]})
		}
	}
	own.Weight = max(1, ownShare*float32(others)/float32(max(len(own.Examples), 1)))
	return own
}

// examples is how many there are, and whether each label has some.
func examples(corpora []Corpus) (n int, complete bool) {
	var seen [labels]bool
	for _, c := range corpora {
		n += len(c.Examples)
		for _, e := range c.Examples {
			seen[e.Label-Negative] = true
		}
	}
	return n, seen == [labels]bool{true, true, true}
}
