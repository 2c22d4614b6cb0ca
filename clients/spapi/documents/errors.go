package documents

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// A Reason is why a document could not be moved.
type Reason string

// The reasons.
const (
	Expired     Reason = "expired"     // the URL has lapsed or opens nothing, and so does a new one
	Refused     Reason = "refused"     // the storage said no: see Status
	Unreachable Reason = "unreachable" // no answer, or none whole, after all attempts
	TimedOut    Reason = "timed out"   // silence, after all attempts
	Changed     Reason = "changed"     // the document is another one than at the beginning of the download
	Corrupt     Reason = "corrupt"     // what is stored is no whole gzip
	Charset     Reason = "charset"     // nobody knows how to turn its charset into UTF-8
	Checksum    Reason = "checksum"    // the bytes are not those that the checksum was made of
)

// An Error is why a document could not be moved. Its text names no URL.
type Error struct {
	Reason   Reason
	Status   int // of the storage's last answer; 0: none came
	Attempts int // requests for the part that did not come; 0: it was not a matter of requests

	note  string
	cause error
}

// Error tells in one line what happened and what to do.
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
		return fmt.Sprintf("status %d; its URL has lapsed", e.Status)
	case Refused:
		return fmt.Sprintf("status %d", e.Status)
	case Unreachable:
		return "no whole answer"
	case TimedOut:
		return "no answer in time"
	case Changed:
		return "it has changed while it was downloaded; begin again"
	case Corrupt:
		return "it is no whole gzip"
	case Charset:
		return "its charset is unknown; name the right one, or Binary to take the bytes"
	}
	return "its checksum is wrong; download it again"
}

// Unwrap returns what the network said, or nil.
func (e *Error) Unwrap() error { return e.cause }

// bare takes the URL out of an error of net/http.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// reasonOf tells silence from breakage.
func reasonOf(err error) Reason {
	var t interface{ Timeout() bool }
	if errors.Is(err, errSilence) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout() {
		return TimedOut
	}
	return Unreachable
}

// errSilence is the cause of a request that was given up because nothing moved.
var errSilence = errors.New("nothing moved")
