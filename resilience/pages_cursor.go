package resilience

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Cursor is a place in a walk over pages, to go on from later: see [WithCursor]. The zero Cursor is the beginning.
// It can be stored as text and read back, and holds the server's page token, which its String leaves out.
type Cursor struct {
	operation string    // that it belongs to
	token     string    // token, number, or path and query of the page; empty: the first page
	page      int       // pages before it
	items     int       // items before it, as far as they can be counted
	at        time.Time // when the token came; zero: unknown
	done      bool
}

// Done reports whether the walk came to its end: one that starts here yields nothing.
func (c Cursor) Done() bool { return c.done }

// String tells the page, without the token.
func (c Cursor) String() string {
	if c.done {
		return "end"
	}
	return fmt.Sprintf("page %d", c.page+1)
}

// cursorText is what the text of a cursor holds.
type cursorText struct {
	Operation string    `json:"o,omitempty"`
	Token     string    `json:"t,omitempty"`
	Page      int       `json:"p,omitempty"`
	Items     int       `json:"i,omitempty"`
	At        time.Time `json:"a,omitzero"`
	Done      bool      `json:"d,omitempty"`
}

// MarshalText returns the cursor as text of letters, digits, - and _. It always succeeds.
func (c Cursor) MarshalText() ([]byte, error) {
	data, err := json.Marshal(cursorText{c.operation, c.token, c.page, c.items, c.at, c.done})
	return []byte(base64.RawURLEncoding.EncodeToString(data)), err
}

// errCursor does not quote the text, which may hold a token.
var errCursor = errors.New("the text is not that of a cursor; start without one")

// UnmarshalText reads what MarshalText wrote.
func (c *Cursor) UnmarshalText(text []byte) error {
	data, err := base64.RawURLEncoding.DecodeString(string(text))
	var t cursorText
	if err != nil || json.Unmarshal(data, &t) != nil || t.Page < 0 || t.Items < 0 {
		return errCursor
	}
	*c = Cursor{t.Operation, t.Token, t.Page, t.Items, t.At, t.Done}
	return nil
}
