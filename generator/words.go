package generator

// This file has the types of resgen.yaml whose values are words. The first word is the default.

import (
	"slices"
	"strconv"
	"strings"
)

// Extensions says what is done with the policies that extensions of a document set.
type Extensions string

// The values of extensions. The zero value is like UseExtensions.
const (
	UseExtensions    Extensions = "use"
	IgnoreExtensions Extensions = "ignore"
)

// Words returns the values of extensions.
func (Extensions) Words() []string { return words(UseExtensions, IgnoreExtensions) }

// UnmarshalText reads one of the words.
func (e *Extensions) UnmarshalText(text []byte) error { return setWord(e, e.Words(), text) }

// Grouping says how the operations of a client are grouped.
type Grouping string

// The values of group. The zero value is like NoGroups.
const (
	NoGroups   Grouping = "none"
	GroupByTag Grouping = "tag"
)

// Words returns the values of group.
func (Grouping) Words() []string { return words(NoGroups, GroupByTag) }

// UnmarshalText reads one of the words.
func (g *Grouping) UnmarshalText(text []byte) error { return setWord(g, g.Words(), text) }

// NumberType is a Go type for numbers that are not whole.
type NumberType string

// The values of types.number. The zero value is like Float64.
const (
	Float64 NumberType = "float64"
	Decimal NumberType = "decimal"
)

// Words returns the values of types.number.
func (NumberType) Words() []string { return words(Float64, Decimal) }

// UnmarshalText reads one of the words.
func (n *NumberType) UnmarshalText(text []byte) error { return setWord(n, n.Words(), text) }

// words returns values as texts.
func words[T ~string](list ...T) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = string(v)
	}
	return texts
}

// setWord sets v to a text that is one of the words.
func setWord[T ~string](v *T, words []string, text []byte) error {
	if !slices.Contains(words, string(text)) {
		return wordError{words, string(text)}
	}
	*v = T(text)
	return nil
}

// A wordError is a text that is none of the allowed words.
type wordError struct {
	words []string
	got   string
}

func (e wordError) Error() string {
	return "want " + strings.Join(e.words, " or ") + ", got " + strconv.Quote(e.got)
}
