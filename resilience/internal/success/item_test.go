package success

import "testing"

// Text of the server is truncated, and control characters are removed.
func TestItem_String(t *testing.T) {
	for _, c := range []struct {
		item Item
		want string
	}{
		{Item{Index: 7}, "item 7: failed"},
		{Item{Word: "a b\n", Code: "\x1b[1m"}, "item 0: ab [1m"},
		{Item{Status: 503, Word: "x"}, "item 0: 503"},
		{Item{Code: "0123456789012345678901234567890123456789tail"},
			"item 0: 0123456789012345678901234567890123456789"},
		{Item{Message: "secret"}, "item 0: failed"},
	} {
		if got := c.item.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestAllRefused(t *testing.T) {
	for _, c := range []struct {
		items []Item
		total int
		want  bool
	}{
		{nil, 0, true},
		{[]Item{{Status: 400}, {Status: 499}, {Throttled: true}}, 3, true},
		{[]Item{{Status: 400}}, 2, false},
		{[]Item{{Status: 500}}, 1, false},
		{[]Item{{Word: "Bad"}}, 1, false},
	} {
		if got := AllRefused(c.items, c.total); got != c.want {
			t.Errorf("%v of %d: got %t, want %t", c.items, c.total, got, c.want)
		}
	}
}
