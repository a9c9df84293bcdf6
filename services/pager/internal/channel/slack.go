package channel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/slack-go/slack"

	"github.com/vigie-monitor/vigie/pkg/config"
	"github.com/vigie-monitor/vigie/services/pager/internal/message"
)

// Slack's limits; beyond them it refuses the whole message.
const (
	slackHeader  = 150
	slackSection = 3000
	slackContext = 2000
	slackBlockID = 255
)

func newSlack(cfg config.Channel) Send {
	address, transport := cfg.URLFile.Value(), ownTransport()
	return func(ctx context.Context, page message.Page, words message.Words) error {
		answers := &answer{next: transport}
		err := slack.PostWebhookCustomHTTPContext(ctx, address, client(answers), slackMessage(page.ID, words))
		switch {
		case answers.status != 0: // the library keeps neither the body nor a Retry-After it cannot read
			return refusal(answers.status, answers.header, answers.body)
		case err != nil:
			return unreachable(err)
		}
		return nil
	}
}

// answer remembers what Slack answered: its reasons ("no_service",
// "invalid_blocks") stand in the body.
type answer struct {
	next   http.RoundTripper
	status int
	header http.Header
	body   string
}

func (a *answer) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := a.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	a.status, a.header, a.body = response.StatusCode, response.Header, string(body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// slackMessage puts a page into blocks. What strangers wrote stands only in
// plain_text and rich_text, which Slack does not interpret. The page's id, by
// which one that was sent twice is known, is the last block's: it is not shown.
func slackMessage(pageID string, words message.Words) *slack.WebhookMessage {
	unfurl := false
	blocks := []slack.Block{slack.NewHeaderBlock(plain(words.Headline, slackHeader))}
	if len(words.Lines) > 0 {
		blocks = append(blocks, slack.NewSectionBlock(plain(strings.Join(words.Lines, "\n"), slackSection), nil, nil))
	}
	for _, quote := range words.Posts {
		blocks = append(blocks, slackQuote(quote, words.OpenLabel))
	}
	if words.Caveat != "" {
		blocks = append(blocks, slack.NewContextBlock("", plain(words.Caveat, slackContext)))
	}
	if buttons := slackButtons(words); len(buttons) > 0 {
		blocks = append(blocks, slack.NewActionBlock("", buttons...))
	}
	blocks = append(blocks, slack.NewContextBlock(blockID(pageID), plain(words.Footer, slackContext)))
	return &slack.WebhookMessage{
		Text:        slackFallback(words),
		Blocks:      &slack.Blocks{BlockSet: blocks},
		UnfurlLinks: &unfurl,
		UnfurlMedia: &unfurl,
	}
}

// blockID is the end of a page's id where all of it is too long: what tells the
// pages of an incident apart stands there.
func blockID(pageID string) string {
	runes := []rune(pageID)
	return string(runes[max(0, len(runes)-slackBlockID):])
}

func slackQuote(quote message.Quote, open string) slack.Block {
	by := []slack.RichTextSectionElement{
		slack.NewRichTextSectionTextElement(harmless(quote.By), &slack.RichTextSectionTextStyle{Bold: true}),
	}
	if quote.URL != "" {
		by = append(by, slack.NewRichTextSectionTextElement("  ", nil),
			slack.NewRichTextSectionLinkElement(quote.URL, open, nil))
	}
	return slack.NewRichTextBlock("",
		slack.NewRichTextSection(by...),
		&slack.RichTextQuote{
			Type:     slack.RTEQuote,
			Elements: []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(harmless(quote.Text), nil)},
		})
}

// slackButtons are links. The link previews that other programs fetch do no
// harm: opening the ack page acks nothing.
func slackButtons(words message.Words) []slack.BlockElement {
	var buttons []slack.BlockElement
	if words.AckURL != "" {
		button := slack.NewButtonBlockElement("ack", "", plain(words.AckLabel, 75))
		button.URL, button.Style = words.AckURL, slack.StylePrimary
		buttons = append(buttons, button)
	}
	if words.DeskURL != "" {
		button := slack.NewButtonBlockElement("desk", "", plain(words.DeskLabel, 75))
		button.URL = words.DeskURL
		buttons = append(buttons, button)
	}
	return buttons
}

// slackFallback is what a notification shows on a locked screen. Unlike the
// blocks it is mrkdwn.
func slackFallback(words message.Words) string {
	text := strings.Join(append([]string{words.Headline}, words.Lines[:min(len(words.Lines), 2)]...), "\n")
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(harmless(text))
}

func plain(text string, max int) *slack.TextBlockObject {
	if runes := []rune(text); len(runes) > max {
		text = string(runes[:max-1]) + "…"
	}
	return slack.NewTextBlockObject(slack.PlainTextType, harmless(text), false, false)
}

// wordJoiner is seen by nobody, and keeps two characters from meaning something
// together.
const wordJoiner = "\u2060"

// harmless takes the meaning out of what would notify a whole channel, should
// any client of Slack's read it in plain text.
func harmless(text string) string {
	return strings.NewReplacer("<!", "<"+wordJoiner+"!", "<@", "<"+wordJoiner+"@", "<#", "<"+wordJoiner+"#",
		"@channel", "@"+wordJoiner+"channel", "@here", "@"+wordJoiner+"here", "@everyone", "@"+wordJoiner+"everyone").Replace(text)
}
