package resilience_test

import (
	"net/http"
	"reflect"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// costIn returns the number in a header of a response, or the cost so far.
func costIn(c resilience.Charge) int {
	if n, err := strconv.Atoi(c.Header.Get("X-Cost")); err == nil {
		return n
	}
	return c.Cost
}

func TestWithCost(t *testing.T) {
	priced := func(cost string) faults.Step { return faults.OK(good).With("X-Cost", cost) }
	for name, c := range map[string]struct {
		change func(*policy.Policy)
		step   faults.Step
		cost   func(resilience.Charge) int
		want   time.Duration // of four calls with a burst of four and a permit every 10 s
	}{
		"the policy's": {cost: func(c resilience.Charge) int { return c.Cost }},
		"two of the policy": {
			change: func(p *policy.Policy) { p.Rate.Cost = 2 }, cost: costIn, want: 40 * time.Second,
		},
		"two by the function":        {cost: func(resilience.Charge) int { return 2 }, want: 40 * time.Second},
		"less than one":              {cost: func(resilience.Charge) int { return -5 }},
		"three by the response":      {step: priced("3"), cost: costIn, want: 60 * time.Second},
		"more than a bucket holds":   {step: priced("5"), cost: costIn, want: 120 * time.Second},
		"one by the response of two": {change: twoPermits, step: priced("1"), cost: costIn, want: 10 * time.Second},
		"none by the response":       {step: priced("0"), cost: costIn},
		"by the function before and the response": {step: priced("3"), cost: func(c resilience.Charge) int {
			if c.Status == 0 {
				return 4
			}
			return costIn(c)
		}, want: 90 * time.Second},
		"of a failure": {
			step: faults.Status(404).With("X-Cost", "3"), cost: costIn, want: 60 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if reflect.ValueOf(c.step).IsZero() {
					c.step = faults.OK(good)
				}
				b := memory(t, c.step)
				p := steady()
				p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait = 0.1, 4, time.Hour
				if c.change != nil {
					c.change(&p)
				}
				op := operation("GET", policy.Safe)
				client := b.client(t, p, op, resilience.WithCost(c.cost))
				begin := time.Now()
				for range 4 {
					_, _ = get(t, client, op)
				}
				if d := time.Since(begin); d != c.want || b.Count() != 4 {
					t.Errorf("%d calls took %s, want 4 in %s", b.Count(), d, c.want)
				}
			})
		})
	}
}

func twoPermits(p *policy.Policy) { p.Rate.Cost = 2 }

// The function sees the arguments, the response, and what was taken before.
func TestWithCost_Charges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.JSON(500, `{"code":"x"}`), faults.OK(good))
		p := steady()
		p.Rate.PerSecond, p.Rate.Burst, p.Rate.Cost = 1, 100, 2
		op := operation("POST", policy.Idempotent)
		var charges []resilience.Charge
		c := b.client(t, p, op, resilience.WithCost(func(c resilience.Charge) int {
			c.Header = nil
			charges = append(charges, c)
			return c.Cost + 1
		}))
		in := wire.Args().With(&item{"b"})
		if _, err := resilience.Call[*item](t.Context(), c, op, in); err != nil {
			t.Fatal(err)
		}
		want := []resilience.Charge{
			{Operation: "op", Input: in, Cost: 2},
			{Operation: "op", Input: in, Cost: 3, Status: 500, Body: []byte(`{"code":"x"}`)},
			{Operation: "op", Input: in, Cost: 3, Status: 200, Value: &item{"a"}},
		}
		if !reflect.DeepEqual(charges, want) {
			t.Errorf("got  %+v\nwant %+v", charges, want)
		}
		// 3 for each attempt and 1 for each response; one came in during the back-off of 500 ms.
		if got := b.runtime.Snapshot().Gates[0].Buckets[0].Tokens; got != 92.5 {
			t.Errorf("%v permits are left of 100, want 92.5", got)
		}
	})
}

// Without a rate limit there is nothing to pay, and the value of a stream is not passed on.
func TestWithCost_NotCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		p := steady()
		p.Rate.Enabled = policy.Off
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op, resilience.WithCost(func(resilience.Charge) int {
			t.Error("called without a rate limit")
			return 1
		}))
		if _, err := get(t, c, op); err != nil {
			t.Error(err)
		}
		p.Rate.Enabled = policy.On
		stream := operation("GET", policy.Safe)
		stream.ID, stream.Success = "stream", []wire.Outcome{{Status: 200, Media: "application/json", Stream: true}}
		statuses := []int{}
		c = b.client(t, p, stream, resilience.WithCost(func(c resilience.Charge) int {
			if statuses = append(statuses, c.Status); c.Value != nil {
				t.Errorf("got %v", c.Value)
			}
			return 1
		}))
		s, err := resilience.Call[*resilience.Stream](t.Context(), c, stream, wire.Args())
		if err != nil || !reflect.DeepEqual(statuses, []int{0, http.StatusOK}) {
			t.Fatal(err, statuses)
		}
		s.Close()
	})
}

// A panic of the function goes on, and everything is given back.
func TestWithCost_Panic(t *testing.T) {
	for _, at := range []int{0, 200} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good))
			op := operation("GET", policy.Safe)
			c := b.client(t, steady(), op, resilience.WithCost(func(c resilience.Charge) int {
				if c.Status == at {
					panic("cost")
				}
				return 1
			}))
			func() {
				defer func() {
					if p := recover(); p != "cost" {
						t.Errorf("recovered %v", p)
					}
				}()
				_, _ = get(t, c, op)
			}()
			s := b.runtime.Snapshot()
			if s.InFlight != 0 || s.Gates[0].Bulkhead.InUse != 0 {
				t.Errorf("%d in flight, %d places in use", s.InFlight, s.Gates[0].Bulkhead.InUse)
			}
		})
	}
}

// The time that the program takes before the first attempt is not that of the server: it makes no
// attempt slow and takes nothing from its time limit.
func TestWithCost_SlowFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(2*time.Second))
		p := steady()
		p.Timeout.Attempt, p.Rate.PerSecond, p.Rate.Burst = 3*time.Second, 10, 10
		p.Breaker.MinCalls, p.Breaker.SlowCall = 1, policy.SlowCall{After: 3 * time.Second, Rate: 0.1}
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op, resilience.WithCost(func(c resilience.Charge) int {
			if c.Status == 0 {
				time.Sleep(2 * time.Second)
			}
			return 1
		}))
		var info resilience.Info
		if _, err := get(t, c, op, resilience.WithInfo(&info)); err != nil {
			t.Fatal(err)
		}
		if a := info.Attempts; len(a) != 1 || a[0].Latency != 2*time.Second || info.Elapsed != 4*time.Second {
			t.Errorf("attempts %+v in %s", a, info.Elapsed)
		}
		if s := b.circuit(); s.Slow != 0 {
			t.Errorf("got %+v", s)
		}
	})
}
