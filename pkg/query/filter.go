package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// filterNode asks about a post what its words do not tell.
type filterNode struct {
	name       string
	comparison string // of numbers: ">", ">=", "<", "<=" or "="
	number     uint64
	value      string // in the form that is compared
	source     string // as written
}

// names are those of the filters.
var names = []string{"source", "page", "author", "site", "lang", "ownership", "kind", "followers"}

// meant are words that people try for a filter, or for its values.
var meant = map[string]string{
	"language": "lang", "langue": "lang", "from": "author", "auteur": "author", "by": "author", "domain": "site", "url": "site",
	"host": "site", "type": "kind", "reach": "followers", "min_followers": "followers", "followers_count": "followers", "platform": "source",
	"network": "source", "account": "page", "subreddit": "page", "exact": "raw", "case": "raw",
	"french": "fr", "français": "fr", "francais": "fr", "english": "en", "anglais": "en", "spanish": "es", "español": "es", "german": "de",
	"deutsch": "de", "italian": "it", "italiano": "it", "portuguese": "pt", "arabic": "ar", "hindi": "hi",
	"third-party": "third_party", "thirdparty": "third_party", "third": "third_party", "others": "third_party", "own": "official", "owned": "official",
	"reply": "comment", "retweet": "share", "repost": "share", "quote": "share", "tweet": "post", "news": "article",
}

var values = map[string][]string{
	"ownership": {"official", "third_party"},
	"kind":      {"post", "comment", "share", "article", "review"},
}

// filter reads a filter, or raw:, with its value: one, or several in parentheses
// joined by OR.
func (p *parser) filter() (node, error) {
	name := p.value
	read := p.filterOf
	switch {
	case name == "raw":
		read = p.rawOf
	case !slices.Contains(names, name):
		return nil, p.unknownFilter(name)
	}
	colon := p.pos
	if p.nextValue(); p.symbol == end || p.start != colon {
		p.start = colon
		return nil, p.fail("a value right after "+name+":", "nothing", "")
	}
	if p.symbol != open {
		n, err := read(name)
		if err != nil {
			return nil, err
		}
		if err := p.count(); err != nil {
			return nil, err
		}
		p.next()
		return n, nil
	}
	p.nextValue()
	var alternatives []node
	for {
		n, err := read(name)
		if err != nil {
			return nil, err
		}
		if err := p.count(); err != nil {
			return nil, err
		}
		alternatives = append(alternatives, n)
		if p.nextValue(); p.symbol != opOr {
			break
		}
		p.nextValue()
	}
	if p.symbol != closing {
		return nil, p.fail("OR or a closing parenthesis", p.found(), "")
	}
	p.next()
	if len(alternatives) == 1 {
		return alternatives[0], nil
	}
	return orNode{alternatives}, nil
}

func (p *parser) unknownFilter(name string) error {
	if strings.HasPrefix(p.text[p.pos:], "//") {
		return p.fail(aTerm, fmt.Sprintf("%q", name+"://"), "links are not read; for the posts of a site write site:example.org")
	}
	all := append([]string{"raw"}, names...)
	hint := meant[strings.ToLower(name)]
	if hint == "" {
		hint = nearest(name, all)
	}
	if hint != "" {
		hint = "did you mean " + hint + ":?"
	} else {
		hint = "to look for the words, put them in quotation marks"
	}
	return p.fail("one of the filters "+strings.Join(all, ": ")+":", fmt.Sprintf("%q", name+":"), hint)
}

// rawOf makes a term that must stand in a text to the letter.
func (p *parser) rawOf(string) (node, error) {
	if p.symbol != bare && p.symbol != quoted {
		return nil, p.fail(`a word or "phrase" after raw:`, p.found(), "")
	}
	t := termNode{source: p.value, raw: literal(p.value), tokens: termTokens(p.value), quoted: true}
	if err := p.checkLength(t, `a word or "phrase" after raw:`); err != nil {
		return nil, err
	}
	return t, nil
}

// filterOf makes a filter of the current symbol.
func (p *parser) filterOf(name string) (node, error) {
	if p.symbol != bare && p.symbol != quoted || p.value == "" {
		return nil, p.fail("a value after "+name+":", p.found(), "")
	}
	f := filterNode{name: name, value: strings.ToLower(p.value), source: p.text[p.start:p.pos]}
	switch name {
	case "page", "author":
		f.value = pageForm(p.value)
	case "site":
		f.value = siteForm(p.value)
		return f, p.checkSite(f.value)
	case "lang":
		return f, p.checkLang(f.value)
	case "followers":
		return p.followers(f)
	case "ownership", "kind":
		if !slices.Contains(values[name], f.value) {
			return nil, p.fail("one of "+strings.Join(values[name], ", "), p.found(), didYouMean(f.value, values[name]))
		}
	}
	if p.symbol == bare && strings.Contains(f.value, "*") {
		return nil, p.fail("a whole value after "+name+":", p.found(), "* stands in words only; name several as "+name+":(a OR b)")
	}
	return f, nil
}

func didYouMean(word string, allowed []string) string {
	hint := meant[word]
	if !slices.Contains(allowed, hint) {
		hint = nearest(word, allowed)
	}
	if hint == "" {
		return ""
	}
	return "did you mean " + hint + "?"
}

// checkSite takes a host; the rest of an address is too much.
func (p *parser) checkSite(site string) error {
	if !strings.ContainsAny(site, "/*: ") {
		return nil
	}
	hint, address := "", p.value
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	if host := Site(address); host != "" && !strings.Contains(host, "*") {
		hint = "did you mean site:" + host + "?"
	}
	return p.fail("a site such as lemonde.fr, which those below it belong to", p.found(), hint)
}

// checkLang takes the code of a language.
func (p *parser) checkLang(code string) error {
	if code == "und" || len(code) == 2 && code[0] >= 'a' && code[0] <= 'z' && code[1] >= 'a' && code[1] <= 'z' {
		return nil
	}
	hint := meant[code]
	if main, _, region := strings.Cut(strings.ReplaceAll(code, "_", "-"), "-"); region && len(main) == 2 {
		hint = main
	}
	if hint != "" {
		hint = "did you mean lang:" + hint + "?"
	}
	return p.fail("the two letters of a language (fr, en, es…), or und for none that is known", p.found(), hint)
}

// followers reads a comparison with a number.
func (p *parser) followers(f filterNode) (node, error) {
	number := strings.TrimLeft(f.value, "<>=")
	f.comparison = f.value[:len(f.value)-len(number)]
	times := uint64(1)
	if rest, thousand := strings.CutSuffix(number, "k"); thousand {
		number, times = rest, 1000
	} else if rest, million := strings.CutSuffix(number, "m"); million {
		number, times = rest, 1_000_000
	}
	n, err := strconv.ParseUint(number, 10, 40)
	known := slices.Contains([]string{">", ">=", "<", "<=", "="}, f.comparison)
	if err != nil || !known {
		hint := ""
		if err == nil && f.comparison == "" {
			hint = "did you mean followers:>=" + number + "?"
		}
		return nil, p.fail("a comparison such as >1000, >=1000, <1000, <=1000, =1000 or >10k", p.found(), hint)
	}
	f.number = n * times
	return f, nil
}

// holds says whether a filter holds on a post.
func (f *filterNode) holds(d *Document) bool {
	switch f.name {
	case "source":
		return strings.EqualFold(d.post.Source, f.value)
	case "page":
		return d.post.Page != "" && pageForm(d.post.Page) == f.value
	case "author":
		return d.post.Author != "" && pageForm(d.post.Author) == f.value
	case "site":
		site := siteForm(d.post.Site)
		return site == f.value || strings.HasSuffix(site, "."+f.value)
	case "lang":
		return d.lang() == f.value
	case "ownership":
		return d.post.Ownership == f.value
	case "kind":
		return d.post.Kind == f.value
	default:
		return f.compare(d.post.Followers)
	}
}

func (f *filterNode) compare(n uint64) bool {
	switch f.comparison {
	case ">":
		return n > f.number
	case ">=":
		return n >= f.number
	case "<":
		return n < f.number
	case "<=":
		return n <= f.number
	default:
		return n == f.number
	}
}

// found is what a post has where a filter looks.
func (f *filterNode) found(d *Document) string {
	switch f.name {
	case "source":
		return d.post.Source
	case "page":
		return d.post.Page
	case "author":
		return d.post.Author
	case "site":
		return d.post.Site
	case "lang":
		return d.lang()
	case "ownership":
		return d.post.Ownership
	case "kind":
		return d.post.Kind
	default:
		return strconv.FormatUint(d.post.Followers, 10)
	}
}

func (f *filterNode) text() string { return f.name + ":" + f.source }
