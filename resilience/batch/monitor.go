package batch

import (
	"slices"
	"sync"
)

// mostRuns is how many runs a monitor remembers. Finished ones are forgotten first.
const mostRuns = 20

// A Monitor returns the progress of runs at any time, for example for a status page: see
// [WithMonitor]. The zero Monitor is ready to use, and safe for concurrent use.
type Monitor struct {
	mu   sync.Mutex
	runs []*meter // oldest first
}

// WithMonitor lets m return the progress of the run. Several runs may have the same monitor.
func WithMonitor(m *Monitor) Option { return func(s *settings) { s.monitor = m } }

// Progress returns the present progress of up to 20 runs, oldest first. A run replaces a finished
// one of the same name. [Progress.Item] is nil.
func (m *Monitor) Progress() []Progress {
	m.mu.Lock()
	runs := slices.Clone(m.runs)
	m.mu.Unlock()
	list := make([]Progress, len(runs))
	for i, r := range runs {
		list[i] = r.progress()
	}
	return list
}

// add adds a run. A nil monitor does nothing.
func (m *Monitor) add(run *meter) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	job := run.progress().Job
	m.runs = slices.DeleteFunc(m.runs, func(old *meter) bool {
		p := old.progress()
		return p.Finished && p.Job == job
	})
	if len(m.runs) >= mostRuns {
		i := max(0, slices.IndexFunc(m.runs, func(old *meter) bool { return old.progress().Finished }))
		m.runs = slices.Delete(m.runs, i, i+1)
	}
	m.runs = append(m.runs, run)
}
