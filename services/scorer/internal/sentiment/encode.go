package sentiment

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// magic begins a model's file: a line, then the card as a line of JSON, then each
// language's weights in the order of the card.
const magic = "vigie sentiment 2\n"

// ErrNoModel is what is no model, or one of another version of Vigie.
var ErrNoModel = errors.New("sentiment: not a model of this version: make it again with `vigie train sentiment`")

// Write is the model as a file.
func (m *Model) Write() ([]byte, error) {
	card, err := json.Marshal(m.card)
	if err != nil {
		return nil, fmt.Errorf("sentiment: card: %w", err)
	}
	return slices.Concat([]byte(magic), card, []byte("\n"), m.weights()), nil
}

func (m *Model) weights() []byte {
	var b bytes.Buffer
	for _, l := range m.card.Languages {
		m.tongues[l.Language].write(&b)
	}
	return b.Bytes()
}

func (t *tongue) write(b *bytes.Buffer) {
	entries := slices.DeleteFunc(slices.Clone(t.table.slots), func(e entry) bool { return e.hash == 0 })
	slices.SortFunc(entries, func(x, y entry) int { return cmp.Compare(x.hash, y.hash) })
	buffer := binary.LittleEndian.AppendUint32(nil, uint32(len(entries)))
	var before uint32
	for _, e := range entries {
		buffer = binary.AppendUvarint(buffer, uint64(e.hash-before))
		buffer = append(buffer, byte(e.against), byte(e.favour), byte(e.polarity), e.block)
		before = e.hash
	}
	b.Write(buffer)
	for _, part := range []any{t.steps, t.dense, t.bias, t.cool} {
		_ = binary.Write(b, binary.LittleEndian, part) // fixed sizes into memory
	}
}

// Read reads a model as Write wrote it.
func Read(data []byte) (*Model, error) {
	rest, found := bytes.CutPrefix(data, []byte(magic))
	if !found {
		return nil, ErrNoModel
	}
	line, rest, found := bytes.Cut(rest, []byte("\n"))
	m := &Model{tongues: map[string]*tongue{}}
	if err := json.Unmarshal(line, &m.card); !found || err != nil {
		return nil, fmt.Errorf("%w: its card cannot be read: %w", ErrNoModel, err)
	}
	b := bytes.NewReader(rest)
	for _, l := range m.card.Languages {
		t := &tongue{language: l.Language}
		if err := t.read(b); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrNoModel, l.Language, err)
		}
		m.tongues[l.Language] = t
	}
	return m, nil
}

func (t *tongue) read(b *bytes.Reader) error {
	var n uint32
	if err := binary.Read(b, binary.LittleEndian, &n); err != nil {
		return err
	}
	const leastBytes = 5 // of an entry
	if int64(n)*leastBytes > b.Size() {
		return fmt.Errorf("it says %d features, more than the file holds", n)
	}
	entries := make([]entry, n)
	var hash uint32
	var values [4]byte
	for i := range entries {
		delta, err := binary.ReadUvarint(b)
		if err != nil {
			return err
		}
		if _, err := b.Read(values[:]); err != nil {
			return err
		}
		hash += uint32(delta)
		entries[i] = entry{hash: hash, against: int8(values[0]), favour: int8(values[1]), polarity: int8(values[2]), block: values[3]}
	}
	t.table = newTable(entries)
	for _, part := range []any{&t.steps, &t.dense, &t.bias, &t.cool} {
		if err := binary.Read(b, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	return nil
}
