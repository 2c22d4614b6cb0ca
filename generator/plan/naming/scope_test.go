package naming

import (
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

func TestScope_Claim(t *testing.T) {
	var found diag.List
	s := NewScope(&found, "Client")
	claims := []struct {
		name, kind string
		others     []string
		want       string
	}{
		{"A", "", nil, "A"},
		{"A", "", nil, "A_2"},
		{"A", "", []string{"ADot"}, "ADot"},
		{"A", "", []string{"ADot", "ADotDot"}, "ADotDot"},
		{"A", "", []string{"A", "ADot"}, "A_3"},
		{"A_4", "", nil, "A_4"},
		{"A", "", nil, "A_5"},
		{"Client", "Schema", []string{"Other"}, "ClientSchema"},
		{"Client", "Schema", []string{"Other"}, "Other"},
		{"Client", "Schema", []string{"Other"}, "Client_2"},
		{"Client", "", nil, "Client_3"},
	}
	for i, c := range claims {
		if got := s.Claim(c.name, Owner{What: "owner"}, c.kind, c.others...); got != c.want {
			t.Errorf("claim %d of %s: got %s, want %s", i, c.name, got, c.want)
		}
	}
	if want := len(claims) - 2; len(found) != want {
		t.Errorf("%d findings, want %d", len(found), want)
	}
	if got := s.Quiet().Claim("A", Owner{What: "owner"}, ""); got != "A_6" || len(found) != len(claims)-2 {
		t.Errorf("quiet: got %s and %d findings", got, len(found))
	}
}
