package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A token is one JSON value in its shortest text. Types made of it compare with ==, keep the text
// that a server sent, and send it back unchanged. The empty token is absent, and is written as null
// where a value is required.
type token string

// A tokenKeeper is a type that is written as the token it holds.
type tokenKeeper interface{ jsonToken() token }

func (t Time) jsonToken() token    { return t.raw }
func (d Date) jsonToken() token    { return d.raw }
func (d Decimal) jsonToken() token { return d.raw }
func (s Scalar) jsonToken() token  { return s.raw }
func (u Union) jsonToken() token   { return u.raw }

// readToken returns the token of a JSON value. Null is the empty token.
func readToken(data []byte) (token, error) {
	data = bytes.TrimSpace(data)
	if string(data) == "null" {
		return "", nil
	}
	if !bytes.ContainsRune(data, '\\') && (len(data) == 0 || data[0] != '{' && data[0] != '[') {
		return token(data), nil
	}
	return canonical(data)
}

// canonical rewrites a value so that equal texts have equal tokens: without spaces and needless
// escapes.
func canonical(data []byte) (token, error) {
	if len(data) > 0 && data[0] == '"' {
		var text string
		err := json.Unmarshal(data, &text)
		return textToken(text), err
	}
	var b bytes.Buffer
	err := json.Compact(&b, data)
	return token(b.String()), err
}

// textToken returns the token of a string.
func textToken(text string) token {
	data, err := Marshal(text)
	if err != nil { // cannot happen: every string can be encoded
		panic(fmt.Sprintf("wire: a string has no JSON: %v", err))
	}
	return token(data)
}

// isText reports whether the value is a string.
func (t token) isText() bool { return len(t) > 0 && t[0] == '"' }

// text returns the content of a string, and the JSON of any other value.
func (t token) text() string {
	if !t.isText() {
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

func (t token) marshal() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return []byte(t), nil
}
