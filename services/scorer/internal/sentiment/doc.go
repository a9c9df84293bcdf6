// Package sentiment owns whether a text is for, against or neither: a linear
// model over words, one for French and one for English, with the words that
// follow a negation told apart. It owns its training too, so that the embedded
// models can be made again: `vigie train sentiment`.
//
// It does not own the language of the text, nor towards whom the feeling goes.
package sentiment
