package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

const intro = `# Benchmarks of calls

<!-- Written by make bench. -->

What a call costs with several clients of one API, measured in one run. All of them make the same four calls and decode
the same responses. The client of resgen has all default policies on (retries with a budget, circuit breaker, rate
limit, bulkhead, timeouts), and keeps members that the document does not declare; the others do what the row says.

- **Time** is processor time of the whole process, with the garbage collector. The clients take turns in slices of a few
  milliseconds, so that other load of the machine affects all of them. Compare ratios; times differ from machine to
  machine.
- **Ratio** is to the client written by hand in the same turn: median of %d turns, with lower and upper quartile.
- There is no network: a round tripper returns the response from memory.

%s

`

// writeReport writes the page of results with its charts, and the results for benchstat. Those of
// the last run are kept next to them.
func writeReport(root string, all []result, under []loads, weights []weight, turns int) error {
	var page bytes.Buffer
	fmt.Fprintf(&page, intro, turns, machine())
	charts := filepath.Join(root, "docs", "benchmarks")
	if err := os.MkdirAll(charts, 0o755); err != nil {
		return err
	}
	for op := range operations {
		rows := of(op, all)
		fmt.Fprintf(&page, "## %s: a response of %d bytes\n\n", titles[op], len(payloads[op]))
		fmt.Fprintf(&page, "![Ratios of %s](benchmarks/%s.svg)\n\n", op, op)
		fmt.Fprint(&page, "| client | µs | ratio | quartiles | allocations | bytes |\n|---|---|---|---|---|---|\n")
		for _, r := range rows {
			lower, middle, upper := quartiles(r.ratio)
			fmt.Fprintf(&page, "| %s | %.1f | %.2f | %.2f to %.2f | %.0f | %.0f |\n", r.peer.name, median(r.micros),
				middle, lower, upper, median(r.allocs), median(r.bytes))
		}
		page.WriteString("\n")
		if err := os.WriteFile(filepath.Join(charts, op.String()+".svg"), chart(rows), 0o644); err != nil {
			return err
		}
	}
	writeLoad(&page, under)
	writeWeights(&page, weights)
	page.WriteString(outro)
	if err := keepResults(filepath.Join(root, "bench", "peers", "results"), benchmarkText(all)); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "docs", "benchmarks.md"), page.Bytes(), 0o644)
}

var titles = [operations]string{"Delete", "Patch", "Get", "Search"}

const outro = `## Run it

` + "`make bench`" + ` generates the clients with the versions above, measures for a minute, and writes this page. The
results of each turn are in bench/peers/results, which benchstat compares with those of the run before. ` +
	"`make bench-short`" + `
is what CI runs: it fails if calls of resgen allocate more than they may or a program is larger than it may be, and
never because of a time.
`

// of returns the results of an operation.
func of(op operation, all []result) (rows []result) {
	for _, r := range all {
		if r.op == op {
			rows = append(rows, r)
		}
	}
	return rows
}

// writeLoad adds the results under load.
func writeLoad(page *bytes.Buffer, all []loads) {
	fmt.Fprintf(page, "## Under load\n\n%d workers call a server on the loopback interface in the same process: %d "+
		"calls a run, %d runs a turn, both clients\nin turns. Throughput and 99th percentile are ratios to the client "+
		"written by hand in the same turn.\n\n", workers, loadCalls, loadRuns)
	page.WriteString("| protocol | client | calls/s | ratio | quartiles | p99 | connections |\n" +
		"|---|---|---|---|---|---|---|\n")
	for _, l := range all {
		lower, middle, upper := quartiles(l.ratio)
		fmt.Fprintf(page, "| %s | %s | %.0f | %.2f | %.2f to %.2f | %.2f | %d |\n", l.protocol, l.client,
			median(l.perSecond), middle, lower, upper, median(l.p99), l.conns)
	}
	page.WriteString("\n")
}

// machine describes what the results were measured with.
func machine() string {
	list := []string{
		fmt.Sprintf("Measured on %s with %s on %s/%s, %d processors (%s), and:", time.Now().Format("2 January 2006"),
			runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor()),
		"",
	}
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		switch m.Path {
		case "github.com/ogen-go/ogen", "github.com/oapi-codegen/runtime", "github.com/hashicorp/go-retryablehttp",
			"github.com/sony/gobreaker/v2", "github.com/failsafe-go/failsafe-go":
			list = append(list, "- "+m.Path+" "+m.Version)
		}
	}
	return strings.Join(list, "\n")
}

// processor returns the name of the processor, if the system says it.
func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// keepResults writes the results of a run and keeps those of the run before.
func keepResults(folder string, text []byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	last := filepath.Join(folder, "last.txt")
	if err := os.Rename(last, filepath.Join(folder, "before.txt")); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.WriteFile(last, text, 0o644)
}

// The sizes of a chart.
const (
	labelWidth = 290
	barWidth   = 360 // of the longest bar
	rowHeight  = 24
)

// chart returns a bar chart of ratios as SVG.
func chart(rows []result) []byte {
	most := 0.0
	for _, r := range rows {
		most = max(most, median(r.ratio))
	}
	var b bytes.Buffer
	width, height := labelWidth+barWidth+60, len(rows)*rowHeight+8
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" `+
		`font-family="sans-serif" font-size="13">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	for i, r := range rows {
		color, y := "#9aa5b1", i*rowHeight+4
		if r.peer.short == own {
			color = "#2563eb"
		}
		length := median(r.ratio) / most * barWidth
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end" fill="#222">%s</text>`, labelWidth-8, y+16, r.peer.name)
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`,
			labelWidth, y+3, length, rowHeight-7, color)
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" fill="#222">%.2f</text>`+"\n",
			labelWidth+length+6, y+16, median(r.ratio))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}
