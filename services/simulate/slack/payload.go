package slack

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Slack's limits, from its reference of blocks.
const (
	maxBlocks   = 50
	maxHeader   = 150
	maxSection  = 3000
	maxContext  = 10
	maxButtons  = 25
	maxLabel    = 75
	maxLink     = 3000
	maxMessage  = 40000
	maxBlockID  = 255
	refused     = "invalid_blocks"
	notAMessage = "invalid_payload"
)

// block is a block of a message, as far as it is shown.
type block struct {
	Type     string    `json:"type"`
	ID       string    `json:"block_id"`
	Text     *text     `json:"text"`
	Elements []element `json:"elements"`
}

// text is a text object.
type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// element is what blocks are made of: a button, a text of a context, or a part of
// a rich text.
type element struct {
	Type     string          `json:"type"`
	Label    json.RawMessage `json:"text"` // an object in a button, a string elsewhere
	URL      string          `json:"url"`
	Style    json.RawMessage `json:"style"`
	Elements []element       `json:"elements"`
}

// read takes a payload apart, or answers in Slack's words why it is refused.
func read(body []byte) (fallback string, blocks []block, refusal string) {
	var message struct {
		Text   string  `json:"text"`
		Blocks []block `json:"blocks"`
	}
	switch err := json.Unmarshal(body, &message); {
	case err != nil:
		return "", nil, notAMessage
	case message.Text == "" && len(message.Blocks) == 0:
		return "", nil, "no_text"
	case len(message.Text) > maxMessage:
		return "", nil, "msg_too_long"
	case len(message.Blocks) > maxBlocks:
		return "", nil, refused
	}
	for _, b := range message.Blocks {
		if !b.valid() {
			return "", nil, refused
		}
	}
	return message.Text, message.Blocks, ""
}

func (b block) valid() bool {
	if utf8.RuneCountInString(b.ID) > maxBlockID {
		return false
	}
	switch b.Type {
	case "divider":
		return true
	case "header":
		return b.Text != nil && b.Text.Type == "plain_text" && b.Text.within(maxHeader)
	case "section":
		return b.Text != nil && b.Text.within(maxSection)
	case "context":
		return len(b.Elements) > 0 && len(b.Elements) <= maxContext && all(b.Elements, element.validText)
	case "actions":
		return len(b.Elements) > 0 && len(b.Elements) <= maxButtons && all(b.Elements, element.validButton)
	case "rich_text":
		return all(b.Elements, element.validRich)
	}
	return false
}

func (t text) within(max int) bool {
	n := utf8.RuneCountInString(t.Text)
	return (t.Type == "plain_text" || t.Type == "mrkdwn") && n > 0 && n <= max
}

func (e element) validText() bool {
	return (text{e.Type, e.label()}).within(maxSection)
}

func (e element) validButton() bool {
	var label text
	if e.Type != "button" || json.Unmarshal(e.Label, &label) != nil || label.Type != "plain_text" || !label.within(maxLabel) {
		return false
	}
	return e.URL == "" || isLink(e.URL)
}

func (e element) validRich() bool {
	switch e.Type {
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
		return all(e.Elements, element.validPart)
	}
	return false
}

func (e element) validPart() bool {
	switch e.Type {
	case "text":
		return e.label() != ""
	case "link":
		return isLink(e.URL)
	}
	return false
}

// label is the text of an element, whichever way it is written.
func (e element) label() string {
	var plain string
	if json.Unmarshal(e.Label, &plain) == nil {
		return plain
	}
	var object text
	_ = json.Unmarshal(e.Label, &object)
	return object.Text
}

func (e element) bold() bool { return strings.Contains(string(e.Style), `"bold":true`) }

func isLink(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && len(address) <= maxLink && parsed.Host != "" && (parsed.Scheme == "http" || parsed.Scheme == "https")
}

func all(elements []element, valid func(element) bool) bool {
	for _, e := range elements {
		if !valid(e) {
			return false
		}
	}
	return true
}
