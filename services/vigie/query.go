package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/pkg/enum"
	"github.com/vigie-monitor/vigie/pkg/query"
	"github.com/vigie-monitor/vigie/services/ingest"
	"github.com/vigie-monitor/vigie/services/scorer"
)

const queryLanguage = `
The language:
  oasis                 a word, whatever its accents and capitals; also #Oasis, @oasis,
                        and the word in #BoycottOasis; not oasisien, and not in a link
  oasis orange          both; AND says the same
  oasis OR orange       one of them; AND binds tighter, parentheses group
  oasis NOT concert     without the other
  "eau de source"       a phrase; also #EauDeSource and #eaudesource
  l'Oréal               also L’OREAL; loreal only where the query says: l'Oréal OR loreal
  zest*                 words that begin so, from three letters on; never *zest, for
                        texts are looked up by how words begin
  #oasis  @oasis_fr     the hashtag, the handle, and not the plain word
  orange NEAR/5 panne   at most five words apart; NEAR/5f: in this order. On either
                        side a term, or several: (orange OR sfr) NEAR/5 (panne OR "en rade")
  raw:"SNCF"            with these capitals, accents and signs; elsewhere signs are no part
                        of a word: Canal+ finds canal too, raw:"Canal+" does not
  日本  🔥               as they are: words of their own
Filters narrow down what words have found; several values: lang:(fr OR en)
  source:x  page:"https://a.fr/rss"  author:ana  site:lemonde.fr (and what is below)
  lang:fr   ownership:official, or third_party   kind:post, comment, share, article or
  review    followers:>1000, or >=, <, <=, =; >10k
A brand whose name means other things too (Oasis, Orange) can have in the config
  context: {require: 'boisson OR soif', exclude: 'concert OR désert'}
of which require must match as well, and exclude must not.
`

func (a *app) query() *cobra.Command {
	cmd := &cobra.Command{
		Use: "query", Short: "Try queries, and see what sources are asked", GroupID: "tool", Args: noSuchCommand, RunE: showHelp,
		Long: "Tries the queries by which brands are found, and shows what sources are asked.\n" + queryLanguage,
	}
	cmd.AddCommand(a.testQuery(), a.showQuery())
	return cmd
}

func (a *app) testQuery() *cobra.Command {
	var brand, text, input string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "test (--brand BRAND | --query QUERY) FILE", Short: "Show what a query matches in a file, what not, and why",
		Args: exactly("a file of texts, or - for standard input"),
		Long: `Reads a text a line, or posts as ` + "`vigie import`" + ` reads them (NDJSON, lines of the
X API v2), and shows of each whether the query matches, by which words, or what
kept it from matching: words that are missing, words under NOT or of the excluded
context, a required context that is not there, a filter. At the end, the sums.
Of a text alone only the language is known to filters.
` + queryLanguage,
		Example: `  vigie query test --brand oasis posts.txt
  vigie query test --query 'oasis NOT (concert OR désert)' posts.txt
  pbpaste | vigie query test --brand oasis --json - | jq 'select(.matched|not)'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			t := tester{out: bufio.NewWriter(cmd.OutOrStdout()), input: input, sums: map[string]int{}, colour: coloured(cmd.OutOrStdout())}
			if asJSON {
				t.encoder = json.NewEncoder(t.out)
				t.encoder.SetEscapeHTML(false)
			}
			if err := a.compile(&t, brand, text); err != nil {
				return usageError{err}
			}
			file := cmd.InOrStdin()
			if args[0] != "-" {
				opened, err := os.Open(args[0])
				if err != nil {
					return usageError{err}
				}
				defer opened.Close()
				file = opened
			}
			if err := errors.Join(t.read(file), t.out.Flush()); err != nil {
				return err
			}
			sums := cmd.OutOrStdout()
			if asJSON {
				sums = cmd.ErrOrStderr()
			}
			if _, err := fmt.Fprintln(sums, t.total()); err != nil {
				return err
			}
			if n := t.sums["unreadable"]; n > 0 {
				return fmt.Errorf("%d of %d lines could not be read: what they lack stands above", n, t.texts)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&brand, "brand", "", "the brand of the config, with its context")
	cmd.Flags().StringVar(&text, "query", "", "a query to try, in quotes; needs no config")
	cmd.Flags().StringVar(&input, "input", "auto", "text, ndjson, x-v2, or auto: what each line looks like")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON line each; spans are in bytes of the title, a line feed, and the text")
	cmd.MarkFlagsOneRequired("brand", "query")
	cmd.MarkFlagsMutuallyExclusive("brand", "query")
	return cmd
}

// compile takes the query from the config, or from the command line.
func (a *app) compile(t *tester, id, text string) error {
	switch t.input {
	case "auto", "text", "ndjson", "x-v2":
	default:
		return fmt.Errorf("unknown input %q: text, ndjson, x-v2 or auto", t.input)
	}
	if id == "" {
		q, err := query.Parse(text)
		if err != nil {
			return fmt.Errorf("the query, %w", err)
		}
		t.set = query.NewSet([]*query.Query{q})
		return nil
	}
	cfg, brand, err := a.brand(id)
	if err != nil {
		return err
	}
	q, err := brand.Compile()
	if err != nil {
		return err
	}
	t.set, t.owned = query.NewSet([]*query.Query{q}), map[string]bool{}
	for _, b := range cfg.Brands {
		for source, pages := range b.Pages {
			for _, page := range pages {
				t.owned[query.PageKey(source, page)] = b.ID == id || t.owned[query.PageKey(source, page)]
			}
		}
	}
	return nil
}

// brand finds a brand of the config.
func (a *app) brand(id string) (*config.Config, config.Brand, error) {
	cfg, err := a.load()
	if err != nil {
		return nil, config.Brand{}, err
	}
	brand, known := cfg.Brand(id)
	if !known {
		ids := make([]string, len(cfg.Brands))
		for i, b := range cfg.Brands {
			ids[i] = b.ID
		}
		return nil, brand, fmt.Errorf("%q is no brand of the config: %s", id, strings.Join(ids, ", "))
	}
	return cfg, brand, nil
}

func (a *app) showQuery() *cobra.Command {
	var id string
	cmd := &cobra.Command{
		Use: "show --brand BRAND", Short: "Show a brand's query, and what sources are asked by it", Args: cobra.NoArgs,
		Long: `Shows the brand's query with its context, and what of it sources can filter for
themselves: rules of X, the words that streams read in full (Bluesky, Mastodon) are
filtered by, searches of Mastodon and Reddit. Each finds all that the query matches,
and more; what they bring is checked against the query here.`,
		Example: `  vigie query show --brand oasis`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, brand, err := a.brand(id)
			if err != nil {
				return usageError{err}
			}
			q, err := brand.Compile()
			if err != nil {
				return err
			}
			show := func(name string, asked []string, err error) {
				fmt.Fprintf(cmd.OutOrStdout(), "\n%s:\n", name)
				if err != nil {
					asked = []string{strings.TrimPrefix(err.Error(), "query: ")}
				}
				if len(asked) == 0 {
					asked = []string{"nothing: the query cannot match there"}
				}
				for _, line := range asked {
					fmt.Fprintf(cmd.OutOrStdout(), "  %s\n", line)
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s:\n  %s\n", brand.Name, q)
			rules, err := q.XRules(query.MaxXRule)
			show("Rules of X", rules, err)
			show("Words that Bluesky and Mastodon streams are filtered by", []string{q.Words().String()}, nil)
			searches, err := q.MastodonSearches()
			show("Searches of Mastodon", searches, err)
			searches, err = q.RedditSearches()
			show("Searches of Reddit", searches, err)
			return nil
		},
	}
	cmd.Flags().StringVar(&id, "brand", "", "the brand's id")
	_ = cmd.MarkFlagRequired("brand")
	return cmd
}

// post is a line of NDJSON, with the names that an import reads; none is needed.
type post struct {
	Source    string `json:"source"`
	Page      string `json:"page"`
	Author    string `json:"author"`
	URL       string `json:"url"`
	Ownership string `json:"ownership"`
	Kind      string `json:"kind"`
	Title     string `json:"title"`
	Text      string `json:"text"`
	Language  string `json:"language"`
	Followers uint64 `json:"followers"`
}

// decode reads a line in the tester's format.
func (t *tester) decode(line []byte) (post, error) {
	format := t.input
	if format == "auto" {
		format = "text"
		var looks struct{ Data json.RawMessage }
		if err := json.Unmarshal(line, &looks); err == nil {
			format = "ndjson"
			if looks.Data != nil {
				format = "x-v2"
			}
		}
	}
	switch format {
	case "ndjson":
		var p post
		return p, errors.Join(json.Unmarshal(line, &p))
	case "x-v2":
		m, err := ingest.Decode(format, line)
		if err != nil {
			return post{}, err
		}
		return post{
			Source: m.Source, Page: m.Page, Author: m.GetAuthor().GetHandle(), URL: m.Url, Title: m.Title, Text: m.Text, Language: m.LanguageHint,
			Kind: enum.Name(m.Kind), Followers: m.GetAuthor().GetFollowers(),
		}, nil
	default:
		return post{Text: string(line)}, nil
	}
}

// known is what filters may ask about a post.
func (t *tester) known(p post) query.Post {
	if p.Ownership == "" && p.Source != "" {
		p.Ownership = "third_party"
		for _, page := range []string{p.Page, p.Author} {
			if _, official := t.owned[query.PageKey(p.Source, page)]; official && page != "" {
				p.Ownership = "official"
			}
		}
	}
	text := p.Text
	if p.Title != "" {
		text = p.Title + "\n" + p.Text
	}
	return query.Post{
		Source: p.Source, Page: p.Page, Author: p.Author, Site: query.Site(p.URL), Ownership: p.Ownership, Kind: p.Kind, Followers: p.Followers,
		Title: p.Title, Text: p.Text, Language: func() string { return scorer.Language(text, p.Language) },
	}
}
