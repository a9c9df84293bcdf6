package sentiment

// entry is a feature of a language: its weights against and for, relative to
// neutral, and its polarity, all quantised.
type entry struct {
	hash     uint32
	against  int8
	favour   int8
	polarity int8
	block    uint8 // flags: weighed, and the block
}

const weighed = 0x80

// table finds features by their hash: open addressing, no pointers, half empty.
type table struct {
	slots []entry
	shift uint
}

func newTable(entries []entry) table {
	bits := uint(4)
	for 1<<bits < 2*len(entries) {
		bits++
	}
	t := table{slots: make([]entry, 1<<bits), shift: 32 - bits}
	for _, e := range entries {
		i := t.home(e.hash)
		for t.slots[i].hash != 0 {
			i = (i + 1) & uint32(len(t.slots)-1)
		}
		t.slots[i] = e
	}
	return t
}

func (t *table) home(hash uint32) uint32 { return hash * 0x9e3779b1 >> t.shift }

func (t *table) find(hash uint32) *entry {
	mask := uint32(len(t.slots) - 1)
	for i := t.home(hash); ; i = (i + 1) & mask {
		e := &t.slots[i&mask]
		if e.hash == hash {
			return e
		}
		if e.hash == 0 {
			return nil
		}
	}
}

func (t *table) polarity(hash uint32) float32 {
	if e := t.find(hash); e != nil {
		return float32(e.polarity) / 127
	}
	return 0
}
