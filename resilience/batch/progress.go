package batch

import (
	"log/slog"
	"maps"
	"sync"
	"time"
)

// Progress is the state of a run. It can be encoded as JSON, for example for an event stream.
type Progress struct {
	Job      string          `json:"job"`
	Total    int             `json:"total"`
	Settled  int             `json:"settled"` // items that this run does not try again
	Earlier  int             `json:"earlier"` // of these, items that earlier runs have finished
	Counts   map[Outcome]int `json:"counts"`  // of settled items
	Pass     int             `json:"pass"`    // from 1
	Active   int             `json:"active"`  // items in progress
	Waiting  int             `json:"waiting"` // items that wait for a circuit or a sign-in
	Limit    int             `json:"limit"`   // present maximum of Active
	Elapsed  time.Duration   `json:"elapsed_ns"`
	Rate     float64         `json:"rate"`    // items settled per second by this run
	Left     time.Duration   `json:"left_ns"` // estimate; 0: unknown, or nothing is left
	Item     *Item           `json:"item,omitempty"`
	Finished bool            `json:"finished"`
}

// estimate sets the rate and the time left.
func (p *Progress) estimate() {
	if done := p.Settled - p.Earlier; done > 0 && p.Elapsed > 0 {
		p.Rate = float64(done) / p.Elapsed.Seconds()
		p.Left = time.Duration(float64(p.Total-p.Settled) / p.Rate * float64(time.Second))
	}
}

// logInterval is the least time between two lines about progress.
const logInterval = time.Minute

// A meter counts settled items and reports them. It is safe for concurrent use.
type meter struct {
	report func(Progress) // may be nil
	log    *slog.Logger
	places *places
	start  time.Time

	reporting sync.Mutex // held during a report; locked before mu
	logged    time.Time
	tenth     int // the last one logged

	mu    sync.Mutex // guards what follows; not held during a report, which may block
	now   Progress
	ended bool // now is the state of the end
}

// counted is as what an item is counted. The zero counted is that of an item that is not.
type counted struct {
	outcome Outcome
	earlier bool
}

// settled counts an item, which was counted as something else before, or was not, and returns as
// what it is counted.
func (m *meter) settled(it *Item, before counted) counted {
	item, now := *it, counted{it.Outcome, it.Earlier}
	m.update(&item, func(p *Progress) {
		p.count(before, -1)
		p.count(now, 1)
	})
	return now
}

// count adds a number of items.
func (p *Progress) count(c counted, n int) {
	if c.outcome == "" {
		return
	}
	p.Settled += n
	if p.Counts[c.outcome] += n; p.Counts[c.outcome] == 0 {
		delete(p.Counts, c.outcome)
	}
	if c.earlier {
		p.Earlier += n
	}
}

// pass notes the beginning of a pass.
func (m *meter) pass(n, items int) {
	m.update(nil, func(p *Progress) { p.Pass = n })
	if n > 1 {
		m.log.Info("batch: items are tried again", "job", m.progress().Job, "pass", n, "items", items)
	}
}

// finish reports the end of the run.
func (m *meter) finish() { m.update(nil, func(p *Progress) { p.Finished = true }) }

// update changes the state and reports it. The item is the one that was settled, or nil.
func (m *meter) update(it *Item, change func(*Progress)) {
	m.reporting.Lock()
	defer m.reporting.Unlock()
	m.mu.Lock()
	change(&m.now)
	p := m.present()
	m.mu.Unlock()
	if it != nil {
		m.logTenth(p)
	}
	p.Item = it
	if m.report != nil {
		m.report(p)
	}
}

// logTenth logs each tenth of the items, but not often. The mutex reporting must be locked.
func (m *meter) logTenth(p Progress) {
	if tenth := p.Settled * 10 / p.Total; tenth > m.tenth && time.Since(m.logged) >= logInterval {
		m.tenth, m.logged = tenth, time.Now()
		m.log.Info("batch", "job", p.Job, "settled", p.Settled, "total", p.Total,
			"rate", p.Rate, "left", p.Left.Round(time.Second), "outcomes", maps.Clone(p.Counts))
	}
}

// progress returns the present state.
func (m *meter) progress() Progress {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.present()
}

// present returns the present state, and keeps that of the end. The mutex must be locked.
func (m *meter) present() Progress {
	if !m.ended {
		m.now.Elapsed = time.Since(m.start)
		m.now.Active, m.now.Waiting, m.now.Limit = m.places.state()
		m.now.estimate()
		m.ended = m.now.Finished
	}
	p := m.now
	p.Counts = maps.Clone(m.now.Counts)
	return p
}
