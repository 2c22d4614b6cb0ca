package wire

import "bytes"

// An escape selects the bytes of a value that are not escaped in one place of a request. All other
// bytes become %XX.
type escape uint8

const (
	escapeStrict       escape = iota // RFC 3986 unreserved only: path segments and query values
	escapeReserved                   // allowReserved, in a query
	escapeGreedy                     // as strict, with slashes: path parameters that span segments
	escapeForm                       // as strict, with + for a space: application/x-www-form-urlencoded
	escapeFormReserved               // allowReserved, in a form
	escapeCookie                     // RFC 6265 cookie-octet
	escapeNone                       // header fields
)

const upperHex = "0123456789ABCDEF"

// appendEscaped appends s to dst, escaped for its place.
func appendEscaped(dst []byte, s string, e escape) []byte {
	if e == escapeNone {
		return append(dst, s...)
	}
	start := 0 // of bytes that stay as they are
	for i := 0; i < len(s); i++ {
		c := s[i]
		if unreserved[c] {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch {
		case staysIn(c, e):
			dst = append(dst, c)
		case c == ' ' && (e == escapeForm || e == escapeFormReserved):
			dst = append(dst, '+')
		case c == '%' && (e == escapeReserved || e == escapeFormReserved) && isTriplet(s[i:]):
			dst = append(dst, c)
		default:
			dst = appendTriplet(dst, c)
		}
	}
	return append(dst, s[start:]...)
}

// unreserved has the characters that are unreserved by RFC 3986, section 2.3.
var unreserved = [256]bool{
	'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
	'A': true, 'B': true, 'C': true, 'D': true, 'E': true, 'F': true, 'G': true, 'H': true, 'I': true, 'J': true,
	'K': true, 'L': true, 'M': true, 'N': true, 'O': true, 'P': true, 'Q': true, 'R': true, 'S': true, 'T': true,
	'U': true, 'V': true, 'W': true, 'X': true, 'Y': true, 'Z': true,
	'a': true, 'b': true, 'c': true, 'd': true, 'e': true, 'f': true, 'g': true, 'h': true, 'i': true, 'j': true,
	'k': true, 'l': true, 'm': true, 'n': true, 'o': true, 'p': true, 'q': true, 'r': true, 's': true, 't': true,
	'u': true, 'v': true, 'w': true, 'x': true, 'y': true, 'z': true, '-': true, '.': true, '_': true, '~': true,
}

// staysIn reports whether a character that is not unreserved needs no escape in a place.
func staysIn(c byte, e escape) bool {
	switch e {
	case escapeGreedy:
		return c == '/'
	case escapeReserved, escapeFormReserved:
		return reservedInQuery(c)
	case escapeCookie:
		return 0x21 <= c && c <= 0x7e && c != '"' && c != ',' && c != ';' && c != '\\'
	}
	return false
}

// reservedInQuery reports whether a character is reserved by RFC 3986 and keeps its meaning within
// one value of a query. All others are escaped even with allowReserved: # would end the query, &
// the value, + is read as a space, and [ ] are not allowed there.
func reservedInQuery(c byte) bool {
	switch c {
	case ':', '/', '?', '@', '!', '$', '\'', '(', ')', '*', ',', ';', '=':
		return true
	}
	return false
}

// appendTriplet appends a percent sign and the two hex digits of c.
func appendTriplet(dst []byte, c byte) []byte {
	return append(dst, '%', upperHex[c>>4], upperHex[c&15])
}

// isTriplet reports whether s begins with a percent sign and two hex digits.
func isTriplet[T []byte | string](s T) bool {
	return len(s) >= 3 && s[0] == '%' && isHex(s[1]) && isHex(s[2])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// appendLiteral appends text of a path template. Characters that a path or a query may contain are
// not escaped, nor are escapes in the template.
func appendLiteral(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case unreserved[c], reservedInQuery(c), c == '&', c == '+', isTriplet(s[i:]):
			dst = append(dst, c)
		default:
			dst = appendTriplet(dst, c)
		}
	}
	return dst
}

// appendUnescaped appends s with the bytes that its escapes mean. An incomplete escape is text.
func appendUnescaped(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '%')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		if s = s[i:]; isTriplet(s) {
			dst, s = append(dst, unhex(s[1])<<4|unhex(s[2])), s[3:]
		} else {
			dst, s = append(dst, '%'), s[1:]
		}
	}
}

// unhex returns the value of a hex digit.
func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
