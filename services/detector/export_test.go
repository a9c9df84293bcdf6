package detector

// What the tests hold against each other: the ways a mention is read.
var (
	Observed = observed
	EachLast = eachLast
	EachPast = eachPast
)
