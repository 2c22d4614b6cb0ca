package admin

// This file makes a [Status] of a snapshot and of what was recorded: see report.

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
)

// formatVersion is the version of the JSON format.
const formatVersion = 1

// Lists of a status are bounded.
const (
	mostOperations = 200
	pageSize       = 50  // accounts
	mostQuotas     = 200 // of an API
	mostCircuits   = 200 // of an API
	mostText       = 500 // bytes of the text of an error, and of a name in an audit line
)

// A report is what a status is made of.
type report struct {
	snapshot resilience.Snapshot
	critical map[string]bool
	sources  sources
	records  *recorder
	query    Query
}

// status returns the status.
func (r *report) status() Status {
	s := Status{
		Version: formatVersion, Status: Pass, At: r.snapshot.At.UTC(), Since: r.records.since.UTC(),
		Closed: r.snapshot.Closed, InFlight: r.snapshot.InFlight, Connections: r.snapshot.Connections, Query: r.query,
		APIs: []API{}, Transitions: []Transition{}, Errors: []Failure{},
		Configurations: r.sources.configurationViews(), Batches: r.sources.batchViews(),
	}
	if s.Closed {
		s.Status = Fail
	}
	gates := gatesOf(r.snapshot)
	signIns := signInsOf(r.snapshot)
	for _, name := range r.names() {
		a := r.api(name, gates[name], signIns[name])
		s.APIs = append(s.APIs, a)
		s.Status = worst(s.Status, a.weight())
	}
	for _, c := range s.Configurations {
		s.Status = worst(s.Status, c.Status)
	}
	for _, f := range r.records.failures.latest() {
		s.Errors = append(s.Errors, failureView(f))
	}
	r.records.mu.Lock()
	defer r.records.mu.Unlock()
	for _, t := range latest(r.records.transitions) {
		s.Transitions = append(s.Transitions, Transition{
			t.At.UTC(), t.Circuit, string(t.From), string(t.To), t.Reason, t.Observed,
		})
	}
	return s
}

// weight returns what the state of the API means for that of the program.
func (a *API) weight() State {
	if a.Status == Fail && !a.Critical {
		return Warn
	}
	return a.Status
}

// worst returns the worse of two states.
func worst(a, b State) State {
	if rank(b) < rank(a) {
		return b
	}
	return a
}

// rank orders states, the worst first.
func rank(s State) int { return slices.Index([]State{Fail, Warn, Pass}, s) }

// names returns the APIs of clients and the critical ones, sorted.
func (r *report) names() []string {
	var list []string
	for _, a := range r.snapshot.APIs {
		list = append(list, a.API)
	}
	for name := range r.critical {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// gatesOf returns the gates of each API.
func gatesOf(s resilience.Snapshot) map[string][]resilience.GateSnapshot {
	of := map[string][]resilience.GateSnapshot{}
	for _, g := range s.Gates {
		if g.API != "" {
			of[g.API] = append(of[g.API], g)
		}
	}
	return of
}

// signInsOf returns the sign-ins of each API.
func signInsOf(s resilience.Snapshot) map[string][]resilience.SignInSnapshot {
	of := map[string][]resilience.SignInSnapshot{}
	for _, i := range s.SignIns {
		of[i.API] = append(of[i.API], i)
	}
	return of
}

func failureView(f failure) Failure {
	e := f.err
	return Failure{
		First: f.first.UTC(), At: f.last.UTC(), Count: f.count, API: e.API, Operation: e.Operation,
		Account: f.account, Kind: e.Kind.String(), Status: e.Status, RequestID: e.RequestID,
		Attempts: len(e.Attempts), Degraded: f.degraded, Text: short(e.Error()),
	}
}

// short returns the beginning of a text that is longer than mostText.
func short(text string) string {
	if len(text) <= mostText {
		return text
	}
	return strings.ToValidUTF8(text[:mostText], "") + "…"
}

// callsOf returns the counts of calls for a status.
func callsOf(t totals, d distribution) Calls {
	q := d.quantiles(50, 90, 99, 100)
	v := Calls{
		Total: t.calls, Failed: t.failed, Degraded: t.degraded, Attempts: t.attempts,
		P50: q[0].Seconds(), P90: q[1].Seconds(), P99: q[2].Seconds(), Max: q[3].Seconds(),
	}
	if t.calls > 0 {
		v.AttemptsPerCall = rounded(float64(t.attempts) / float64(t.calls))
	}
	return v
}

// rounded returns a number with three decimals.
func rounded(f float64) float64 { return math.Round(f*1000) / 1000 }

// recorded sets what was recorded of an API.
func (r *report) recorded(a *API) {
	rec := r.records.api(a.Name)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	now := r.records.step(r.snapshot.At)
	rec.begin(now)
	var all distribution
	for id, o := range rec.operations {
		d := o.latencies()
		all.merge(d)
		if r.query.matches(id) {
			a.Operations = append(a.Operations, Operation{id, callsOf(o.totals(), d)})
		}
	}
	t := rec.totals()
	a.Calls, a.Opened, a.Reused, a.History = callsOf(t, all), t.opened, t.reused, rec.history.points(now, t)
	slices.SortFunc(a.Operations, func(x, y Operation) int {
		return cmp.Or(cmp.Compare(y.Calls.Total, x.Calls.Total), cmp.Compare(x.ID, y.ID))
	})
	a.Found = len(a.Operations)
	a.Operations = a.Operations[:min(a.Found, mostOperations)]
}

// accountCalls sets the counts of calls of the listed accounts.
func (r *report) accountCalls(a *API) {
	rec := r.records.api(a.Name)
	for i := range a.Accounts.List {
		one := &a.Accounts.List[i]
		if c := rec.accounts.find(one.Name); c != nil {
			one.Calls, one.Failed, one.Degraded = c.calls.Load(), c.failed.Load(), c.degraded.Load()
		}
	}
}

// matches reports whether a name contains the text of the query, in any case.
func (q Query) matches(name string) bool {
	return q.Text == "" || strings.Contains(strings.ToLower(name), strings.ToLower(q.Text))
}

// after returns the time that is a duration after another, or nil if that is 0.
func after(t time.Time, d time.Duration) *time.Time {
	if d <= 0 {
		return nil
	}
	t = t.Add(d).UTC()
	return &t
}

// optional returns a time, or nil if it is zero.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
