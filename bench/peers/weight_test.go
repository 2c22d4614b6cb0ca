package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestTooHeavy(t *testing.T) {
	list := []weight{{client: "a", size: 1000}, {client: "b", size: 1}, {client: "c", size: 1000 + mostWeight}}
	if got := tooHeavy(list); got != nil {
		t.Errorf("got %q, want nothing", got)
	}
	list[2].size++
	got := strings.Join(tooHeavy(list), "\n")
	if !strings.Contains(got, "3300001 bytes more than one with a, at most 3300000 are allowed") {
		t.Errorf("got %q", got)
	}
}

func TestWriteWeights(t *testing.T) {
	var page bytes.Buffer
	writeWeights(&page, []weight{{"a", 9_116_648, 6_308_105}})
	if want := "| a | 9.12 | 6.31 |\n\n"; !strings.HasSuffix(page.String(), want) {
		t.Errorf("got %q, want %q at the end", page.String(), want)
	}
}
