package diag

import "testing"

func TestMistyped(t *testing.T) {
	names := []string{"get", "getPet", "getListings", "getOrderV0"}
	tests := []struct{ word, want string }{
		{"getPte", "getPet"}, {"getPett", "getPet"}, {"get_pet", "getPet"}, {"getPot", "getPet"}, {"getPots", ""},
		{"gett", ""},
		{"getListing", "getListings"}, {"getListnigs", "getListings"}, {"getLstng", ""}, {"getLstings", "getListings"},
		{"getLsting", "getListings"},
		{"getOrderV1", ""}, {"getOrdreV0", "getOrderV0"}, {"zzz", ""}, {"", ""},
	}
	for _, test := range tests {
		if got := Mistyped(test.word, names); got != test.want {
			t.Errorf("Mistyped(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	keys := []string{"attempts", "rate", "retry", "max-wait", "on", "per-second", "open"}
	tests := []struct{ word, want string }{
		{"atempts", "attempts"}, {"attemtps", "attempts"}, {"ATTEMPTS", "attempts"}, {"attempt", "attempts"},
		{"tries", ""},
		{"maxWait", "max-wait"}, {"max_wait", "max-wait"}, {"perSecond", "per-second"}, {"rat", "rate"},
		{"rates", "rate"}, {"rety", "retry"}, {"no", "on"}, {"xy", ""}, {"ope", "open"}, {"", ""},
	}
	for _, test := range tests {
		if got := Suggest(test.word, keys); got != test.want {
			t.Errorf("Suggest(%q) = %q, want %q", test.word, got, test.want)
		}
	}
	if got := Suggest("ac", []string{"ab", "ad"}); got != "ab" {
		t.Errorf("of equally close candidates the first: got %q", got)
	}
	if got := Suggest("reads", []string{"bread", "read"}); got != "read" {
		t.Errorf("the closer one: got %q", got)
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"abcd", "acbd", 1},
		{"ca", "abc", 3}, {"é", "e", 1}, {"same", "same", 0}, {"abc", "xyz", 3},
	}
	for _, test := range tests {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
