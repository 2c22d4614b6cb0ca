package lossless

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A Token is one JSON value in its shortest text. Types made of it compare with ==, keep the text
// that a server sent, and send it back unchanged. The empty Token is absent, and is written as null
// where a value is required.
//
// A struct that embeds a Token is written as the token, also if it has a MarshalJSON method. It
// must declare its own UnmarshalJSON, which calls [ReadToken].
type Token string

// A tokenKeeper is a type that is written as the token it holds: a struct that embeds a [Token].
type tokenKeeper interface{ jsonToken() Token }

func (t Token) jsonToken() Token { return t }

// ReadToken returns the token of a JSON value. Null is the empty token.
func ReadToken(data []byte) (Token, error) {
	data = bytes.TrimSpace(data)
	if string(data) == "null" {
		return "", nil
	}
	if len(data) == 0 || isShortest(data) {
		return Token(data), nil
	}
	return canonical(data)
}

// isShortest reports whether a JSON text is known to be the shortest one of its value: a scalar
// without escapes.
func isShortest(data []byte) bool {
	return data[0] != '{' && data[0] != '[' && bytes.IndexByte(data, '\\') < 0
}

// canonical rewrites a value so that equal texts have equal tokens: without spaces and needless
// escapes.
func canonical(data []byte) (Token, error) {
	if len(data) > 0 && data[0] == '"' {
		var text string
		err := json.Unmarshal(data, &text)
		return TextToken(text), err
	}
	var b bytes.Buffer
	err := json.Compact(&b, data)
	return Token(b.String()), err
}

// TextToken returns the token of a string.
func TextToken(text string) Token {
	data, err := Marshal(text)
	if err != nil { // cannot happen: every string can be encoded
		panic(fmt.Sprintf("lossless: a string has no JSON: %v", err))
	}
	return Token(data)
}

// IsText reports whether the value is a string. It is not a method, because the types that embed a
// Token would inherit it.
func IsText(t Token) bool { return len(t) > 0 && t[0] == '"' }

// String returns the content of a string, and the JSON of any other value.
func (t Token) String() string {
	if !IsText(t) {
		return string(t)
	}
	if !strings.Contains(string(t), `\`) && len(t) >= 2 {
		return string(t[1 : len(t)-1])
	}
	var text string
	if json.Unmarshal([]byte(t), &text) != nil {
		return ""
	}
	return text
}

// MarshalJSON returns the token, or null if it is absent.
func (t Token) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return []byte(t), nil
}
