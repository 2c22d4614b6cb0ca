package documents

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// A Reason classifies why a document could not be transferred.
type Reason string

// The reasons.
const (
	Expired     Reason = "expired"     // the URL and a new one have expired or are invalid
	Refused     Reason = "refused"     // an error response; see Status
	Unreachable Reason = "unreachable" // no complete response after all attempts
	TimedOut    Reason = "timed out"   // no data within the idle timeout after all attempts
	Changed     Reason = "changed"     // the document was replaced during the download
	Corrupt     Reason = "corrupt"     // the stored data is not valid gzip
	Charset     Reason = "charset"     // the charset is not supported
	Checksum    Reason = "checksum"    // the checksum does not match
	Forbidden   Reason = "forbidden"   // its URL or address must not be contacted; see [Client]
	TooLarge    Reason = "too large"   // it has more bytes than [Client] allows
)

// An Error reports why a document could not be transferred. Its text contains no URL.
type Error struct {
	Reason   Reason
	Status   int // of the storage's last response; 0: none
	Attempts int // requests for the missing part; 0: not related to requests

	note  string
	cause error
}

// Error returns the reason and what to do about it in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("document: " + e.what())
	if e.note != "" {
		b.WriteString(": " + e.note)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " after %d attempts", e.Attempts)
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

func (e *Error) what() string {
	switch e.Reason {
	case Expired:
		return fmt.Sprintf("status %d; its URL has expired", e.Status)
	case Refused:
		return fmt.Sprintf("status %d", e.Status)
	case Unreachable:
		return "no complete response"
	case TimedOut:
		return "no response in time"
	case Changed:
		return "it was replaced during the download; download it again"
	case Corrupt:
		return "it is not valid gzip"
	case Charset:
		return "its charset is not supported; set Charset to the right one, or to Binary for the raw bytes"
	case Forbidden:
		return "its URL must not be requested"
	case TooLarge:
		return "it is too large; raise Client.MaxBytes if it is right"
	}
	return "its checksum does not match; download it again"
}

// Unwrap returns the network error, or nil.
func (e *Error) Unwrap() error { return e.cause }

// bare removes the URL from an error of net/http.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// reasonOf distinguishes an idle timeout from a broken connection.
func reasonOf(err error) Reason {
	var t interface{ Timeout() bool }
	if errors.Is(err, errIdle) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout() {
		return TimedOut
	}
	return Unreachable
}

// final returns the error in err that a retry would not change, or nil.
func final(err error) *Error {
	var e *Error
	if errors.As(err, &e) && e.Reason == Forbidden {
		return e
	}
	return nil
}

// errIdle is the cause of a request that was canceled by the idle timeout.
var errIdle = errors.New("no data was transferred")
