package chaos

import (
	"errors"
	"fmt"
	"time"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// A Config lists faults. As a file it has this form:
//
//	seed: 7                        # optional: the same calls get the same faults in every run
//	faults:
//	  - api: listings              # the Go package of a client, or a glob; default: all
//	    operation: deleteItem      # an operationId, METHOD /path, or a glob; default: all
//	    percent: 20                # of the attempts
//	    latency: 300ms             # before the request is sent
//	    jitter: 200ms              # at most so much more latency
//	    status: 503                # the response instead of the server's
//	    retry-after: 5s            # of such a response
//	  - percent: 1
//	    reset: after               # the connection breaks: before the request is sent, or after
//
// The first fault that matches an attempt and whose percentage strikes is injected, and no other.
type Config struct {
	Seed   uint64
	Faults []Fault
}

// A Fault is what happens to a percentage of the attempts of some operations.
type Fault struct {
	API        string // a glob; empty: all
	Operation  policy.Selector
	Percent    float64
	Latency    time.Duration
	Jitter     time.Duration
	Status     int // 0: none
	RetryAfter time.Duration
	Reset      Reset
}

// Reset is when a connection breaks.
type Reset string

// The values of Reset. The zero Reset breaks nothing.
const (
	ResetBefore Reset = "before" // the server gets no request
	ResetAfter  Reset = "after"  // the server runs the request, and the response is lost
)

// Decode reads a configuration. Unknown keys are errors. The path is used only in positions. A
// configuration with an error has no faults, because one without the key that restricts it would
// apply to all operations.
func Decode(path string, data []byte) (Config, diag.List) {
	c, found := decode(path, data)
	found.Sort()
	if found.HasErrors() {
		return Config{}, found
	}
	return c, found
}

func decode(path string, data []byte) (Config, diag.List) {
	n, found := tree.Parse(path, data)
	var keys struct {
		Seed   int        `yaml:"seed"`
		Faults *tree.Node `yaml:"faults"`
	}
	found = append(found, tree.Decode(n, &keys)...)
	c := Config{Seed: uint64(keys.Seed)}
	switch {
	case keys.Faults == nil:
		return c, found
	case keys.Faults.Kind != tree.Sequence:
		found.Add(problem(keys.Faults, "faults", "want a list, got "+keys.Faults.Describe()))
		return c, found
	}
	for i, item := range keys.Faults.Items {
		f, wrong := decodeFault(item, fmt.Sprintf("fault %d", i+1))
		found = append(found, wrong...)
		c.Faults = append(c.Faults, f)
	}
	return c, found
}

func problem(n *tree.Node, subject, what string) diag.Diagnostic {
	return diag.Diagnostic{Pos: n.Pos, Code: "chaos", Subject: subject, What: what}
}

// decodeFault reads one fault of a file.
func decodeFault(n *tree.Node, subject string) (Fault, diag.List) {
	var keys struct {
		API        string        `yaml:"api"`
		Operation  string        `yaml:"operation"`
		Percent    float64       `yaml:"percent"`
		Latency    time.Duration `yaml:"latency"`
		Jitter     time.Duration `yaml:"jitter"`
		Status     int           `yaml:"status"`
		RetryAfter time.Duration `yaml:"retry-after"`
		Reset      string        `yaml:"reset"`
	}
	found := tree.Decode(n, &keys, tree.About(subject))
	f := Fault{
		API: keys.API, Percent: keys.Percent, Latency: keys.Latency, Jitter: keys.Jitter, Status: keys.Status,
		RetryAfter: keys.RetryAfter, Reset: Reset(keys.Reset),
	}
	if keys.Operation != "" {
		var what, cure string
		if f.Operation, what, cure = policy.NewSelector(keys.Operation); what != "" {
			d := problem(n.Get("operation"), subject, "operation "+what)
			d.Cure = cure
			found.Add(d)
		}
	}
	if found.HasErrors() {
		return f, found
	}
	if err := f.check(); err != nil {
		found.Add(problem(n, subject, err.Error()))
	}
	return f, found
}

// check returns an error for a fault that has no effect or cannot happen.
func (f *Fault) check() error {
	switch {
	case !(f.Percent > 0 && f.Percent <= 100):
		return fmt.Errorf("percent is %g; want more than 0 and at most 100", f.Percent)
	case f.Latency < 0 || f.Jitter < 0 || f.RetryAfter < 0:
		return errors.New("a time is negative; write it without a sign")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status is %d; want 200 to 599", f.Status)
	case f.RetryAfter > 0 && f.Status == 0:
		return errors.New("retry-after needs a status; add one, for example status: 503")
	case f.Reset != "" && f.Reset != ResetBefore && f.Reset != ResetAfter:
		return fmt.Errorf("reset is %q; want before or after", f.Reset)
	case f.Reset != "" && f.Status != 0:
		return errors.New("both status and reset; write two faults")
	case f.Latency == 0 && f.Jitter == 0 && f.Status == 0 && f.Reset == "":
		return errors.New("nothing to inject; add latency, status or reset")
	}
	return nil
}
