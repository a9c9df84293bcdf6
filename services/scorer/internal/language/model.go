package language

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
)

// Model is a linear model over hashed character n-grams and words.
type Model struct {
	version string
	codes   []string // by class
	scripts []script // by class: the one it is written in
	scale   float32  // of the weights
	bias    []float32
	rows    rows
}

const magic = "vigie-language-1\n"

// ErrModel means that bytes are no model.
var ErrModel = errors.New("language: these bytes are no language model")

type header struct {
	Version, Codes uint16 // their lengths
	Scale          float32
}

// Write gives the model as bytes.
func (m *Model) Write() []byte {
	codes := strings.Join(m.codes, " ")
	var out bytes.Buffer
	out.WriteString(magic)
	put := func(v any) { _ = binary.Write(&out, binary.LittleEndian, v) } // a bytes.Buffer takes all
	put(header{uint16(len(m.version)), uint16(len(codes)), m.scale})
	out.WriteString(m.version + codes)
	put(m.scripts)
	put(m.bias)
	put(m.rows.weights(len(m.codes)))
	return out.Bytes()
}

// ReadModel reads what Write wrote.
func ReadModel(data []byte) (*Model, error) {
	in := bytes.NewReader(data)
	var h header
	first := make([]byte, len(magic))
	if _, err := in.Read(first); err != nil || string(first) != magic {
		return nil, ErrModel
	}
	if err := binary.Read(in, binary.LittleEndian, &h); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	names := make([]byte, int(h.Version)+int(h.Codes))
	if err := binary.Read(in, binary.LittleEndian, names); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	m := &Model{version: string(names[:h.Version]), codes: strings.Fields(string(names[h.Version:])), scale: h.Scale}
	if len(m.codes) == 0 || len(m.codes) > maxClasses || in.Len() != len(m.codes)*(1+4+buckets) {
		return nil, fmt.Errorf("%w: %d bytes of weights for %d classes", ErrModel, in.Len(), len(m.codes))
	}
	weights := make([]int8, len(m.codes)*buckets)
	m.scripts, m.bias = make([]script, len(m.codes)), make([]float32, len(m.codes))
	for _, part := range []any{m.scripts, m.bias, weights} {
		if err := binary.Read(in, binary.LittleEndian, part); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrModel, err)
		}
	}
	m.rows = pack(weights, len(m.codes))
	return m, nil
}

// Version names the model and the data it was trained on.
func (m *Model) Version() string { return m.version }

// maxClasses bounds the languages a model tells apart.
const maxClasses = 64

// evidence makes of a sum of weights over n features what the softmax takes:
// more features are more evidence, but each says less than the one before.
func evidence(n int) float32 { return float32(1 / math.Sqrt(float64(n))) }

// quantise rounds trained weights to a byte each.
func quantise(weights []float32) (scale float32, small []int8) {
	var widest float32
	for _, w := range weights {
		widest = max(widest, w, -w)
	}
	scale = widest / 127
	small = make([]int8, len(weights))
	for i, w := range weights {
		small[i] = int8(math.RoundToEven(float64(w / scale)))
	}
	return scale, small
}
