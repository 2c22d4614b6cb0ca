package resilience_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// The request and the response of a batch operation.
type (
	batchItem struct {
		ID string `json:"id"`
	}
	batchRequest struct {
		Note     json.RawMessage `json:"note,omitempty"`
		Requests []batchItem     `json:"requests"`
	}
	batchResult struct {
		Status struct {
			Code int `json:"statusCode"`
		} `json:"status"`
		Body struct {
			ID    string          `json:"id"`
			Price json.RawMessage `json:"price"`
		} `json:"body"`
	}
	batchResponse struct {
		Responses []batchResult `json:"responses"`
	}
)

// A batchServer handles batches. Plan has a digit for each time that an item is received: 2 done, 4
// refused, 5 failed, 9 throttled; the last digit repeats. Requests with a number in down fail as a
// whole, and the responses to those in short lack their last item.
type batchServer struct {
	plan        map[string]string
	down, short string
	visits      map[string]int
	asked       []string // the ids of each request
}

func (d *batchServer) answer(r *faults.Request) faults.Step {
	var in batchRequest
	if err := json.Unmarshal(r.Data, &in); err != nil || string(in.Note) != "1.10" {
		return faults.Status(400)
	}
	var ids strings.Builder
	var replies []string
	for _, one := range in.Requests {
		ids.WriteString(one.ID)
		plan := d.plan[one.ID]
		code := map[byte]int{'2': 200, '4': 400, '5': 500, '9': 429}[plan[min(d.visits[one.ID], len(plan)-1)]]
		d.visits[one.ID]++
		problem := ""
		if code != 200 {
			problem = fmt.Sprintf(`,"errors":[{"code":"Code%d","message":"secret words"}]`, code)
		}
		replies = append(replies,
			fmt.Sprintf(`{"status":{"statusCode":%d},"body":{"id":%q,"price":12345678901234567.890%s}}`, code, one.ID,
				problem))
	}
	d.asked = append(d.asked, ids.String())
	n := fmt.Sprint(len(d.asked))
	if strings.Contains(d.down, n) {
		return faults.Status(503)
	}
	if strings.Contains(d.short, n) {
		replies = replies[:len(replies)-1]
	}
	return faults.OK(`{"more":{},"responses":[` + strings.Join(replies, ",") + `]}`)
}

// batchOperation returns an operation with a success rule for batches.
func batchOperation(class policy.Class) *resilience.Operation {
	op := operation("POST", class)
	op.Success[0].Decode = wire.JSONAs[*batchResponse]
	op.Policy.Success = policy.Success{Items: "responses", Status: "status.statusCode", Error: "body.errors",
		Request: "requests"}
	return op
}

func ask(t *testing.T, c *resilience.Caller, op *resilience.Operation, opts ...resilience.CallOption) (*batchResponse,
	error) {
	body := batchRequest{Note: json.RawMessage("1.10"), Requests: []batchItem{{"a"}, {"b"}, {"c"}}}
	return resilience.Call[*batchResponse](t.Context(), c, op, wire.Args().With(body), opts...)
}

// Each case sends a batch of a, b and c. Waits after throttling are 1, 2 and 4 s.
func TestBatch(t *testing.T) {
	idempotent, unsafe, keyed := policy.Idempotent, policy.Unsafe, policy.Keyed
	for _, c := range []struct {
		name        string
		class       policy.Class // empty: safe
		plan        string       // of a, b and c
		down, short string
		rule        func(*policy.Success)
		throttled   []policy.Rule
		attempts    int // 0: the limit of the policy

		asked   string
		codes   string // of the items in the value; empty: no value
		items   string // in the error; empty: the call succeeds
		stopped resilience.Stop
		took    time.Duration
		is      []error
		run     bool
	}{
		{name: "all done", plan: "2 2 2", asked: "abc", codes: "200 200 200"},
		{name: "one refused", plan: "2 4 2", asked: "abc", codes: "200 400 200", items: "item 1: 400 Code400",
			stopped: "final", run: true},
		{name: "all refused", plan: "4 4 4", asked: "abc", codes: "400 400 400",
			items: "item 0: 400 Code400, item 1: 400 Code400, item 2: 400 Code400", stopped: "final"},
		{name: "one failed, all others refused", plan: "4 5 4", asked: "abc", codes: "400 500 400",
			items: "item 0: 400 Code400, item 1: 500 Code500, item 2: 400 Code400", stopped: "final", run: true},
		{name: "one throttled", plan: "2 92 2", asked: "abc b", codes: "200 200 200", took: time.Second},
		{name: "one throttled, idempotent", class: idempotent, plan: "2 92 2", asked: "abc b", codes: "200 200 200",
			took: time.Second},
		{name: "two throttled, one of them twice", plan: "92 2 992", asked: "abc ac c", codes: "200 200 200",
			took: 3 * time.Second},
		{name: "throttled in every attempt", plan: "4 9 2", asked: "abc b b b", codes: "400 429 200",
			items: "item 0: 400 Code400, item 1: 429 Code429", stopped: "attempts", took: 7 * time.Second, run: true},
		{name: "only throttled ones left", plan: "2 9 2", asked: "abc b b b", codes: "200 429 200",
			items: "item 1: 429 Code429", stopped: "attempts", took: 7 * time.Second,
			is: []error{resilience.ErrThrottled}, run: true},
		{name: "throttled and then refused", plan: "2 94 2", asked: "abc b", codes: "200 400 200",
			items: "item 1: 400 Code400", stopped: "final", took: time.Second, run: true},
		{name: "all throttled once, unsafe", class: unsafe, plan: "92 92 92", asked: "abc abc", codes: "200 200 200",
			took: time.Second},
		{name: "all throttled in every attempt, unsafe", class: unsafe, plan: "9 9 9", asked: "abc abc abc abc",
			codes: "429 429 429", items: "item 0: 429 Code429, item 1: 429 Code429, item 2: 429 Code429",
			stopped: "attempts", took: 7 * time.Second, is: []error{resilience.ErrThrottled}},
		{name: "one throttled, unsafe", class: unsafe, plan: "2 92 2", asked: "abc", codes: "200 429 200",
			items: "item 1: 429 Code429", stopped: "final", is: []error{resilience.ErrThrottled}, run: true},
		{name: "one throttled, keyed", class: keyed, plan: "2 92 2", asked: "abc", codes: "200 429 200",
			items: "item 1: 429 Code429", stopped: "final", is: []error{resilience.ErrThrottled}, run: true},
		{name: "one attempt", attempts: 1, plan: "2 92 2", asked: "abc", codes: "200 429 200",
			items: "item 1: 429 Code429", stopped: "attempts", is: []error{resilience.ErrThrottled}, run: true},
		{name: "unknown request items", plan: "2 92 2", rule: func(s *policy.Success) { s.Request = "" },
			asked: "abc", codes: "200 429 200", items: "item 1: 429 Code429", stopped: "final",
			is: []error{resilience.ErrThrottled}, run: true},
		{name: "fewer items in the response than in the request", plan: "92 2 2", short: "1", asked: "abc",
			codes: "429 200", items: "item 0: 429 Code429", stopped: "final", is: []error{resilience.ErrThrottled},
			run: true},
		{name: "every retry fails", plan: "2 92 2", down: "234", asked: "abc b b b", codes: "200 429 200",
			items: "item 1: 429 Code429", stopped: "attempts", took: 4 * time.Second,
			is: []error{resilience.ErrThrottled}, run: true},
		{name: "the retry fails once", plan: "2 992 2", down: "2", asked: "abc b b", codes: "200 200 200",
			took: 2 * time.Second},
		{name: "the response to the retry lacks items", plan: "92 92 2", short: "2", asked: "abc ab",
			codes: "429 429 200", items: "item 0: 429 Code429, item 1: 429 Code429", stopped: "final",
			took: time.Second, is: []error{resilience.ErrThrottled}, run: true},
		{name: "a code that means throttling", plan: "2 42 2",
			throttled: codes("Code400"), asked: "abc b", codes: "200 200 200",
			took: time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plan := strings.Fields(c.plan)
				d := &batchServer{plan: map[string]string{
					"a": plan[0],
					"b": plan[1],
					"c": plan[2],
				}, visits: map[string]int{},
					down: c.down, short: c.short}
				b := configured(t, faults.Config{Handle: d.answer})
				if c.class == "" {
					c.class = policy.Safe
				}
				op := batchOperation(c.class)
				if c.rule != nil {
					c.rule(&op.Policy.Success)
				}
				op.Policy.Throttled = c.throttled
				var opts []resilience.CallOption
				if c.attempts > 0 {
					opts = append(opts, resilience.WithAttempts(c.attempts))
				}
				begin := time.Now()
				got, err := ask(t, b.client(t, steady(), op), op, opts...)
				took := time.Since(begin)
				if asked := strings.Join(d.asked, " "); asked != c.asked || took != c.took {
					t.Errorf("requested %s in %s, want %s in %s", asked, took, c.asked, c.took)
				}
				if codes := codesOf(t, got); codes != c.codes {
					t.Errorf("the value is %q, want %q", codes, c.codes)
				}
				if c.items == "" {
					if err != nil {
						t.Errorf("the error is %v", err)
					}
					return
				}
				e := failed(t, err)
				if e.Kind != resilience.KindPartial || !errors.Is(err, resilience.ErrPartial) ||
					itemTexts(e.Items) != c.items || e.Stopped != c.stopped || e.MayHaveApplied != c.run {
					t.Errorf("%v: kind %s, items %q, stopped %q, may have applied %t", err, e.Kind, itemTexts(e.Items),
						e.Stopped, e.MayHaveApplied)
				}
				expect{status: 200}.check(t, nil, e)
				if throttled := errors.Is(err, resilience.ErrThrottled); throttled != (c.is != nil) || e.Detail != nil {
					t.Errorf("throttled %t with status %d and detail %v", throttled, e.Status, e.Detail)
				}
				if strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), e.Items[0].String()) ||
					e.Items[0].Message != "secret words" {
					t.Errorf("the text is %q, the first item %+v", err, e.Items[0])
				}
			})
		})
	}
}

// codesOf returns the statuses of the items. It checks that they are in the order of the request
// and have the numbers of the server unchanged.
func codesOf(t *testing.T, p *batchResponse) string {
	if p == nil {
		return ""
	}
	var codes []string
	for i, one := range p.Responses {
		codes = append(codes, fmt.Sprint(one.Status.Code))
		if one.Body.ID != "abc"[i:i+1] || string(one.Body.Price) != "12345678901234567.890" {
			t.Errorf("item %d is %+v", i, one)
		}
	}
	return strings.Join(codes, " ")
}

func itemTexts(items []resilience.FailedItem) string {
	var texts []string
	for _, i := range items {
		texts = append(texts, i.String())
	}
	return strings.Join(texts, ", ")
}

// Status 429 of an item slows the operation down like that of a response, and the circuit does not
// count it as a failure.
func TestBatch_RateAndCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &batchServer{plan: map[string]string{"a": "2", "b": "9", "c": "4"}, visits: map[string]int{}}
		b := configured(t, faults.Config{Handle: d.answer})
		op := batchOperation(policy.Safe)
		op.Policy.Rate = policy.Rate{PerSecond: 10, Burst: 5}
		if _, err := ask(t, b.client(t, steady(), op), op, resilience.WithAttempts(1)); !errors.Is(err,
			resilience.ErrPartial) {
			t.Fatal(err)
		}
		if s := b.runtime.Snapshot().Gates[0].Buckets[0]; s.PerSecond != 7 {
			t.Errorf("the bucket is %+v, want 7/s", s)
		}
		d.plan["b"] = "4"
		if _, err := ask(t, b.client(t, steady(), op), op); !errors.Is(err, resilience.ErrPartial) ||
			errors.Is(err, resilience.ErrThrottled) {
			t.Fatal(err)
		}
		if s := b.circuit(); s.Failures != 0 || s.Successes != 1 {
			t.Errorf("the circuit is %+v, want one success", s)
		}
	})
}

// The wait before a retry of throttled items ends at the deadline and when the client is closed.
func TestBatch_Canceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &batchServer{plan: map[string]string{"a": "2", "b": "9", "c": "2"}, visits: map[string]int{}}
		b := configured(t, faults.Config{Handle: d.answer})
		op := batchOperation(policy.Safe)
		c := b.client(t, steady(), op)
		if _, err := ask(t, c, op, resilience.WithTimeout(500*time.Millisecond)); !errors.Is(err,
			resilience.ErrPartial) || failed(t, err).Stopped != resilience.StopDeadline {
			t.Errorf("no time for the repeat: %v", err)
		}
		time.AfterFunc(100*time.Millisecond, func() { _ = c.Close() })
		if got, err := ask(t, c, op); !errors.Is(err, resilience.ErrPartial) || got == nil ||
			failed(t, err).Stopped != resilience.StopClosed {
			t.Errorf("closed while it waits: %v", err)
		}
	})
}

// CallResult builds a result from a partial response too, and a fallback does not replace it.
func TestBatch_ResultAndFallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &batchServer{plan: map[string]string{"a": "2", "b": "4", "c": "2"}, visits: map[string]int{}}
		b := configured(t, faults.Config{Handle: d.answer})
		op := batchOperation(policy.Safe)
		never := resilience.WithFallback("op", resilience.FallbackValue(&batchResponse{}))
		c := b.client(t, steady(), op, never)
		build := func(status int, body any) int { return status + len(body.(*batchResponse).Responses) }
		body := batchRequest{Note: json.RawMessage("1.10"), Requests: []batchItem{{"a"}, {"b"}}}
		if n, err := resilience.CallResult(t.Context(), c, op, wire.Args().With(body), build); n != 202 ||
			!errors.Is(err, resilience.ErrPartial) {
			t.Errorf("%d with %v, want what build makes of two items", n, err)
		}
		if resilience.HTTPStatus(resilience.Do(t.Context(), c, op, wire.Args().With(body))) != http.StatusBadGateway {
			t.Error("a handler responds with another status")
		}
	})
}

// The body of a batch and of its response may be an array. Batches are not hedged.
func TestBatch_BareArrays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		b := configured(t, faults.Config{Handle: func(r *faults.Request) faults.Step {
			asked = append(asked, string(r.Data))
			if len(asked) == 1 {
				return faults.OK(`[{"code":"ok"},{"code":"busy"}]`).In(3 * time.Second)
			}
			return faults.OK(`[{"code":"done"}]`)
		}})
		op := operation("POST", policy.Safe)
		op.Success[0].Decode = wire.JSONAs[[]problem]
		op.Policy.Success = policy.Success{Items: ".", Status: "code", Request: "."}
		op.Policy.Throttled = codes("busy")
		op.Policy.Hedge = policy.Hedge{Enabled: policy.On, After: time.Second}
		got, err := resilience.Call[[]problem](t.Context(), b.client(t, steady(), op), op,
			wire.Args().With([]int{1, 2}))
		if err != nil || fmt.Sprint(got) != "[{ok} {done}]" || fmt.Sprint(asked) != "[[1,2] [2]]" {
			t.Errorf("%v with %v after %v", got, err, asked)
		}
	})
}
