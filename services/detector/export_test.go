package detector

// What the tests hold against each other: the two ways a mention is read.
var (
	Observed = observed
	EachLast = eachLast
)
