package faults

import (
	"testing"
)

func TestRepeat(t *testing.T) {
	script := Repeat(3, Status(503))
	if len(script) != 3 || script[2].Status != 503 {
		t.Errorf("%+v", script)
	}
}

func TestStep_MethodsReturnCopies(t *testing.T) {
	a := Status(200).With("A", "1")
	b := a.With("A", "2").Without("date").WithNote("n", "1")
	if got := a.Headers["A"]; len(got) != 1 || len(b.Headers["A"]) != 2 || a.Note != nil {
		t.Errorf("a %v, b %v", a, b)
	}
	if v, ok := b.Headers["Date"]; !ok || v != nil {
		t.Errorf("Date %v %v", v, ok)
	}
}
