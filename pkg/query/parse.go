package query

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxDepth bounds nesting, so that a hostile query cannot exhaust the stack.
	maxDepth = 64
	// maxLength bounds a query's text, in bytes.
	maxLength = 16 << 10
	// maxTerms bounds its words, phrases and filters.
	maxTerms = 1000
	// maxNear bounds the distance that NEAR takes, in words.
	maxNear = 100
	// maxPhrase bounds a phrase, in words: a text may hold its beginning at each word.
	maxPhrase = 32
	// minPrefix is how many letters a word must have before *.
	minPrefix = 3
)

// Query is a parsed brand query.
type Query struct {
	root node
}

// Parse reads a query. Operators are in capitals; two terms side by side mean
// AND; NEAR binds tightest, then NOT, then AND, then OR.
func Parse(text string) (*Query, error) {
	q, err := ParseContext(text)
	if err != nil {
		return nil, err
	}
	if !restricts(q.root) {
		return nil, &SyntaxError{
			Position: 1, Expected: "at least one term that is not under NOT", Found: "a query that matches nearly everything",
			Hint: "a text must hold a word, a \"phrase\", a #hashtag or a @handle to be found; NOT and filters narrow it down",
		}
	}
	return q, nil
}

// ParseContext reads what is said around a brand's name: a query that may also
// consist of filters or NOT alone.
func ParseContext(text string) (*Query, error) {
	p := &parser{lexer: lexer{text: text}}
	if len(text) > maxLength {
		return nil, p.fail("at most 16 KiB of query", "more", "")
	}
	if !utf8.ValidString(text) {
		return nil, p.fail("valid UTF-8 text", "bytes that are not", "")
	}
	p.next()
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.symbol != end {
		return nil, p.fail("AND, OR, NOT or the end", p.found(), p.missingHint())
	}
	return &Query{root: root}, nil
}

// Within is the query narrowed down by its context, for a name that means other
// things too: require must match as well, and exclude must not. Either may be nil.
func (q *Query) Within(require, exclude *Query) *Query {
	if require == nil && exclude == nil {
		return q
	}
	n := contextNode{named: q.root}
	if require != nil {
		n.require = require.root
	}
	if exclude != nil {
		n.exclude = exclude.root
	}
	return &Query{root: n}
}

type parser struct {
	lexer
	terms int
}

// missingHint says what to do where a term should stand.
func (p *parser) missingHint() string {
	switch p.symbol {
	case closing:
	case opAnd, opOr:
		return "AND and OR stand between two terms"
	case end:
		return "something is missing after the last operator, or leave that out"
	default:
		return ""
	}
	if before := strings.TrimSpace(p.text[:p.start]); strings.HasSuffix(before, "(") {
		return "there is nothing between the parentheses"
	}
	return "there is one parenthesis too many"
}

func (p *parser) or(depth int) (node, error) {
	return p.joined(depth, p.and, func() bool {
		if p.symbol != opOr {
			return false
		}
		p.next()
		return true
	}, func(operands []node) node { return orNode{operands} })
}

func (p *parser) and(depth int) (node, error) {
	return p.joined(depth, p.not, func() bool {
		switch p.symbol {
		case opAnd:
			p.next()
			return true
		case opNot, opNear, bare, quoted, field, unclosed, open:
			return true // side by side
		default:
			return false
		}
	}, func(operands []node) node { return andNode{operands} })
}

// joined reads operands as long as there are more, and joins several.
func (p *parser) joined(depth int, operand func(int) (node, error), more func() bool, join func([]node) node) (node, error) {
	var operands []node
	for {
		n, err := operand(depth)
		if err != nil {
			return nil, err
		}
		operands = append(operands, n)
		if !more() {
			break
		}
	}
	if len(operands) == 1 {
		return operands[0], nil
	}
	return join(operands), nil
}

func (p *parser) not(depth int) (node, error) {
	if depth > maxDepth {
		return nil, p.fail("at most 64 levels of parentheses and NOT", "more", "")
	}
	if p.symbol == opNot {
		p.next()
		operand, err := p.not(depth + 1)
		if err != nil {
			return nil, err
		}
		return notNode{operand}, nil
	}
	return p.near(depth)
}

// near reads what NEAR joins, or what stands alone.
func (p *parser) near(depth int) (node, error) {
	at := p.start
	left, err := p.single(depth)
	if err != nil || p.symbol != opNear {
		return left, err
	}
	n := nearNode{}
	if n.left, err = p.group(left, at); err != nil {
		return nil, err
	}
	if n.words, n.ordered, err = p.distance(); err != nil {
		return nil, err
	}
	p.next()
	at = p.start
	right, err := p.single(depth)
	if err != nil {
		return nil, err
	}
	if n.right, err = p.group(right, at); err != nil {
		return nil, err
	}
	if p.symbol == opNear {
		return nil, p.fail("AND, OR, NOT or the end", p.found(), "NEAR joins two; write (a NEAR/5 b) AND (b NEAR/5 c)")
	}
	return n, nil
}

// group is what one side of NEAR may be: a term, or terms joined by OR.
func (p *parser) group(n node, at int) ([]termNode, error) {
	switch n := n.(type) {
	case termNode:
		return []termNode{n}, nil
	case orNode:
		var group []termNode
		for _, operand := range n.operands {
			more, err := p.group(operand, at)
			if err != nil {
				return nil, err
			}
			group = append(group, more...)
		}
		return group, nil
	default:
		p.start = at
		return nil, p.fail("a term, or terms joined by OR in parentheses, beside NEAR", fmt.Sprintf("%q", text(n)), "")
	}
}

// distance reads the number of NEAR/5 or NEAR/5f.
func (p *parser) distance() (words int, ordered bool, err error) {
	number, slash := strings.CutPrefix(p.value, "NEAR/")
	number, ordered = strings.CutSuffix(number, "f")
	words, fault := strconv.Atoi(number)
	if !slash || fault != nil || words < 1 || words > maxNear {
		return 0, false, p.fail("NEAR/ and a number of words from 1 to 100, such as NEAR/5 or, in this order, NEAR/5f", p.found(), "")
	}
	return words, ordered, nil
}

const aTerm = "a word, a \"phrase\", a #hashtag, a @handle, a filter or a parenthesis"

// single reads a term, a filter, or what stands in parentheses.
func (p *parser) single(depth int) (node, error) {
	switch p.symbol {
	case open:
		p.next()
		inner, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.symbol != closing {
			return nil, p.fail("a closing parenthesis", p.found(), "")
		}
		p.next()
		return inner, nil
	case field:
		return p.filter()
	case bare, quoted:
		if err := p.checkWord(); err != nil {
			return nil, err
		}
		n, err := p.term()
		if err != nil {
			return nil, err
		}
		if err := p.count(); err != nil {
			return nil, err
		}
		p.next()
		return n, nil
	case opNear:
		return nil, p.fail(aTerm+" before NEAR", p.found(), "")
	case unclosed:
		return nil, p.fail("a closing quotation mark", p.found(), `write "air france", or leave the mark out`)
	default:
		return nil, p.fail(aTerm, p.found(), p.missingHint())
	}
}

// count bounds how many terms there are.
func (p *parser) count() error {
	if p.terms++; p.terms > maxTerms {
		return p.fail("at most 1000 terms", "more", "make several brands of it")
	}
	return nil
}

// spoken are the words that people write for operators, which would be looked for
// as words otherwise.
var spoken = map[string]string{
	"and": "AND", "And": "AND", "or": "OR", "Or": "OR", "not": "NOT", "Not": "NOT", "ET": "AND", "et": "AND", "Et": "AND", "OU": "OR", "ou": "OR", "Ou": "OR", "SAUF": "NOT", "PAS": "NOT",
	"&&": "AND", "&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT", "near": "NEAR/5", "Near": "NEAR/5",
}

// checkWord refuses words that were likely meant as operators.
func (p *parser) checkWord() error {
	if p.symbol == quoted {
		return nil
	}
	if operator, meant := spoken[p.value]; meant {
		hint := fmt.Sprintf("did you mean %s?", operator)
		if endsInLetter(p.value) {
			hint += fmt.Sprintf(" To look for the word, write %q", p.value)
		}
		return p.fail(aTerm+"; operators are AND, OR, NOT and NEAR/5, in capitals", p.found(), hint)
	}
	if rest := strings.TrimLeft(p.value, "-!"); rest != p.value && rest != "" {
		return p.fail(aTerm, p.found(), fmt.Sprintf("did you mean NOT %s?", rest))
	}
	if word, _, weighted := strings.Cut(p.value, "^"); weighted && word != "" {
		return p.fail(aTerm, p.found(), fmt.Sprintf("no term weighs more than another here: write %s", word))
	}
	if strings.HasPrefix(p.value, "~") {
		return p.fail("AND, OR, NOT or the end", p.found(), "for words near each other write a NEAR/5 b")
	}
	if m := nearly.FindStringSubmatch(p.value); m != nil {
		operator := "NEAR/" + m[2]
		if m[1]+m[3] != "" {
			operator += "f"
		}
		return p.fail(aTerm, p.found(), "did you mean "+operator+"?")
	}
	if strings.HasPrefix(p.value, "'") || strings.HasPrefix(p.value, "‘") {
		return p.fail(aTerm, p.found(), `a phrase stands between quotation marks ("air france"), and so does a word that begins with an apostrophe`)
	}
	return nil
}

// nearly is how other tools, and hasty people, write NEAR/5 and NEAR/5f.
var nearly = regexp.MustCompile(`(?i)^(o?)near[/~:]?([0-9]+)(f?)$`)

// oneForAny is the sign for any letter of other tools, within a word.
var oneForAny = regexp.MustCompile(`[\pL\pN]\?[\pL\pN]`)

// term makes a term of the current symbol.
func (p *parser) term() (termNode, error) {
	t := termNode{source: p.value, quoted: p.symbol == quoted}
	if oneForAny.MatchString(p.value) {
		return t, p.fail("a word without ? in it", p.found(), "? stands for no letter here: name the words, joined by OR")
	}
	words, rest, star := strings.Cut(p.value, "*")
	if star {
		t.prefix = true
		if !endsInLetter(words) || strings.ContainsFunc(rest, func(r rune) bool { return isWordPart(r) || r == '*' || standsAlone(r) }) {
			return t, p.starFault(words, rest)
		}
	}
	t.tokens = termTokens(words)
	if err := p.checkLength(t, aTerm); err != nil {
		return t, err
	}
	last := t.tokens[len(t.tokens)-1]
	if len(t.tokens) == 1 && last.kind == word && utf8.RuneCountInString(last.text) == 1 && strings.ContainsAny(p.value, "+#") {
		return t, p.fail(aTerm, p.found(), fmt.Sprintf("signs are no part of words, so %s would be found too; write raw:%q", last.text, p.value))
	}
	switch {
	case !star:
	case utf8.RuneCountInString(last.lookup()) == 1 && standsAlone(firstRune(last.lookup())):
		t.prefix = false // its script puts no space after a word: nothing to go on
	case len(t.tokens) == 1 && utf8.RuneCountInString(last.lookup()) < minPrefix:
		return t, p.fail("at least three letters before *", p.found(), "it would match nearly everything")
	}
	return t, nil
}

// checkLength refuses a term without words, or with too many.
func (p *parser) checkLength(t termNode, expected string) error {
	switch {
	case len(t.tokens) == 0:
		return p.fail(expected, p.found(), "")
	case len(t.tokens) > maxPhrase:
		return p.fail("at most 32 words in a phrase", "more", "")
	default:
		return nil
	}
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && (isWordPart(r) || standsAlone(r))
}

// starFault says why * cannot stand where it does.
func (p *parser) starFault(before, after string) error {
	const expected = "* after the last letters only, as in zest*"
	after = strings.Trim(after, "*")
	switch {
	case before == "" && after != "" && !strings.ContainsAny(after, " *"):
		return p.fail(expected, p.found(), fmt.Sprintf("texts are looked up by how words begin, so *%s cannot be found; name the words, joined by OR", after))
	case p.symbol == quoted:
		return p.fail(expected, p.found(), `write "the phras*", or word* NEAR/1f next; raw:"a*b" looks for the sign itself`)
	default:
		return p.fail(expected, p.found(), "name the words, joined by OR")
	}
}

// termTokens are the words of a term; hashtags stay whole.
func termTokens(text string) []token {
	var document Document
	document.Read(text)
	tokens := document.tokens[:0]
	for i := 0; i < len(document.tokens); {
		t := document.tokens[i]
		i += 1 + int(t.parts)
		tokens = append(tokens, t)
	}
	if len(tokens) > 1 && tokens[0].fullEnd >= tokens[len(tokens)-1].span.To {
		return tokens[:1] // the words are those of the handle
	}
	return tokens
}

// lookup is the form under which a term's word is found.
func (t *token) lookup() string {
	if t.full != "" {
		return t.full
	}
	return t.text
}

// restricts says whether every text that matches holds some term of the query:
// only then can terms be looked up first.
func restricts(n node) bool {
	switch n := n.(type) {
	case andNode:
		for _, operand := range n.operands {
			if restricts(operand) {
				return true
			}
		}
		return false
	case orNode:
		for _, operand := range n.operands {
			if !restricts(operand) {
				return false
			}
		}
		return true
	case notNode, filterNode:
		return false
	default:
		return true
	}
}
