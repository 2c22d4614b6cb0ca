package rules

import (
	"fmt"
	"strconv"
	"strings"
)

// A Fault is a place in a value that breaks a rule.
type Fault struct {
	Path string // JSON path (RFC 9535): $.items[0].name
	What string // "has 0 characters; want at least 1"; it contains no value of the data
}

// An Error reports everything that is wrong with a value.
type Error struct {
	Faults []Fault
}

// mostListed is how many faults the text of an [Error] lists.
const mostListed = 50

// Error lists the faults. Those after the 50th are only counted.
func (e *Error) Error() string {
	list := make([]string, 0, min(len(e.Faults), mostListed))
	for _, f := range e.Faults[:cap(list)] {
		list = append(list, f.Path+": "+f.What)
	}
	text := strings.Join(list, ", ")
	if more := len(e.Faults) - len(list); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// A step is the name of a member, or an index in a list.
type step struct {
	name  string
	index int // -1: a member
}

// pathOf returns the JSON path of steps.
func pathOf(steps []step) string {
	path := []byte("$")
	for _, s := range steps {
		if s.index >= 0 {
			path = AppendIndex(path, s.index)
		} else {
			path = AppendName(path, s.name)
		}
	}
	return string(path)
}

// AppendIndex appends an index to a JSON path.
func AppendIndex(path []byte, index int) []byte {
	return append(strconv.AppendInt(append(path, '['), int64(index), 10), ']')
}

// AppendName appends the name of a member to a JSON path.
func AppendName(path []byte, name string) []byte {
	if isPlainName(name) {
		return append(append(path, '.'), name...)
	}
	return append(strconv.AppendQuote(append(path, '['), name), ']')
}

// isPlainName reports whether a name needs no quotes in a path.
func isPlainName(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// limit describes a limit of a number of things: "at least 1 item".
func limit(word string, n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("want %s %d %s", word, n, thing)
}
