package main

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/examples/internal/demo"
)

// A standin is a server to run.
type standin struct {
	flag    string // the flag that sets the address
	address string
	handler http.Handler
	hint    string // how to sign in
}

// standins returns the servers. They log requests to log. The EDR's sign-in codes, which a real
// user gets by SMS, are printed to out.
func standins(f *flags, log, out io.Writer) []standin {
	today := time.Now()
	latency := [2]time.Duration{f.latency, f.latency}
	edr := edrtest.New(edrtest.Options{Events: demo.Events(today), Latency: f.latency, Log: tagged{log, "edr"}})
	return []standin{
		{"spapi", f.spapi, spapitest.New(spapitest.Options{
			Stock:  stock(f.skus),
			Speed:  f.speed,
			Faults: f.faults, Seed: f.seed, Latency: latency, Log: tagged{log, "spapi"},
		}), "any client id, secret and refresh token; tokens at /auth/o2/token; " +
			"SKUs DEMO-1 (0 units), DEMO-2 (7 units), DEMO/3 (0 units)"},
		{"crossmark", f.crossmark, crossmarktest.New(crossmarktest.Options{
			Plans: demo.Plans(today), Reps: []crossmarktest.Rep{{ID: "30000001", First: "Sam", Last: "Sample"}},
			Faults: f.faults, Seed: f.seed, Latency: latency, Log: tagged{log, "crossmark"},
		}), fmt.Sprintf("user planner, password secret; %d visits from today on", len(demo.Plans(today)))},
		{"edr", f.edr, demo.Phone(edr, out, "edr         "), fmt.Sprintf(
			"user %s, password %s, credential id %s, club %d; %d events from today on",
			edrtest.Username, edrtest.Password, edrtest.CredentialID, demo.Club, len(demo.Events(today)))},
	}
}

// stock returns the units of the SKUs of the Selling Partner API.
func stock(more int) map[string]int {
	units := map[string]int{"DEMO-1": 0, "DEMO-2": 7, "DEMO/3": 0}
	for n := 1; n <= more; n++ {
		units[fmt.Sprintf("SKU-%05d", n)] = (n + 1) % 2
	}
	return units
}

// tagged adds the name of the API as the first member of each JSON object.
type tagged struct {
	to  io.Writer
	api string
}

// Write writes one JSON object that ends with a line break.
func (t tagged) Write(line []byte) (int, error) {
	if _, err := fmt.Fprintf(t.to, `{"api":%q,%s`, t.api, line[1:]); err != nil {
		return 0, err
	}
	return len(line), nil
}
