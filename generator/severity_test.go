package generator

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

// A document with one warning: two operations want one name.
var clashing = strings.ReplaceAll(petstore, "addPet", "list_pets")

func TestSeverity(t *testing.T) {
	tests := []struct {
		keys     string
		warnings int
		fails    bool
	}{
		{"", 1, false},
		{"strict: false\n", 1, false},
		{"strict: true\n", 0, true},
		{"severity: {name-clash: error}\n", 0, true},
		{"severity: {name-clash: warning}\n", 1, false},
		{"severity: {name-clash: ignore}\n", 0, false},
		{"severity: {any: error}\n", 1, false},
		{"strict: true\nseverity: {name-clash: warning}\n", 1, false},
		{"strict: true\nseverity: {name-clash: ignore}\n", 0, false},
		{"strict: true\nseverity: {any: ignore}\n", 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.keys, func(t *testing.T) {
			dir := project(t, map[string]string{"pets.yaml": clashing, "resgen.yaml": tt.keys + onePackage})
			before := folder(t, dir)
			r, err := generate(t, dir)
			if tt.fails {
				if err == nil ||
					!strings.HasPrefix(err.Error(), "pets.yaml:14:20: operation list_pets: Go name ListPets") {
					t.Errorf("got %v, want the warning as an error", err)
				}
				sameTree(t, before, folder(t, dir))
				return
			}
			if err != nil || len(r.Diagnostics) != tt.warnings {
				t.Errorf("got %v, %v; want %d warnings", r.Diagnostics, err, tt.warnings)
			}
		})
	}
}

// An error cannot be made less: there is nothing to generate.
func TestSeverity_ErrorsStay(t *testing.T) {
	ignored := Severities{"bad": SeverityIgnore}
	if got := applySeverity(diag.List{{Code: "bad"}}, ignored, false); len(got) != 1 || got[0].Severity != diag.Error {
		t.Errorf("got %v", got)
	}
}

// A reference to a file that is missing stops the run unless severity says otherwise.
func TestSeverity_UnreadableReference(t *testing.T) {
	document := strings.ReplaceAll(petstore, "{type: number}", "{$ref: no.yaml}")
	for keys, want := range map[string]struct {
		fails    bool
		warnings int
	}{
		"":               {true, 0},
		"strict: true\n": {true, 0},
		"severity: {unreadable-reference: error}\n":                 {true, 0},
		"severity: {unreadable-reference: warning}\n":               {false, 1},
		"strict: true\nseverity: {unreadable-reference: warning}\n": {false, 1},
		"severity: {unreadable-reference: ignore}\n":                {false, 0},
	} {
		r, err := generate(t, project(t, map[string]string{"pets.yaml": document, "resgen.yaml": keys + onePackage}))
		if (err != nil) != want.fails || !want.fails && len(r.Diagnostics) != want.warnings {
			t.Errorf("%s: got %v, %v; want %+v", keys, r.Diagnostics, err, want)
		}
	}
}
