// Package enum owns how values of the contract's enums are written where people and
// queries read them: in tables, subjects, addresses and answers.
package enum

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Value is one of any of these enums.
type Value interface {
	protoreflect.Enum
	fmt.Stringer
}

// Name is a value's name without that of its enum: of LEVEL_CRISIS it is "crisis". The
// value that is not set has one too, "unspecified".
func Name(v Value) string {
	unset := string(v.Descriptor().Values().ByNumber(0).Name())
	return strings.ToLower(strings.TrimPrefix(v.String(), strings.TrimSuffix(unset, "UNSPECIFIED")))
}
