package resilience_test

// This file has the operations and the servers with which worst_test.go tries what calls cost.

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A trial is one operation with a policy, called by a number of callers at a time. All its
// durations are multiples of unit.
type trial struct {
	r      *rand.Rand
	unit   time.Duration
	op     *resilience.Operation
	p      policy.Policy
	signed bool
	hung   bool // the last response of the worst server never comes
}

// chance reports true n times of 100.
func (c *trial) chance(n int) bool { return c.r.IntN(100) < n }

// units returns a random duration from least to most units.
func (c *trial) units(least, most int) time.Duration {
	return time.Duration(least+c.r.IntN(most-least+1)) * c.unit
}

// newTrial returns a random trial.
func newTrial(seed uint64, unit time.Duration) *trial {
	c := &trial{r: rand.New(rand.NewPCG(seed, 12)), unit: unit, p: policy.Default()}
	classes := []policy.Class{policy.Safe, policy.Safe, policy.Safe, policy.Idempotent, policy.Unsafe}
	class := classes[c.r.IntN(len(classes))]
	method := "GET"
	if class != policy.Safe || c.chance(30) {
		method = "POST"
	}
	c.op = operation(method, class)
	if class != policy.Unsafe && c.chance(20) {
		c.op = batchOperation(class)
	}
	c.signed = c.chance(40)
	if c.signed {
		c.op.Security = []resilience.Requirement{{{Scheme: "token"}}}
	}
	p := &c.p
	p.Retry.Attempts = 1 + c.r.IntN(5)
	p.Retry.MaxRetryAfter = c.units(5, 40)
	p.Timeout.Overall = c.units(20, 120)
	p.Timeout.Attempt = c.units(2, 20)
	p.Rate.Enabled = policy.Off
	if c.chance(40) {
		p.Rate = policy.Rate{
			Enabled: policy.On, Learn: policy.On, Floor: 0.1, Ceiling: 1, MaxWait: c.units(1, 60), Burst: 1,
			PerSecond: float64(time.Second) / float64(c.units(1, 60)),
		}
	}
	if c.chance(40) {
		p.Redirects.Max = 1 + c.r.IntN(2)
	}
	if c.chance(40) {
		p.Hedge = policy.Hedge{Enabled: policy.On, After: c.units(1, 4), Max: 1 + c.r.IntN(2)}
	}
	p.Breaker.Enabled = policy.Off
	return c
}

// mean makes the trial one in which a server can do its worst: nothing but the deadline ends
// attempts, waits between them are short, and the waits for permits are nearly as long as they may
// be.
func (c *trial) mean() {
	p := &c.p
	short := policy.Backoff{Base: c.unit / 100, Factor: 1, Max: c.unit / 100}
	p.Retry.Throttle, p.Retry.Server, p.Retry.Connection = short, short, short
	p.Timeout.Overall = c.units(60, 120)
	p.Timeout.Attempt = p.Timeout.Overall
	p.Rate.PerSecond = float64(time.Second) / (0.99 * float64(p.Rate.MaxWait))
	if p.Hedge.Enabled == policy.On {
		p.Rate.Enabled = policy.Off // copies would take the permits
		p.Hedge.After = c.units(1, 2)
	}
	c.hung = c.chance(70)
}

// harsh adds to a trial what random servers meet: circuits, budgets and bulkheads.
func (c *trial) harsh() {
	p := &c.p
	if c.chance(50) {
		p.Breaker = policy.Default().Breaker
		p.Breaker.MinCalls, p.Breaker.Open, p.Breaker.MaxOpen = 3, c.units(1, 5), c.units(5, 9)
	}
	if c.chance(20) {
		p.Retry.Budget.Tokens = float64(1 + c.r.IntN(9))
	}
	if c.chance(30) {
		p.Bulkhead.Max, p.Bulkhead.MaxWait = 1, c.units(1, 30)
	}
	if p.Rate.Enabled != policy.Off && c.chance(20) {
		p.Rate.PerSecond = 0 // attempts wait only after others were throttled
	}
}

// worst returns what one call can cost at most.
func (c *trial) worst() policy.WorstCase {
	conditions := policy.Conditions{}
	if c.signed {
		conditions.Credentials = 1
	}
	return policy.Apply(c.p, c.op.Policy).WorstCase(conditions)
}

// callHeader has the name of the call that sends a request.
const callHeader = "X-Call"

// call makes a call with a name.
func (c *trial) call(ctx context.Context, k *resilience.Caller, name string, opts ...resilience.CallOption) error {
	opts = append(opts, resilience.WithHeader(callHeader, name))
	switch {
	case c.op.Policy.Success.Items != "":
		body := batchRequest{Requests: []batchItem{{"a"}, {"b"}, {"c"}}}
		_, err := resilience.Call[*batchResponse](ctx, k, c.op, wire.Args().With(body), opts...)
		return err
	case c.op.Body != nil:
		_, err := resilience.Call[*item](ctx, k, c.op, wire.Args().With(item{"x"}), opts...)
		return err
	}
	_, err := resilience.Call[*item](ctx, k, c.op, wire.Args(), opts...)
	return err
}

// A worstServer makes a call cost as much as it can: each request is redirected as often as the
// client follows, the credential is rejected once, responses come after all copies were sent, and
// they are failures after which every operation is tried again.
type worstServer struct {
	c     *trial
	w     policy.WorstCase
	mu    sync.Mutex
	final int // requests at the end of their redirects
}

func (s *worstServer) handle(r *faults.Request) faults.Step {
	if r.Header.Get(callHeader) == "first" {
		return faults.Status(204)
	}
	hop, _ := strconv.Atoi(r.URL.Query().Get("hop"))
	if hop < s.w.Redirects {
		return faults.Redirect(307, fmt.Sprint("/items?hop=", hop+1))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	round := s.final / (1 + s.w.Copies)
	s.final++
	late := s.c.p.Hedge.After * time.Duration(s.w.Copies)
	if s.w.Copies > 0 {
		late += s.c.p.Hedge.After / 2
	}
	switch {
	case round == 0 && s.w.Replays > 0:
		return faults.Status(401).In(late)
	case round == s.w.Attempts+s.w.Replays-1 && s.c.hung:
		return faults.Fail(faults.Hang)
	case s.c.op.Policy.Success.Items != "":
		return throttledItems(r, func(int) int { return 429 })
	case s.c.op.Policy.Idempotency == policy.Unsafe:
		return faults.Status(408).In(late)
	}
	failures := []faults.Step{
		faults.Status(408), faults.Status(503), faults.Fail(faults.Close), faults.Fail(faults.CutLength),
	}
	return failures[s.c.r.IntN(len(failures))].In(late)
}

// throttledItems answers a batch with a status for each item.
func throttledItems(r *faults.Request, status func(i int) int) faults.Step {
	var in batchRequest
	_ = json.Unmarshal(r.Data, &in)
	var list []string
	for i := range in.Requests {
		list = append(list, fmt.Sprintf(`{"status":{"statusCode":%d},"body":{}}`, status(i)))
	}
	return faults.OK(`{"responses":[` + strings.Join(list, ",") + `]}`)
}

// anything returns a server that answers at random.
func (c *trial) anything() func(*faults.Request) faults.Step {
	var mu sync.Mutex
	return func(r *faults.Request) faults.Step {
		mu.Lock()
		defer mu.Unlock()
		return c.answer(r)
	}
}

// answer returns a random response.
func (c *trial) answer(r *faults.Request) faults.Step {
	switch n := c.r.IntN(24); {
	case n < 3:
		return faults.Status([]int{500, 503, 429}[n]).With("Retry-After", strconv.Itoa(c.r.IntN(20)))
	case n < 11:
		return faults.Status([]int{408, 421, 425, 429, 500, 503, 401, 404}[n-3]).In(c.units(0, 5))
	case n < 15:
		return faults.Redirect([]int{301, 303, 307, 308}[n-11], "/items?next")
	case n < 21:
		return faults.Fail([]faults.Fault{
			faults.Hang, faults.HangBody, faults.Reset, faults.Close, faults.CutLength, faults.Garbage,
		}[n-15])
	case n == 21:
		return throttledItems(r, func(int) int { return []int{200, 429, 500}[c.r.IntN(3)] }).In(c.units(0, 9))
	case n == 22:
		return faults.OK(good).Trickle(1, c.units(1, 3))
	}
	return faults.OK(good).In(c.units(0, 9))
}

// costs are what calls cost, by the name of the call.
type costs map[string]int

// requestsOf returns the requests of each call that reached the server.
func requestsOf(s *faults.Server) costs {
	n := costs{}
	for _, r := range s.Records() {
		n[r.Header.Get(callHeader)]++
	}
	return n
}
