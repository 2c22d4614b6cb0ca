package explanation

import (
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/overview"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/policy"
)

// A Client is the plan of one client as --json prints it.
type Client struct {
	Name       string      `json:"name"`
	Package    string      `json:"package"`
	Output     string      `json:"output"`
	Document   string      `json:"document"`
	Title      string      `json:"title"`
	Version    string      `json:"version"`
	Policy     []Value     `json:"policy"` // of the API as a whole
	Operations []Operation `json:"operations"`

	api *api.API
}

// An Operation is the plan of one operation.
type Operation struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Grouped     string    `json:"grouped,omitempty"` // name in the group of its tag, such as Pets.List
	Method      string    `json:"method"`
	Path        string    `json:"path"`
	Position    string    `json:"position"`
	Idempotency string    `json:"idempotency"`
	Why         string    `json:"why,omitempty"`
	ClassSource string    `json:"source"`
	WorstCase   WorstCase `json:"worstCase"` // the most that one call can cost
	Policy      []Value   `json:"policy"`
	Shared      []Value   `json:"shared,omitempty"` // of the buckets and circuits that the operation names
	Pages       *Pages    `json:"pages,omitempty"`

	op *api.Operation
}

// Pages describes the pagination of an operation.
type Pages struct {
	Style       string `json:"style"` // how the next page is requested
	Source      string `json:"source"`
	ItemsMethod string `json:"itemsMethod,omitempty"` // iterates over the items of all pages
	// iterates over the pages; empty if the caller must request each page
	PagesMethod string `json:"pagesMethod,omitempty"`
}

// A Value is one value of a policy with its source.
type Value struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`  // a number, true or false, a list, or text; durations are text such as 1m30s
	Source string `json:"source"` // file:line:col, or the default it comes from
	Kind   string `json:"kind"`   // default, method, document, x-resgen, policy file
	usual  bool   // it is the built-in default
}

// A WorstCase is the most that one call can cost, without what fallbacks, middleware and options of
// the call add.
type WorstCase struct {
	Requests  int `json:"requests"`  // that reach the server
	Attempts  int `json:"attempts"`  // that count against retry.attempts
	Replays   int `json:"replays"`   // after credentials were renewed
	Copies    int `json:"copies"`    // of a slow request, in each attempt
	Redirects int `json:"redirects"` // followed by each request
	SignIns   int `json:"signIns"`   // of all credentials together; their requests are not in requests

	Time       string   `json:"time,omitempty"` // until the call returns; empty if only its context bounds that
	Bound      string   `json:"bound"`          // what bounds the time
	Overall    string   `json:"overall,omitempty"`
	PermitWait string   `json:"permitWait,omitempty"` // the longest wait of an attempt for permits
	Waits      int      `json:"waits"`                // attempts that may wait for permits
	Words      []string `json:"words"`                // the same in sentences
}

// Of returns the explanation of an API. name and output are those of its client. Operations that
// keep rejects are left out.
func Of(name, output string, a *api.API, keep func(*api.Operation) bool) Client {
	c := Client{
		Name: name, Package: a.Package, Output: output, Document: a.Source, Title: a.Title, Version: a.Version,
		Policy: values(sized(a), a.Sources, a.Buckets), Operations: []Operation{}, api: a,
	}
	for _, op := range a.Operations {
		if keep(op) {
			c.Operations = append(c.Operations, operationOf(a, op))
		}
	}
	return c
}

// Names returns the texts that select an operation.
func Names(op *api.Operation) []string {
	return []string{op.ID, op.Name, op.GroupedName(), op.Route()}
}

// sized returns the policy of an API with the sizes of its connection pool.
func sized(a *api.API) policy.Policy {
	p := a.Policy
	p.Transport = p.Transport.Sized(a.Bulkheads()...)
	return p
}

func operationOf(a *api.API, op *api.Operation) Operation {
	var paged *Pages
	if op.Pages != "" {
		paged = &Pages{
			Style: string(op.Pages), Source: op.Sources["pagination.style"].String(), ItemsMethod: op.ItemsMethod,
			PagesMethod: op.PagesMethod,
		}
	}
	return Operation{
		op: op,
		ID: op.ID, Name: op.Name, Grouped: op.GroupedName(), Method: op.Method, Path: op.Path,
		Position: op.Pos.String(), Idempotency: string(op.Policy.Idempotency), Why: op.Policy.Why,
		ClassSource: op.Sources["idempotency"].String(),
		WorstCase:   worstCase(overview.WorstCase(a, op)),
		Policy:      values(op.Policy, op.Sources, a.Buckets), Shared: shared(a, op), Pages: paged,
	}
}

func worstCase(w policy.WorstCase) WorstCase {
	return WorstCase{
		Requests: w.Requests, Attempts: w.Attempts, Replays: w.Replays, Copies: w.Copies, Redirects: w.Redirects,
		SignIns: w.SignIn, Time: durationText(w.Time), Bound: w.Bound, Overall: durationText(w.Overall),
		PermitWait: durationText(w.PermitWait), Waits: w.Waits, Words: phrase.WorstCase(w),
	}
}

// durationText returns a duration as text, or "" if it is 0.
func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return policy.FormatDuration(d)
}
