package x

import "strings"

// problem is how X tells an error, in an answer or in the stream.
type problem struct {
	Title  string    `json:"title"`
	Detail string    `json:"detail"`
	Type   string    `json:"type"`
	Issue  string    `json:"connection_issue"`
	Errors []problem `json:"errors"`

	// Of the errors of rules:
	Value   string   `json:"value"`
	Details []string `json:"details"`
	// Of the older form:
	Message string `json:"message"`
}

// text is one sentence.
func (p problem) text() string {
	switch {
	case len(p.Details) > 0:
		return p.Title + ": " + p.Details[0]
	case p.Detail != "":
		return p.Title + ": " + p.Detail
	case p.Message != "":
		return p.Message
	case len(p.Errors) > 0:
		return p.Errors[0].text()
	default:
		return p.Title
	}
}

// first is the problem itself where it is told in a list.
func (p problem) first() problem {
	if len(p.Errors) > 0 {
		return p.Errors[0]
	}
	return p
}

// isUsageCap says whether the account's own limit of spending or reading is
// reached, which no waiting of minutes helps.
func (p problem) isUsageCap() bool {
	return p.Title == "UsageCapExceeded" || p.Title == "CreditsDepleted" || strings.HasSuffix(p.Type, "/usage-capped")
}

// isDuplicate says whether a rule was there already.
func (p problem) isDuplicate() bool {
	return p.Title == "DuplicateRule" || strings.HasSuffix(p.Type, "/duplicate-rules")
}
