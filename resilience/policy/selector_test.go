package policy

import "testing"

func TestNewSelector(t *testing.T) {
	tests := []struct {
		text       string
		want       Selector
		what, cure string
	}{
		{"listItems", Selector{ID: "listItems"}, "", ""},
		{"GET /items/{id}", Selector{Method: "GET", Path: "/items/{id}"}, "", ""},
		{"GET  /a b", Selector{Method: "GET", Path: "/a b"}, "", ""},
		{"* /items/*", Selector{Method: "*", Path: "/items/*"}, "", ""},
		{"list*", Selector{ID: "list*"}, "", ""},
		{"", Selector{}, "is empty", "write METHOD /path or an operationId"},
		{"  ", Selector{}, "is empty", "write METHOD /path or an operationId"},
		{"/items", Selector{}, "has no method", "write GET /items or the like"},
		{"get /items", Selector{}, "has its method in lower case", "write GET /items"},
		{"Get /items", Selector{}, "has its method in lower case", "write GET /items"},
		{"GET items", Selector{}, "is neither METHOD /path nor an operationId", `write it like "GET /items"`},
		{"list items", Selector{}, "is neither METHOD /path nor an operationId", `write it like "GET /items"`},
		{"GET", Selector{ID: "GET"}, "", ""},
		{" /items", Selector{}, "is neither METHOD /path nor an operationId", `write it like "GET /items"`},
		{"G(T /items", Selector{}, "is neither METHOD /path nor an operationId", `write it like "GET /items"`},
	}
	for _, test := range tests {
		got, what, cure := NewSelector(test.text)
		if got != test.want || what != test.what || cure != test.cure {
			t.Errorf("%q: got %+v %q %q, want %+v %q %q", test.text, got, what, cure, test.want, test.what, test.cure)
		}
	}
}

func TestSelector_Matches(t *testing.T) {
	tests := []struct {
		selector string
		want     bool
	}{
		{"getItem", true}, {"GET /items/{id}", true}, {"GET /items/*", true}, {"* /items/{id}", true}, {"* *", false},
		{"*", true}, {"get*", true}, {"*Item", true}, {"g*t*m", true},
		{"getitem", false}, {"GET /items", false}, {"PUT /items/{id}", false}, {"PUT /*", false},
		{"GET /items/{id}/", false}, {"put*", false}, {"GET /{id}", false},
	}
	for _, test := range tests {
		s, _, _ := NewSelector(test.selector)
		if got := s.Matches("getItem", "GET", "/items/{id}"); got != test.want {
			t.Errorf("%q: got %v", test.selector, got)
		}
	}
	if (Selector{}).Matches("", "", "") {
		t.Error("the zero selector matches")
	}
	if s, _, _ := NewSelector("*"); !s.Matches("", "GET", "/") {
		t.Error("* does not match an operation without an id")
	}
}

func TestSelector_StringAndGlob(t *testing.T) {
	for text, glob := range map[string]bool{"getItem": false, "GET /items/{id}": false, "get*": true, "* /items": true,
		"GET /*": true} {
		s, _, _ := NewSelector(text)
		if s.String() != text || s.IsGlob() != glob {
			t.Errorf("%q: got %q %v", text, s, s.IsGlob())
		}
	}
}

func TestMatchGlob(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"**", "abc", true}, {"a", "a", true},
		{"a", "b", false},
		{"a*", "a", true}, {"a*", "ba", false}, {"*a", "ba", true}, {"*a", "ab", false}, {"a*a", "a", false},
		{"a*a", "aa", true}, {"a*b*c", "axxbyyc", true}, {"a*b*c", "axxcyyc", false},
		{"a*b*b", "ab", false}, {"a*b*b", "abb", true}, {"*ab*", "aab", true}, {"*ab*", "ba", false},
		{"a?c", "abc", false}, {"[ab]", "a", false},
	}
	for _, test := range tests {
		if got := MatchGlob(test.pattern, test.name); got != test.want {
			t.Errorf("MatchGlob(%q, %q) = %v", test.pattern, test.name, got)
		}
	}
}
