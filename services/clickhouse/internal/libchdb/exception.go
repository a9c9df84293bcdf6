package libchdb

import (
	"fmt"
	"strconv"
	"strings"
)

// Exception is an error of the engine, with the code and the name a ClickHouse server would send.
type Exception struct {
	Code    int32
	Name    string // UNKNOWN_TABLE
	Message string // the text without "Code: 60. DB::Exception: " and without the name
}

func (e *Exception) Error() string {
	return fmt.Sprintf("code: %d, message: %s (%s)", e.Code, e.Message, e.Name)
}

// Some codes of ClickHouse that the packages above have to raise or to recognize themselves.
const (
	CodeNoSuchColumn     = 16
	CodeBadArguments     = 36
	CodeNotImplemented   = 48
	CodeLogicalError     = 49
	CodeSyntaxError      = 62
	CodeUnexpectedPacket = 101
	CodeUnknownSetting   = 115
	CodeIncorrectData    = 117
	CodeIntoOutfile      = 161
	CodeNoFreeConnection = 203
	CodeQueryIDRunning   = 216
	CodeNotEnoughSpace   = 243
	CodeQueryCancelled   = 394
	codeUnknown          = 1002
)

// Exceptionf makes an exception of the bridge's own.
func Exceptionf(code int32, name, format string, args ...any) *Exception {
	return &Exception{Code: code, Name: name, Message: fmt.Sprintf(format, args...)}
}

// parseException reads the engine's one-line form:
//
//	Code: 60. DB::Exception: Unknown table expression identifier 'x'. (UNKNOWN_TABLE)
//
// The library's own complaints ("Invalid or closed connection") carry no code.
func parseException(text string) *Exception {
	unknown := &Exception{Code: codeUnknown, Name: "UNKNOWN_EXCEPTION", Message: text}
	rest, ok := strings.CutPrefix(strings.TrimPrefix(text, "Error: "), "Code: ")
	if !ok {
		return unknown
	}
	digits, rest, ok := strings.Cut(rest, ". ")
	code, err := strconv.ParseInt(digits, 10, 32)
	if !ok || err != nil {
		return unknown
	}
	e := &Exception{Code: int32(code), Message: strings.TrimPrefix(rest, "DB::Exception: ")}
	e.Message = strings.TrimRight(e.Message, "\n ")
	if open := strings.LastIndexByte(e.Message, '('); open >= 0 && strings.HasSuffix(e.Message, ")") {
		if name := e.Message[open+1 : len(e.Message)-1]; isErrorName(name) {
			e.Name, e.Message = name, strings.TrimRight(e.Message[:open], " ")
		}
	}
	return e
}

func isErrorName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
