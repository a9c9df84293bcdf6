// Package sentiment owns whether a text is for, against or neither, and towards
// which of the brands it names: a linear model a language over words, word pairs
// and triples, pieces of words, and what the polarities of its words add up to. It
// owns its training too, so that the embedded model can be made again from the
// same labelled files, byte for byte: `vigie train sentiment`.
//
// It does not own the language of the text, nor where a brand is named.
package sentiment
