package records_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/resgen/resgen/resilience/internal/records"
)

type event = records.Event

func all(e *records.Events) ([]event, error) {
	var list []event
	for {
		next, err := e.Next()
		if err != nil {
			return list, err
		}
		list = append(list, next)
	}
}

func TestEvents(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []event
		retry      time.Duration
		cut        bool
	}{
		{name: "nothing"},
		{name: "one line", text: "data: YHOO\n\n", want: []event{{"", "message", "YHOO"}}},
		{name: "several lines", text: "data: YHOO\ndata: +2\ndata: 10\n\n",
			want: []event{{"", "message", "YHOO\n+2\n10"}}},
		{
			name: "ids and comments", text: ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n" +
				"data:  third event\n\n",
			want: []event{
				{"1", "message", "first event"}, {"", "message", "second event"}, {"", "message", " third event"},
			},
		},
		{name: "empty data", text: "data\n\ndata\ndata\n\ndata:", cut: true,
			want: []event{{"", "message", ""}, {"", "message", "\n"}}},
		{name: "one space", text: "data:test\n\ndata: test\n\ndata:  a\n\n",
			want: []event{{"", "message", "test"}, {"", "message", "test"}, {"", "message", " a"}}},
		{name: "names", text: "event: add\ndata: 1\n\ndata: 2\n\nevent: x\n\ndata: 3\n\n",
			want: []event{{"", "add", "1"}, {"", "message", "2"}, {"", "message", "3"}}},
		{name: "ends of lines", text: "data: a\r\n\r\ndata: b\r\rdata: c\n\ndata: d\r\ndata: e\r\n\n",
			want: []event{{"", "message", "a"}, {"", "message", "b"}, {"", "message", "c"}, {"", "message", "d\ne"}}},
		{name: "mark", text: "\uFEFFdata: a\n\n\uFEFFdata: b\n\n", want: []event{{"", "message", "a"}}},
		{name: "the id of an event without data", text: "id: 7\n\ndata: a\n\n", want: []event{{"7", "message", "a"}}},
		{name: "an id with a zero", text: "id: 7\nid: a\x00b\ndata: a\n\n", want: []event{{"7", "message", "a"}}},
		{name: "retry",
			text: "retry: 1500\n\nretry: 2s\n\nretry: -1\n\nretry: +1\n\nretry\n\n", retry: 1500 * time.Millisecond},
		{name: "unknown fields", text: "data : a\nDATA: b\nfoo: bar\ndata: c:d\n\n",
			want: []event{{"", "message", "c:d"}}},
		{name: "not UTF-8", text: "data: a\xff\n\n", want: []event{{"", "message", "a\uFFFD"}}},
		{name: "an incomplete event", text: "data: a\n\ndata: b\n", want: []event{{"", "message", "a"}}, cut: true},
		{name: "a comment at the end", text: "data: a\n\n: bye\n", want: []event{{"", "message", "a"}}},
		{name: "a comment in an incomplete event", text: "data: a\n: bye\n", cut: true},
		{name: "an incomplete line", text: "data: a\n\nda", want: []event{{"", "message", "a"}}, cut: true},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text))} {
			e := records.NewEvents(r, 0, "")
			got, err := all(e)
			if !slices.Equal(got, c.want) || err != io.EOF || e.Retry() != c.retry || e.Cut() != c.cut {
				t.Errorf("%s: got %q, %v, retry %s, cut %t", c.name, got, err, e.Retry(), e.Cut())
			}
		}
	}
}

// The id of an earlier connection holds until the server sends another one.
func TestEvents_LastID(t *testing.T) {
	got, _ := all(records.NewEvents(strings.NewReader("data: a\n\nid: 9\ndata: b\n\n"), 0, "8"))
	if want := []event{{"8", "message", "a"}, {"9", "message", "b"}}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// The limit is for each event, without the ends of its lines.
func TestEvents_Limit(t *testing.T) {
	text := "data: 12\n\n: 456\ndata\n\n"
	if got, err := all(records.NewEvents(strings.NewReader(text), 9, "")); len(got) != 2 || err != io.EOF {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := all(records.NewEvents(strings.NewReader(text), 8, "")); len(got) != 1 || err != records.ErrTooLarge {
		t.Errorf("got %q, %v", got, err)
	}
}

// An event is returned before anything after its empty line arrives.
func TestEvents_Prompt(t *testing.T) {
	for _, text := range []string{"data: a\n\n", "data: a\r\r", "data: a\r\n\r"} {
		broken := errors.New("broken")
		e := records.NewEvents(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), 0, "")
		if got, err := e.Next(); got.Data != "a" || err != nil {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
		if _, err := e.Next(); err != broken {
			t.Errorf("%q: %v", text, err)
		}
	}
}
