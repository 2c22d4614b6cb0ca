package simulation

import (
	"fmt"
	"strings"
	"time"
)

// page returns the page of results.
func page(processes int, results []result) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# A fleet of %s processes, simulated

What a fleet does that shares a quota and a circuit, see [the how-to page](how-to/fleet.md). The processes are real
runtimes in virtual time, each with %d calls at a time. The server and the store are simulated: a request takes 25 to
100 ms, one to the store 0.4 to 2 ms. The store decides with the functions that tests compare with the script for Redis.
The quota is %g per second for each process, with a burst of one second and a twentieth of that in reserve. A circuit
opens after 5 failures in a row, for 10 s.

Written, with its charts, by

`+"```sh\ngo test ./resilience/redisstore/simulation -run TestSimulation -write\n```\n\n",
		thousands(processes), callers, perProcess)
	b.WriteString(table(results))
	for i := range results {
		r := &results[i]
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n![Requests per second: %s](simulation/%s.svg)\n", r.scenario.title,
			r.scenario.text, strings.ToLower(r.scenario.title), r.scenario.name)
		for _, note := range r.notes() {
			fmt.Fprintf(&b, "\n%s", note)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// table returns the figures of all scenarios.
func table(results []result) string {
	var b strings.Builder
	b.WriteString("| | quota used | over the quota | shares differ, 90 % of processes | all | " +
		"requests to the store per second |\n|---|---|---|---|---|---|\n")
	for i := range results {
		r := &results[i]
		most, all := r.spread()
		fmt.Fprintf(&b, "| %s | %.1f %% | %.2f %% | %.1f %% | %.1f %% | %.0f |\n", r.scenario.title, 100*r.used(),
			100*r.over(), 100*most, 100*all, r.storeRate())
	}
	b.WriteString("\n\"Quota used\" is what the server accepted of what it allows while it is up; \"over the quota\" " +
		"is the part of the requests\nthat it rejected for that reason. Shares are compared with the median.\n")
	return b.String()
}

// notes returns what must be known of a scenario beyond the table.
func (r *result) notes() []string {
	s := r.scenario
	var notes []string
	if s.silent.to > 0 {
		during, after := r.sum(s.silent.from, s.silent.to), r.sum(s.silent.to, s.silent.to+5*time.Second)
		notes = append(notes, fmt.Sprintf(
			"- While the store is silent: %.1f %% of the quota is used, %d requests over it.\n"+
				"- In the 5 s after: %d over it.",
			100*float64(during.Accepted)/(r.quota*(s.silent.to-s.silent.from).Seconds()), during.Throttled,
			after.Throttled))
	}
	if s.down.to > 0 {
		steady := span{s.down.from + 15*time.Second, s.down.to}
		notes = append(notes, fmt.Sprintf(
			"- %d requests reach the server in its outage until the circuit is open everywhere.\n"+
				"- In the %.0f s after that %d more do.",
			r.sum(s.down.from, steady.from).Down, (steady.to-steady.from).Seconds(),
			r.sum(steady.from, steady.to).Down))
		notes = append(notes,
			fmt.Sprintf("- %s after its end, half of the quota is used again.", r.recovered(s.down.to)))
	}
	if n := r.failed["other"] + r.failed["rate-limited"]; n > 0 || s.down.to == 0 {
		notes = append(notes, fmt.Sprintf("- Calls that failed because of the limit or the store: %d.", n))
	}
	return notes
}

// recovered returns how long after a time half of the quota is used again.
func (r *result) recovered(since time.Duration) time.Duration {
	for i := int(since / time.Second); i < len(r.seconds); i++ {
		if float64(r.seconds[i].Accepted) >= r.quota/2 {
			return time.Duration(i+1)*time.Second - since
		}
	}
	return r.scenario.length
}

// chart returns the chart of a scenario.
func (r *result) chart() *chart {
	accepted := line{name: "accepted", color: "#1565c0"}
	throttled := line{name: "over the quota", color: "#c62828"}
	down := line{name: "in the outage", color: "#ef6c00"}
	store := line{name: "all processes together", color: "#2e7d32"}
	for _, s := range r.seconds {
		accepted.values = append(accepted.values, float64(s.Accepted))
		throttled.values = append(throttled.values, float64(s.Throttled))
		down.values = append(down.values, float64(s.Down))
		store.values = append(store.values, float64(s.Store))
	}
	top := panel{unit: "requests/s at the server:", limit: r.quota, lines: []line{accepted, throttled}}
	if r.scenario.down.to > 0 {
		top.lines = append(top.lines, down)
	}
	return &chart{title: r.scenario.title, panels: []panel{
		top, {unit: "requests/s to the store:", lines: []line{store}},
	}}
}

// thousands returns a number with a comma.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
