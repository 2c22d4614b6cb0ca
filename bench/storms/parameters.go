package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/resgen/resgen/bench/variant"
)

// printMachine prints the parameters common to all storms.
func printMachine(w io.Writer, o options) {
	printParameters(w, []parameter{
		{
			"machine",
			fmt.Sprintf(
				"%d cores, GOMAXPROCS %d, %s, %s/%s, load %s",
				runtime.NumCPU(),
				runtime.GOMAXPROCS(0),
				runtime.Version(),
				runtime.GOOS,
				runtime.GOARCH,
				loadAverage(),
			),
		},
		{"runs", fmt.Sprintf("%d, median of each column", o.runs)},
		{
			"scale",
			fmt.Sprintf("%g s for each second of a storm; all times below and in the tables are the storm's", o.scale),
		},
		{"seed", fmt.Sprint(o.seed)},
		{"network", "HTTP/1.1 over the loopback interface, client and server in one process"},
	})
}

// print prints all parameters of a storm.
func (s storm) print(w io.Writer) {
	fmt.Fprintf(w, "\n## %s\n\n", s.title)
	printParameters(w, append(s.rows, settingsOf(s.settings)...))
	fmt.Fprintln(w)
}

// settingsOf returns the settings that the variants share.
func settingsOf(s variant.Settings) []parameter {
	return []parameter{
		{
			"retry",
			fmt.Sprintf(
				"%d attempts; waits %s × 2^n: ± 50 %% by hand and in failsafe-go, half to all of it in resilience",
				s.Attempts,
				s.Backoff,
			),
		},
		{"attempt timeout", s.AttemptTimeout.String()},
		{
			"breaker",
			fmt.Sprintf(
				"%.0f %% of at least %d attempts in %s; cool-down %s ± %.0f %%, no growth; closes after %d "+
					"successes (1 probe at a time in resilience, up to %d elsewhere)",
				100*s.FailureRate,
				s.MinCalls,
				s.Window,
				s.CoolDown,
				100*s.Spread,
				s.Successes,
				s.Successes,
			),
		},
		{
			"bucket",
			fmt.Sprintf(
				"%g tokens; a repeat costs %g, after a timeout %g, and gets it back if it succeeds; success at "+
					"once brings %g",
				s.Tokens,
				s.Cost,
				s.TimeoutCost,
				s.Refill,
			),
		},
		{
			"failsafe-go budget",
			fmt.Sprintf("%.0f %% of the executions under way, at least %d", 100*s.BudgetRate, s.BudgetLeast),
		},
		{
			"connections",
			fmt.Sprintf(
				"%d idle ones kept, no bound on open ones; no bulkhead. In the last row the defaults of "+
					"resilience: at most 64 attempts and as many connections at a time",
				s.Connections,
			),
		},
	}
}

func printParameters(w io.Writer, list []parameter) {
	for _, p := range list {
		fmt.Fprintf(w, "- %s: %s\n", p.name, p.value)
	}
}

// loadAverage returns the number of runnable processes in the last minute, if the system provides
// it.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
