package query

import (
	"errors"
	"fmt"
)

// maxRules bounds how many rules one query may need.
const maxRules = 100

var errTooManyRules = errors.New("query: it would take more than 100 rules or searches: split the brand")

// split cuts a relaxed query into parts that are short enough, of which any may
// match: between alternatives, or halving the longest alternatives inside an AND.
func split(n node, limit int) ([]node, error) {
	if len(write(n)) <= limit {
		return []node{n}, nil
	}
	var halves []node
	switch n := n.(type) {
	case orNode:
		return splitAlternatives(n, limit)
	case andNode:
		if fewer := shed(n, limit/2); len(fewer.operands) < len(n.operands) {
			return split(allOf(fewer.operands), limit)
		}
		if halves = halve(n); halves == nil {
			return shortened(n, limit)
		}
	}
	if halves == nil {
		return nil, tooLong(n, limit)
	}
	var parts []node
	for _, half := range halves {
		more, err := split(half, limit)
		if err != nil {
			return nil, err
		}
		if parts = append(parts, more...); len(parts) > maxRules {
			return nil, errTooManyRules
		}
	}
	return parts, nil
}

func tooLong(n node, limit int) error {
	return fmt.Errorf("query: a part of it has more than the %d characters that a rule takes, and no OR to cut it at: shorten %.40q…", limit, write(n))
}

// shortened is an AND that cannot be cut, with as many NOTs as fit.
func shortened(n andNode, limit int) ([]node, error) {
	bare := shed(n, 0)
	room := limit - len(write(bare))
	if room < 0 {
		return nil, tooLong(n, limit)
	}
	return []node{allOf(shed(n, room).operands)}, nil
}

// splitAlternatives packs as many alternatives into a part as fit.
func splitAlternatives(n orNode, limit int) ([]node, error) {
	var parts []node
	var pack []node
	for _, operand := range n.operands {
		pieces, err := split(operand, limit)
		if err != nil {
			return nil, err
		}
		for _, piece := range pieces {
			if len(pack) > 0 && len(write(orNode{append(pack, piece)})) > limit {
				parts, pack = append(parts, anyOf(pack)), nil
			}
			pack = append(pack, piece)
		}
	}
	if parts = append(parts, anyOf(pack)); len(parts) > maxRules {
		return nil, errTooManyRules
	}
	return parts, nil
}

// halve makes two of an AND, each with half of its longest alternatives; nil when
// it has none.
func halve(n andNode) []node {
	longest, length := -1, 0
	for i, operand := range n.operands {
		if or, ok := operand.(orNode); ok && len(write(or)) > length {
			longest, length = i, len(write(or))
		}
	}
	if longest < 0 {
		return nil
	}
	alternatives := n.operands[longest].(orNode).operands
	middle := len(alternatives) / 2
	var halves []node
	for _, half := range [][]node{alternatives[:middle], alternatives[middle:]} {
		operands := append([]node(nil), n.operands...)
		operands[longest] = anyOf(half)
		halves = append(halves, allOf(operands))
	}
	return halves
}

// shed leaves out the last NOTs, where all take more than room: more is let through,
// and each part of the rest can have those that stay.
func shed(n andNode, room int) andNode {
	var kept []node
	for _, operand := range n.operands {
		if _, negative := operand.(notNode); negative {
			if room -= len(write(operand)) + 1; room < 0 {
				continue
			}
		}
		kept = append(kept, operand)
	}
	return andNode{kept}
}
