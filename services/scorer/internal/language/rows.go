package language

// rows hold the weights of every feature, one row each, eight classes to a word: a
// byte each, above 128 where it speaks for the class. So a row is summed in a
// quarter of the steps.
type rows struct {
	words int // of a row
	all   []uint64
}

const (
	zero  = 128
	lanes = 0x00FF00FF00FF00FF // of a word, every other byte, with room above it
	// roomFor is how many bytes a lane of sixteen bits can sum.
	roomFor = 65535 / 255
)

// pack takes the weights by feature, then by class.
func pack(weights []int8, classes int) rows {
	r := rows{words: (classes + 7) / 8}
	r.all = make([]uint64, len(weights)/classes*r.words)
	for i, w := range weights {
		feature, class := i/classes, i%classes
		r.all[feature*r.words+class/8] |= uint64(int(w)+zero) << (class % 8 * 8)
	}
	return r
}

// weights gives back what pack took.
func (r rows) weights(classes int) []int8 {
	weights := make([]int8, len(r.all)/r.words*classes)
	for i := range weights {
		feature, class := i/classes, i%classes
		weights[i] = int8(int(r.all[feature*r.words+class/8]>>(class%8*8)&0xFF) - zero)
	}
	return weights
}

// sum adds up the rows of features, by class.
func (r rows) sum(features []uint16) (sums [maxClasses]int32) {
	for len(features) > 0 {
		part := features[:min(len(features), roomFor)]
		features = features[len(part):]
		var even, odd [maxClasses / 8]uint64
		for _, feature := range part {
			for i, word := range r.all[int(feature)*r.words:][:r.words] {
				even[i] += word & lanes
				odd[i] += word >> 8 & lanes
			}
		}
		for class := range r.words * 8 {
			from := even[class/8]
			if class%2 == 1 {
				from = odd[class/8]
			}
			sums[class] += int32(from>>(class%8/2*16)&0xFFFF) - int32(len(part)*zero)
		}
	}
	return sums
}
