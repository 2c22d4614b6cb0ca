package admin

import (
	"time"

	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// Sources are what the program shows besides the runtime.
type sources struct {
	configurations []func() policyfile.FileState
	monitors       []*batch.Monitor
}

// WithConfiguration shows the state of a configuration file, usually that of a watcher of package
// watch:
//
//	admin.WithConfiguration(watcher.State)
//
// While the file is refused, /health/ready is warn.
func WithConfiguration(state func() policyfile.FileState) Option {
	return func(h *handler) { h.sources.configurations = append(h.sources.configurations, state) }
}

// WithBatches shows the progress of the runs of a monitor: see [batch.WithMonitor].
func WithBatches(m *batch.Monitor) Option {
	return func(h *handler) { h.sources.monitors = append(h.sources.monitors, m) }
}

// configurationViews returns the states of all configuration files.
func (s sources) configurationViews() []Configuration {
	list := []Configuration{}
	for _, state := range s.configurations {
		list = append(list, configurationView(state()))
	}
	return list
}

func configurationView(s policyfile.FileState) Configuration {
	c := Configuration{Path: s.Path, Status: Pass, Applied: optional(s.Applied), RefusedSince: optional(s.Since)}
	if s.Refused != nil {
		c.Status, c.Refused = Warn, short(s.Refused.Error())
	}
	return c
}

// batchViews returns the progress of all runs.
func (s sources) batchViews() []Batch {
	list := []Batch{}
	for _, m := range s.monitors {
		for _, p := range m.Progress() {
			list = append(list, batchView(p))
		}
	}
	return list
}

func batchView(p batch.Progress) Batch {
	b := Batch{
		Job: p.Job, Total: p.Total, Settled: p.Settled, Earlier: p.Earlier, Outcomes: map[string]int{}, Pass: p.Pass,
		Active: p.Active, Waiting: p.Waiting, Limit: p.Limit, PerSecond: rounded(p.Rate),
		ElapsedSeconds: seconds(p.Elapsed), LeftSeconds: seconds(p.Left), Finished: p.Finished,
	}
	for outcome, n := range p.Counts {
		b.Outcomes[string(outcome)] = n
	}
	return b
}

// seconds returns a duration in seconds with three decimals.
func seconds(d time.Duration) float64 { return rounded(d.Seconds()) }
