package detector

// What the tests hold against each other: the ways a mention is read.
var (
	Observed = observed
	EachPast = eachPast
)
