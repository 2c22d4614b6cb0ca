package diag

import (
	"errors"
	"slices"
	"testing"
)

func TestPosition_String(t *testing.T) {
	tests := []struct {
		pos  Position
		want string
	}{
		{Position{}, ""}, {Position{File: "f"}, "f"}, {Position{"f", 3, 7}, "f:3:7"},
		{Position{File: "f", Column: 7}, "f"},
	}
	for _, test := range tests {
		if got := test.pos.String(); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.pos, got, test.want)
		}
	}
}

func TestPosition_Compare(t *testing.T) {
	sorted := []Position{{}, {"a", 1, 1}, {"a", 1, 2}, {"a", 2, 1}, {"a", 10, 1}, {"b", 1, 1}}
	for i, p := range sorted {
		for j, q := range sorted {
			want := 0
			switch {
			case i < j:
				want = -1
			case i > j:
				want = 1
			}
			if got := p.Compare(q); got != want {
				t.Errorf("%v against %v: got %d, want %d", p, q, got, want)
			}
		}
	}
}

func TestDiagnostic_Error(t *testing.T) {
	pos := Position{"specs/petstore.yaml", 41, 7}
	tests := []struct {
		d    Diagnostic
		want string
	}{
		{Diagnostic{Pos: pos, Subject: "operation addPet", What: "two request bodies are application/json",
			Cure: "keep one"}, "specs/petstore.yaml:41:7: operation addPet: two request bodies are " +
			"application/json; keep one"},
		{Diagnostic{Pos: pos, Severity: Warning, Subject: "x", What: "w"}, "specs/petstore.yaml:41:7: warning: x: w"},
		{Diagnostic{What: "w", Code: "code"}, "w"},
		{Diagnostic{What: "w", Cure: "c"}, "w; c"},
		{Diagnostic{Pos: Position{File: "f"}, What: "w"}, "f: w"},
	}
	for _, test := range tests {
		if got := test.d.Error(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestSeverity_String(t *testing.T) {
	if Error.String() != "error" || Warning.String() != "warning" {
		t.Errorf("got %s and %s", Error, Warning)
	}
}

func TestList(t *testing.T) {
	var l List
	if l.Err() != nil || l.HasErrors() || l.Error() != "" {
		t.Error("the zero List has something")
	}
	warning := Diagnostic{Pos: Position{"b", 1, 1}, Severity: Warning, What: "w"}
	l.Add(warning)
	if l.Err() != nil || l.HasErrors() {
		t.Error("a warning stops the run")
	}
	l.Add(Diagnostic{Pos: Position{"b", 1, 1}, What: "e"})
	l.Add(Diagnostic{Pos: Position{"a", 2, 1}, What: "z"})
	l.Add(Diagnostic{Pos: Position{"a", 2, 1}, What: "y"})
	l.Add(warning)
	l.Sort()
	if want := "a:2:1: y\na:2:1: z\nb:1:1: e\nb:1:1: warning: w"; l.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", l.Error(), want)
	}
	var got List
	if !l.HasErrors() || !errors.As(l.Err(), &got) || !slices.Equal(got, l) {
		t.Error("Err is not the list")
	}
}
