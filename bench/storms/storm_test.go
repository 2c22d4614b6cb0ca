package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/bench/variant"
)

// pick returns the variant with a name.
func pick(t *testing.T, name string) variant.Variant {
	t.Helper()
	for _, v := range variant.All() {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no variant %q", name)
	return variant.Variant{}
}

// gentle returns settings with which only the server affects the results.
func gentle() variant.Settings {
	s := variant.Storm()
	s.Backoff, s.AttemptTimeout, s.MinCalls, s.Tokens = time.Millisecond, time.Minute, 1<<20, 1<<20
	return s
}

func TestPartial_Counts(t *testing.T) {
	for _, c := range []struct {
		variant           string
		share             float64
		success, attempts float64
	}{
		{variant.Plain, 0, 100, 1}, {variant.Plain, 1, 0, 4}, {"no retry", 1, 0, 1},
		{variant.Bucket, 1, 0, 4}, {variant.Ours, 0, 100, 1}, {variant.Ours, 1, 0, 4},
	} {
		row, err := partial{c.share, 5000, 100}.run(newClock(1), 1, pick(t, c.variant), gentle())
		if err != nil {
			t.Fatal(err)
		}
		if row[0] != c.success || row[1] != c.attempts {
			t.Errorf(
				"%s at %g: got %g %% and %g attempts a call, want %g and %g",
				c.variant,
				c.share,
				row[0],
				row[1],
				c.success,
				c.attempts,
			)
		}
	}
}

// In an outage without end every request fails, and plain retry makes four requests per call.
func TestOutage_Counts(t *testing.T) {
	o := outage{callers: 20, pause: 50 * ms, down: span{0, time.Minute}, stop: 100 * ms}
	row, err := o.run(newClock(1), 1, pick(t, variant.Plain), gentle())
	if err != nil {
		t.Fatal(err)
	}
	if row[0] != 4 {
		t.Errorf("got %g attempts a call, want 4", row[0])
	}
}

// A server with enough capacity and without a stall answers everything.
func TestOverload_Counts(t *testing.T) {
	o := overload{rate: 1000, workers: 1000, service: ms, stall: span{}, stop: 200 * ms}
	row, err := o.run(newClock(1), 1, pick(t, variant.Ours), gentle())
	if err != nil {
		t.Fatal(err)
	}
	if row[0] != 1 || row[1] != 100 {
		t.Errorf("got %g attempts a call and %g %% success, want 1 and 100", row[0], row[1])
	}
}

// A circuit opens in a storm of dropped connections, also if each account makes few calls.
func TestDrop_Counts(t *testing.T) {
	d := drop{callers: 30, accounts: 60, linger: ms, coolings: 3}
	s := variant.Storm()
	s.AttemptTimeout, s.CoolDown = time.Minute, 50*ms
	row, err := d.run(newClock(1), 1, pick(t, variant.Ours), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, most := range []float64{mostBeforeOpen, 4, mostBeforeOpen, 4} {
		if row[i] > most || row[i] <= 0 {
			t.Errorf("column %d: got %g, want more than 0 and at most %g", i, row[i], most)
		}
	}
}

func TestOutage_Weather(t *testing.T) {
	o := outage{down: span{2 * time.Second, 7 * time.Second}}
	for at, want := range map[time.Duration]int{
		0: 200, 2*time.Second - 1: 200, 2 * time.Second: 503, 7*time.Second - 1: 503, 7 * time.Second: 200,
	} {
		if _, status := o.weather(at); status != want {
			t.Errorf("at %s: got %d, want %d", at, status, want)
		}
	}
}

func TestParse(t *testing.T) {
	o, err := parse(
		[]string{"-storm", "outage,long", "-only", "retry 3", "-runs", "5", "-scale", "2", "-seed", "7", "-strict"},
		io.Discard,
	)
	if err != nil || len(o.storms) != 2 || o.storms[1] != "long" || o.only[0] != "retry 3" || o.runs != 5 ||
		o.scale != 2 ||
		o.seed != 7 ||
		!o.strict {
		t.Fatalf("got %+v, %v", o, err)
	}
	for _, c := range []struct{ args, want string }{
		{"-storm=hail", `no storm "hail"`},
		{"-only=luck", `no variant "luck"`},
		{"-runs=0", "must be greater than 0"},
		{"-scale=0", "must be greater than 0"},
		{"-hail", "not defined"},
	} {
		var errs bytes.Buffer
		if code := run([]string{c.args}, io.Discard, &errs); code != 2 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: exit code %d and %q, want 2 and %q", c.args, code, errs.String(), c.want)
		}
	}
}

// run prints the parameters first, then a table, and exits with 1 if the storm is not as described.
func TestWeather(t *testing.T) {
	s := partialStorm("short", 0, 2000, 20)
	s.check = func(tab table) []verdict {
		n, _ := tab.at(variant.Plain, 0)
		return []verdict{{"all succeed", n == 100, true}, {"none succeeds", n == 0, false}}
	}
	var out strings.Builder
	calibrated, met, err := s.weather(options{runs: 2, scale: 1, only: []string{variant.Plain}}, &out, io.Discard)
	if err != nil || !calibrated || met {
		t.Errorf("calibrated %v, met %v, %v; want true, false", calibrated, met, err)
	}
	text := out.String()
	for _, want := range []string{
		"## partial failure", "- breaker: 50 %", "- bucket: 500 tokens", "| retry 3 | 100.00", "holds: all succeed",
		"FAILS: none succeeds",
	} {
		before, after, ok := strings.Cut(text, want)
		if !ok {
			t.Fatalf("%q is missing, or too early, in\n%s", want, before)
		}
		text = after
	}
}

func TestClock(t *testing.T) {
	c := clock{scale: 2}
	if got := c.real(time.Second); got != 2*time.Second {
		t.Errorf("a second of the storm takes %s, want 2s", got)
	}
}
