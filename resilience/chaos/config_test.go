package chaos_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/chaos"
	"github.com/resgen/resgen/resilience/policy"
)

func TestDecode(t *testing.T) {
	got, found := chaos.Decode("chaos.yaml", []byte(`seed: 7
faults:
  - {api: "shop*", operation: "GET /items/*", percent: 20, latency: 300ms, jitter: 200ms, status: 503, retry-after: 5s}
  - {percent: 0.5, reset: after}
`))
	want := chaos.Config{Seed: 7, Faults: []chaos.Fault{
		{API: "shop*", Operation: policy.Selector{Method: "GET", Path: "/items/*"}, Percent: 20,
			Latency: 300 * time.Millisecond, Jitter: 200 * time.Millisecond, Status: 503, RetryAfter: 5 * time.Second},
		{Percent: 0.5, Reset: chaos.ResetAfter},
	}}
	if len(found) != 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, found)
	}
}

func TestDecode_Mistakes(t *testing.T) {
	for text, want := range map[string]string{
		"{}":                      "",
		"faults: {}":              "c:1:9: faults: want a list, got a mapping",
		"fault: []":               "c:1:1: ",
		"faults: [{percent: 1}]":  "c:1:10: fault 1: nothing to inject; add latency, status or reset",
		"faults: [{status: 500}]": "c:1:10: fault 1: percent is 0; want more than 0 and at most 100",
		"faults: [{percent: 100, latency: 1s}, {percent: 100.5, latency: 1s}]": "c:1:39: fault 2: percent is 100.5; " +
			"want more than 0 and at most 100",
		"faults: [{percent: 1, status: 199}]": "c:1:10: fault 1: status is 199; want 200 to 599",
		"faults: [{percent: 1, status: 600}]": "c:1:10: fault 1: status is 600; want 200 to 599",
		"faults: [{percent: 1, status: 200}]": "",
		"faults: [{percent: 1, status: 599}]": "",
		"faults: [{percent: 1, jitter: 1s}]":  "",
		"faults: [{percent: 1, latency: -1s}]": "c:1:10: fault 1: a time is negative; " +
			"write it without a sign",
		"faults: [{percent: 1, reset: now}]": `c:1:10: fault 1: reset is "now"; want before or after`,
		"faults: [{percent: 1, reset: before, status: 500}]": "c:1:10: fault 1: both status and reset; " +
			"write two faults",
		"faults: [{percent: 1, reset: before, retry-after: 1s}]": "c:1:10: fault 1: retry-after needs a status; " +
			"add one, for example status: 503",
		"faults: [{percent: 1, status: 500, operation: /x}]": "c:1:47: fault 1: operation has no method; " +
			"write GET /x or the like",
		"faults: [{percent: x, status: 500}]":                      "c:1:20: fault 1: percent: ",
		"faults: [{percent: 1, status: 500, operations: addItem}]": `c:1:36: fault 1: unknown key "operations"`,
	} {
		config, found := chaos.Decode("c", []byte(text))
		if want != "" && len(config.Faults) > 0 {
			t.Errorf("%s: has faults in spite of the error: %+v", text, config.Faults)
		}
		if got := found.Error(); !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
