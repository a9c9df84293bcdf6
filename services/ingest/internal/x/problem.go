package x

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
