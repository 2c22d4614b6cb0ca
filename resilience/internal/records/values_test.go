package records_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/resgen/resgen/resilience/internal/records"
)

func values(v *records.Values) ([]string, error) {
	var list []string
	for {
		next, err := v.Next()
		if err != nil {
			return list, err
		}
		list = append(list, string(next))
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		text     string
		sequence bool
		want     []string
	}{
		{"", false, nil},
		{"{\"a\":1}\n{\"a\":2}\r\n\n \n3", false, []string{`{"a":1}`, `{"a":2}`, "3"}},
		{"\ufeff1\n[\n]\n", false, []string{"1", "[", "]"}},
		{"\x1e{\"a\":1}\n\x1e[1,\n2]\n\x1e\x1e\n\x1etrue\n", true, []string{`{"a":1}`, "[1,\n2]", "true"}},
		{"\x1e{\"a\":\"}\\\"\n]\"}\n\x1e1\x1e2", true, []string{"{\"a\":\"}\\\"\n]\"}", "1", "2"}},
		{"\x1e{\"a\":\n\x1e2\n", true, []string{"{\"a\":", "2"}},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text))} {
			got, err := values(records.NewValues(r, 0, c.sequence))
			if !slices.Equal(got, c.want) || err != io.EOF {
				t.Errorf("%q: got %q, %v", c.text, got, err)
			}
		}
	}
}

func TestValues_Limit(t *testing.T) {
	got, err := values(records.NewValues(strings.NewReader("123\n1234\n"), 4, false))
	if len(got) != 2 || err != io.EOF {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := values(records.NewValues(strings.NewReader("123\n1234\n"), 3, false)); len(got) != 1 ||
		err != records.ErrTooLarge {
		t.Errorf("got %q, %v", got, err)
	}
}

// A value of a sequence is returned at the end of its line, not at the beginning of the next value.
func TestValues_Prompt(t *testing.T) {
	broken := errors.New("broken")
	v := records.NewValues(io.MultiReader(strings.NewReader("\x1e{}\n1"), iotest.ErrReader(broken)), 0, true)
	if got, err := v.Next(); string(got) != "{}" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := v.Next(); got != nil || err != broken {
		t.Errorf("got %q, %v", got, err)
	}
}
