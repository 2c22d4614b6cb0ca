package records

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// ErrTooLarge is returned for a record that is larger than the limit.
var ErrTooLarge = errors.New("a record of the stream is larger than the policy allows")

// An Event is one server-sent event.
type Event struct {
	ID   string // of this event, or of the last one that had one
	Name string // "message" if the server sends none
	Data string // its lines are separated by \n
}

// Events reads server-sent events.
type Events struct {
	r     *bufio.Reader
	limit int64 // largest event in bytes; 0: none
	begun bool
	cr    bool // the last line ended with a carriage return
	id    string
	retry time.Duration
	event pending
}

// pending is an event that is not complete.
type pending struct {
	started bool // it has a field
	name    string
	data    strings.Builder
	size    int64
}

// NewEvents returns a reader of events. The limit is for one event; if it is 0, there is none. The
// last id is that of an event which an earlier connection received.
func NewEvents(r io.Reader, limit int64, lastID string) *Events {
	return &Events{r: bufio.NewReader(r), limit: limit, id: lastID}
}

// Retry returns how long the server asks to wait before a reconnection; 0: it does not say.
func (e *Events) Retry() time.Duration { return e.retry }

// Cut reports whether the stream ended within an event, which is then discarded.
func (e *Events) Cut() bool { return e.event.started }

// Next returns the next event, or the error of the reader: [io.EOF] at the end of the stream.
func (e *Events) Next() (Event, error) {
	id := e.id
	for {
		line, err := e.line()
		if err != nil {
			return Event{}, err
		}
		if line != "" {
			e.field(line, &id)
			continue
		}
		done := e.event
		e.event, e.id = pending{}, id
		if done.data.Len() > 0 {
			return Event{ID: id, Name: nameOf(done.name), Data: strings.TrimSuffix(done.data.String(), "\n")}, nil
		}
	}
}

func nameOf(name string) string {
	if name == "" {
		return "message"
	}
	return name
}

// field interprets a line of an event.
func (e *Events) field(line string, id *string) {
	name, value, _ := strings.Cut(line, ":")
	e.event.started = e.event.started || name != "" // a line without a name is a comment
	value = strings.TrimPrefix(value, " ")
	switch name {
	case "event":
		e.event.name = value
	case "data":
		e.event.data.WriteString(value)
		e.event.data.WriteByte('\n')
	case "id":
		if !strings.Contains(value, "\x00") {
			*id = value
		}
	case "retry":
		if n, err := strconv.ParseUint(value, 10, 31); err == nil {
			e.retry = time.Duration(n) * time.Millisecond
		}
	}
}

// line returns the next line without its end, which is a line feed, a carriage return or both. The
// line feed after a carriage return is not awaited, because it may come late. Text after the last
// end of a line is ignored.
func (e *Events) line() (string, error) {
	var line []byte
	for {
		c, err := e.r.ReadByte()
		if err != nil {
			e.event.started = e.event.started || len(line) > 0
			return "", err
		}
		if c == '\n' && e.cr {
			e.cr = false
			continue
		}
		e.cr = c == '\r'
		if c == '\n' || c == '\r' {
			return e.text(line), nil
		}
		line = append(line, c)
		if e.event.size++; e.limit > 0 && e.event.size > e.limit {
			return "", ErrTooLarge
		}
	}
}

// text returns a line as UTF-8, the first one without a byte order mark.
func (e *Events) text(line []byte) string {
	text := strings.ToValidUTF8(string(line), "\uFFFD")
	if !e.begun {
		e.begun = true
		text = strings.TrimPrefix(text, "\uFEFF")
	}
	return text
}
