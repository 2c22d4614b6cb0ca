package resilience

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Cursor is a position in an iteration over pages, for continuing later: see [WithCursor]. The zero
// Cursor is the start. It can be stored as text. The text contains the page token of the server;
// String does not.
type Cursor struct {
	operation string    // id
	token     string    // token, number, or path and query of the page; empty: the first one
	page      int       // pages before it
	items     int       // items before it, if they can be counted
	at        time.Time // when the token was received; zero: unknown
	done      bool
}

// Done reports whether the iteration is complete. An iteration that starts at such a cursor yields
// nothing.
func (c Cursor) Done() bool { return c.done }

// String returns the number of the page, without the token.
func (c Cursor) String() string {
	if c.done {
		return "end"
	}
	return fmt.Sprintf("page %d", c.page+1)
}

// cursorText is the content of the text of a cursor.
type cursorText struct {
	Operation string    `json:"o,omitempty"`
	Token     string    `json:"t,omitempty"`
	Page      int       `json:"p,omitempty"`
	Items     int       `json:"i,omitempty"`
	At        time.Time `json:"a,omitzero"`
	Done      bool      `json:"d,omitempty"`
}

// MarshalText returns text of letters, digits, - and _. It never fails.
func (c Cursor) MarshalText() ([]byte, error) {
	data, err := json.Marshal(cursorText{c.operation, c.token, c.page, c.items, c.at, c.done})
	return []byte(base64.RawURLEncoding.EncodeToString(data)), err
}

// errCursor does not quote the text, because it may contain a token.
var errCursor = errors.New("the text is not a cursor; start without one")

// UnmarshalText parses the result of MarshalText.
func (c *Cursor) UnmarshalText(text []byte) error {
	data, err := base64.RawURLEncoding.DecodeString(string(text))
	var t cursorText
	if err != nil || json.Unmarshal(data, &t) != nil || t.Page < 0 || t.Items < 0 {
		return errCursor
	}
	*c = Cursor{t.Operation, t.Token, t.Page, t.Items, t.At, t.Done}
	return nil
}

// Walk is the progress of an iteration over pages.
type Walk struct {
	Page     int    // number of the page that failed or has no next page, from 1
	Items    int    // items that were yielded, if the policy says where they are
	Restarts int    // how often the iteration started again; Page and Items count from the last start
	Expired  bool   // the page's token has expired, or will before the next request: see [ErrPageTokenExpired]
	Cursor   Cursor // where to continue; see [WithCursor]
}

// String returns page and items, for example "page 3, after 200 items".
func (w Walk) String() string {
	text := fmt.Sprintf("page %d", w.Page)
	switch w.Items {
	case 0:
	case 1:
		text += ", after 1 item"
	default:
		text += fmt.Sprintf(", after %d items", w.Items)
	}
	return text
}
