package resilience

// This file checks the headers of requests before they are sent. net/http checks them as well, but
// its errors look like those of a broken connection.

import (
	"fmt"
	"net/http"
)

// headerError is the error of a header that must not be sent. Its text does not contain the value.
type headerError struct{ text string }

func (e *headerError) Error() string { return e.text }

// A byteSet is a set of bytes.
type byteSet [256]bool

func setOf(chars string) *byteSet {
	var s byteSet
	for i := range len(chars) {
		s[chars[i]] = true
	}
	return &s
}

const alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

var (
	tokenChars = setOf("!#$%&'*+-.^_`|~" + alphanumeric)     // of header names (RFC 9110, section 5.6.2)
	hostChars  = setOf("!$%&'()*+,-.:;=[]_~" + alphanumeric) // of hosts in ASCII (RFC 3986, section 3.2.2)
)

// checkHeader returns an error for a header that net/http would reject.
func checkHeader(name, value string) error {
	valid := name != ""
	for i := range len(name) {
		valid = valid && tokenChars[name[i]]
	}
	if !valid {
		return &headerError{fmt.Sprintf("header %q: invalid header name", name)}
	}
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return &headerError{fmt.Sprintf("header %s: the value contains the control character %#02x; remove it",
				name, c)}
		}
	}
	return nil
}

// check returns an error if the host or a header of the request must not be sent. Middleware and
// credentials may have changed them.
func (x *exchange) check(r *http.Request) error {
	for i := range len(r.Host) {
		if c := r.Host[i]; c < 0x80 && !hostChars[c] {
			return &headerError{fmt.Sprintf("header Host: the value contains the character %q; remove it", c)}
		}
	}
	if x.call.route.direct {
		return nil // the headers were checked when the call began
	}
	for name, values := range r.Header {
		if x.call.request.fields.has(name, values) {
			continue // it was checked when the call began
		}
		for _, v := range values {
			if err := checkHeader(name, v); err != nil {
				return err
			}
		}
	}
	return nil
}
