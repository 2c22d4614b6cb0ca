package generate

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

var spec = flag.String("spec", "", "document to measure with, in place of the one that is made")

// A command generates a client from the document api.json in the current folder.
type command struct {
	name   string
	args   []string
	module string // folder of the module with its source
	source string // package
	config string // name of its configuration file
	text   string // content of its configuration file
}

var commands = []command{
	{
		name: "resgen", args: []string{"generate"}, module: "../..", source: "./cmd/resgen",
		config: "resgen.yaml", text: "clients: [{spec: api.json, output: out, package: client}]\n",
	},
	{
		name: "oapi-codegen", args: []string{"-config", "config.yaml", "api.json"},
		module: "..", source: "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen",
		config: "config.yaml", text: `package: client
output: out/client.gen.go
generate: {client: true, models: true}
compatibility: {always-prefix-enum-values: true}
output-options: {resolve-type-name-collisions: true}
`,
	},
}

// build compiles the command into a folder and returns its path.
func (c command) build(tb testing.TB, dir string) string {
	tb.Helper()
	binary := filepath.Join(dir, c.name)
	cmd := exec.Command("go", "build", "-o", binary, c.source)
	cmd.Dir = c.module
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// A sample holds the cost of one run.
type sample struct {
	wall, cpu time.Duration
	peak      float64 // MiB
}

// run generates once with an empty output folder.
func (c command) run(tb testing.TB, binary string, doc []byte) sample {
	tb.Helper()
	dir := tb.TempDir()
	defer os.RemoveAll(dir) // many output folders would need much space
	for name, text := range map[string]string{"api.json": string(doc), c.config: c.text, "go.mod": "module client\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "out"), 0o755); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(binary, c.args...)
	cmd.Dir = dir
	begun := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", c.name, err, out)
	}
	wall := time.Since(begun)
	if size(tb, filepath.Join(dir, "out")) == 0 {
		tb.Fatalf("%s wrote nothing", c.name)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), float64(usage.Maxrss) / 1024}
}

// size returns the number of bytes of Go code in a folder.
func size(tb testing.TB, dir string) int64 {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		tb.Fatal(err)
	}
	n := int64(0)
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			tb.Fatal(err)
		}
		n += info.Size()
	}
	return n
}

// BenchmarkTogether runs the commands alternately; with -benchtime 5x each runs five times.
func BenchmarkTogether(b *testing.B) {
	doc := document()
	if *spec != "" {
		data, err := os.ReadFile(*spec)
		if err != nil {
			b.Fatal(err)
		}
		doc = data
	}
	dir := b.TempDir()
	binaries := make([]string, len(commands))
	for i, c := range commands {
		binaries[i] = c.build(b, dir)
	}
	samples := make([][]sample, len(commands))
	for b.Loop() {
		for i, c := range commands {
			samples[i] = append(samples[i], c.run(b, binaries[i], doc))
		}
	}
	report(b, samples)
}

// report reports the medians of every command and the ratio of the first to the second.
func report(b *testing.B, samples [][]sample) {
	var wall, cpu [2]float64
	for i, c := range commands {
		wall[i] = median(samples[i], func(s sample) float64 { return s.wall.Seconds() })
		cpu[i] = median(samples[i], func(s sample) float64 { return s.cpu.Seconds() })
		b.ReportMetric(wall[i], c.name+"-s")
		b.ReportMetric(cpu[i], c.name+"-cpu-s")
		b.ReportMetric(slices.Max(values(samples[i], func(s sample) float64 { return s.peak })), c.name+"-peak-MiB")
	}
	b.ReportMetric(wall[0]/wall[1], "ratio")
	b.ReportMetric(cpu[0]/cpu[1], "cpu-ratio")
	b.ReportMetric(0, "ns/op") // hide the time of both commands together, which is meaningless
}

func values(samples []sample, of func(sample) float64) []float64 {
	list := make([]float64, len(samples))
	for i, s := range samples {
		list[i] = of(s)
	}
	return list
}

// median returns the middle value, or the lower of two.
func median(samples []sample, of func(sample) float64) float64 {
	list := values(samples, of)
	slices.Sort(list)
	return list[(len(list)-1)/2]
}

func TestMedian(t *testing.T) {
	seconds := func(s sample) float64 { return s.wall.Seconds() }
	for _, tt := range []struct {
		wall []time.Duration
		want float64
	}{{[]time.Duration{2}, 2}, {[]time.Duration{9, 1, 4}, 4}, {[]time.Duration{8, 2, 6, 4}, 4}} {
		var samples []sample
		for _, d := range tt.wall {
			samples = append(samples, sample{wall: d * time.Second})
		}
		if got := median(samples, seconds); got != tt.want {
			t.Errorf("median of %v is %v, want %v", tt.wall, got, tt.want)
		}
	}
}

func TestCommands(t *testing.T) {
	dir := t.TempDir()
	for _, c := range commands {
		if s := c.run(t, c.build(t, dir), document()); s.wall <= 0 || s.cpu <= 0 || s.peak < 1 {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}
