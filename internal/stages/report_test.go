package main

import (
	"testing"
	"time"
)

func TestSummary(t *testing.T) {
	stages := []*stage{
		{name: "unit", state: passed, took: 65 * time.Second, processor: 100 * time.Second, packages: 12},
		{name: "vet", state: passed, took: 1500 * time.Millisecond, processor: 2 * time.Second},
		{name: "corpus", state: skipped, reason: "no documents"},
	}
	want := `
stage   result       time   processor  packages
unit    passed       1m05s  1m40s      12
vet     passed       1.5s   2.0s       
corpus  did not run  0.0s   0.0s       
total                1m10s  1m42s      

passed: unit, vet; corpus did not run (no documents)
`
	if got, ok := summary(stages, 70*time.Second); got != want || !ok {
		t.Errorf("%v:\n%s", ok, got)
	}
}

func TestVerdict(t *testing.T) {
	stages := []*stage{{name: "a", state: failed}, {name: "b", state: passed}, {name: "c"}}
	if got, ok := verdict(stages); got != "FAILED: a, c; passed: b" || ok {
		t.Errorf("%v %s", ok, got)
	}
	if got, ok := verdict(stages[:1]); got != "FAILED: a" || ok {
		t.Errorf("%v %s", ok, got)
	}
}

func TestProgress(t *testing.T) {
	begun := time.Unix(1000, 0)
	stages := []*stage{
		{name: "fmt", state: passed, begun: begun},
		{name: "unit", state: running, begun: begun, packages: 2, last: "example.com/a"},
		{name: "vet", state: running, begun: begun.Add(time.Second)},
		{name: "lint"},
	}
	want := "... unit 3.0s, 2 packages passed, last example.com/a; vet 2.0s"
	if got := progress(stages, begun.Add(3*time.Second)); got != want {
		t.Errorf("got %q", got)
	}
	if got := progress(stages[:1], begun); got != "" {
		t.Errorf("without a running stage: %q", got)
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.0s", 59940 * time.Millisecond: "59.9s", time.Minute: "1m00s", 125600 * time.Millisecond: "2m06s",
	} {
		if got := seconds(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
