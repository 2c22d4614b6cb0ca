package resilience_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

func TestFallback_Failures(t *testing.T) {
	own := errors.New("neither")
	for _, want := range []struct {
		name     string
		step     faults.Step
		fallback resilience.Fallback
		answer   string // empty: the call fails
	}{
		{"value", faults.Status(500), resilience.FallbackValue(&item{"spare"}), "spare"},
		{"function", faults.Status(429), resilience.FallbackFunc(func(_ context.Context, e *resilience.Error) (*item,
			error) {
			return &item{e.Kind.String()}, nil
		}), "throttled"},
		{"function that fails", faults.Status(500),
			resilience.FallbackFunc(func(context.Context, *resilience.Error) (*item, error) { return nil, own }), ""},
		{"contract", faults.HTML(200), resilience.FallbackValue(&item{"spare"}), "spare"},
		{"timeout", faults.Fail(faults.Hang), resilience.FallbackValue(&item{"spare"}), "spare"},
		{"reset", faults.Fail(faults.Reset), resilience.FallbackValue(&item{"spare"}), "spare"},
		{"refusal", faults.Status(404), resilience.FallbackValue(&item{"spare"}), ""},
		{"nothing kept", faults.Status(500), resilience.FallbackLastGood(time.Hour), ""},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, want.step)
				op := operation("GET", policy.Safe)
				var info resilience.Info
				v, err := get(t, b.client(t, policy.Default(), op, resilience.WithFallback("op", want.fallback)), op,
					resilience.WithInfo(&info))
				if want.answer == "" {
					if failed(t, err); info.Degraded || v != nil || errors.Is(err, own) {
						t.Errorf("got %+v, %v", v, err)
					}
					return
				}
				if err != nil || v.Name != want.answer || !info.Degraded || info.Age != 0 || len(info.Attempts) == 0 {
					t.Errorf("got %+v, %v, %+v", v, err, info)
				}
				if b.circuit().Successes != 0 {
					t.Error("a degraded response was counted as a success")
				}
			})
		})
	}
}

func TestFallback_PerCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op,
			resilience.WithFallback("op", resilience.FallbackValue(&item{"client"})))
		v, err := get(t, c, op, resilience.WithCallFallback(resilience.FallbackValue(&item{"call"})))
		if err != nil || v.Name != "call" {
			t.Errorf("got %+v, %v", v, err)
		}
	})
}

func TestFallback_Deadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Fail(faults.Hang))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithFallback("op", resilience.FallbackValue(&item{"spare"})))
		if v, err := get(t, c, op, resilience.WithTimeout(time.Second)); err != nil || v.Name != "spare" {
			t.Errorf("got %+v, %v", v, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := resilience.Call[*item](ctx, c, op, wire.Args())
		expect{kind: resilience.KindCanceled}.check(t, nil, failed(t, err))
		late, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = resilience.Call[*item](late, c, op, wire.Args())
		expect{kind: resilience.KindTimeout}.check(t, nil, failed(t, err))
	})
}

// A call that ends while its fallback is computed has the error of its last attempt.
func TestFallback_EndedContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		ctx, cancel := context.WithCancel(t.Context())
		spare := resilience.FallbackFunc(func(context.Context, *resilience.Error) (*item, error) {
			cancel()
			return &item{"spare"}, nil
		})
		v, err := resilience.Call[*item](ctx, c, op, wire.Args(), resilience.WithCallFallback(spare))
		if e := failed(t, err); v != nil || e.Status != 500 {
			t.Errorf("got %+v, %v", v, err)
		}
	})
}

// A response with an undeclared status that is read as the declared one is kept like it.
func TestFallback_LastGoodUndeclared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.JSON(203, `{"name":"first"}`), faults.Status(500))
		op := operation("GET", policy.Safe)
		c := b.client(t, steady(), op, resilience.WithFallback("op", resilience.FallbackLastGood(time.Hour)))
		for range 2 {
			if v, err := resilience.Call[*item](t.Context(), c, op, wire.Args()); err != nil || v.Name != "first" {
				t.Errorf("got %+v, %v", v, err)
			}
		}
	})
}

func TestFallback_LastGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(`{"name":"first"}`), faults.OK(`{"name":"other"}`), faults.Status(500))
		op := operation("GET", policy.Safe)
		op.Params = []wire.Param{{Name: "q", In: wire.Query}}
		p := policy.Default()
		p.Breaker.Enabled = policy.Off
		c := b.client(t, p, op, resilience.WithFallback("op", resilience.FallbackLastGood(time.Hour)))
		call := func(q string) (*item, resilience.Info, error) {
			var info resilience.Info
			v, err := resilience.Call[*item](t.Context(), c, op, wire.Args(q), resilience.WithInfo(&info),
				resilience.WithAttempts(1))
			return v, info, err
		}
		for _, q := range []string{"a", "b"} {
			if _, info, err := call(q); err != nil || info.Degraded {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		v, info, err := call("a")
		if err != nil || v.Name != "first" || !info.Degraded || info.Age != time.Minute || info.Status != 500 {
			t.Errorf("got %+v, %v, %+v", v, err, info)
		}
		v.Name = "changed"
		if v, _, _ := call("a"); v.Name != "first" {
			t.Errorf("callers share the stored response: %+v", v)
		}
		if v, _, _ := call("b"); v.Name != "other" {
			t.Errorf("got %+v", v)
		}
		if _, _, err := call("c"); err == nil {
			t.Error("a response to other arguments")
		}
		time.Sleep(59 * time.Minute)
		if _, _, err := call("a"); err != nil {
			t.Errorf("at the maximum age: %v", err)
		}
		time.Sleep(time.Nanosecond)
		if _, _, err := call("a"); err == nil {
			t.Error("beyond the maximum age")
		}
	})
}

func TestFallback_LastGoodLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := configured(t, faults.Config{Handle: func(r *faults.Request) faults.Step {
			if r.Number > 300 {
				return faults.Status(404 + 96) // 500
			}
			return faults.OK(good)
		}})
		op := operation("GET", policy.Safe)
		op.Params = []wire.Param{{Name: "q", In: wire.Query}}
		p := policy.Default()
		p.Breaker.Enabled, p.Retry.Attempts = policy.Off, 1
		c := b.client(t, p, op, resilience.WithFallback("op", resilience.FallbackLastGood(time.Hour)))
		kept := 0
		for round := range 2 {
			for i := range 300 {
				if _, err := resilience.Call[*item](t.Context(), c, op, wire.Args(i)); err == nil && round == 1 {
					kept++
				}
			}
		}
		if kept != 256 {
			t.Errorf("%d answers were kept, want 256", kept)
		}
	})
}

func TestNewCaller_Fallbacks(t *testing.T) {
	stream := download()
	stream.ID = "stream"
	api := &resilience.API{Name: "items", Defaults: quick(),
		Operations: []*resilience.Operation{operation("GET", policy.Safe), stream}}
	for _, want := range []struct {
		id   string
		f    resilience.Fallback
		text string
	}{
		{"none", resilience.FallbackValue(1), `items: WithFallback: the API has no operation "none"`},
		{"op", resilience.Fallback{},
			"items: WithFallback: the fallback of op makes no result; FallbackLastGood needs an age of more than 0"},
		{"op", resilience.FallbackLastGood(0),
			"items: WithFallback: the fallback of op makes no result; FallbackLastGood needs an age of more than 0"},
		{"stream", resilience.FallbackLastGood(1),
			"items: WithFallback: stream streams its response, which is not kept; use FallbackFunc"},
	} {
		_, err := resilience.NewCaller(api, resilience.WithBaseURL("http://a.test"),
			resilience.WithFallback(want.id, want.f))
		if err == nil || err.Error() != want.text {
			t.Errorf("got  %v\nwant %s", err, want.text)
		}
	}
}

// A kept response belongs to everything that makes its request: parameters of all places, headers
// and query parameters of options, the body, and the account.
func TestFallback_LastGoodOfTheSameRequest(t *testing.T) {
	place := func(in wire.Location, name string) func(*resilience.Operation) {
		return func(op *resilience.Operation) {
			op.Params = []wire.Param{{Name: name, In: in}}
			if in == wire.Path {
				op.Path = "/items/{" + name + "}"
			}
		}
	}
	args := func(v string) wire.Input { return wire.Args(v) }
	option := func(f func(name, value string) resilience.CallOption) func(string) []resilience.CallOption {
		return func(v string) []resilience.CallOption { return []resilience.CallOption{f("X-Store", v)} }
	}
	for _, c := range []struct {
		name   string
		method string
		change func(op *resilience.Operation)
		input  func(v string) wire.Input
		opts   func(v string) []resilience.CallOption
	}{
		{"header parameter", "GET", place(wire.Header, "X-Store"), args, nil},
		{"cookie parameter", "GET", place(wire.Cookie, "store"), args, nil},
		{"query parameter", "GET", place(wire.Query, "store"), args, nil},
		{"path parameter", "GET", place(wire.Path, "store"), args, nil},
		{"body", "POST", nil, func(v string) wire.Input { return wire.Args().With(item{v}) }, nil},
		{"WithHeader", "GET", nil, nil, option(resilience.WithHeader)},
		{"WithQuery", "GET", nil, nil, option(resilience.WithQuery)},
		{"WithBody", "POST", nil, func(string) wire.Input { return wire.Args().With(item{"x"}) },
			func(v string) []resilience.CallOption {
				return []resilience.CallOption{resilience.WithBody("text/plain", []byte(v))}
			}},
		{"WithIdempotencyKey", "POST", nil, nil, func(v string) []resilience.CallOption {
			return []resilience.CallOption{resilience.WithIdempotencyKey(v)}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.OK(`{"name":"one"}`), faults.OK(`{"name":"two"}`), faults.Status(500))
				op := operation(c.method, policy.Idempotent)
				if c.change != nil {
					c.change(op)
				}
				p := policy.Default()
				p.Breaker.Enabled, p.Key.Header = policy.Off, "Idempotency-Key"
				caller := b.client(t, p, op, resilience.WithFallback("op", resilience.FallbackLastGood(time.Hour)))
				call := func(v string) string {
					in, opts := wire.Args(), []resilience.CallOption{resilience.WithAttempts(1)}
					if c.input != nil {
						in = c.input(v)
					}
					if c.opts != nil {
						opts = append(opts, c.opts(v)...)
					}
					got, err := resilience.Call[*item](t.Context(), caller, op, in, opts...)
					if err != nil {
						return resilience.ErrAPI.Error()
					}
					return got.Name
				}
				got := []string{call("one"), call("two"), call("one"), call("two"), call("three")}
				want := []string{"one", "two", "one", "two", resilience.ErrAPI.Error()}
				if !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		})
	}
}

// A random idempotency key is another one at each call, so it does not distinguish requests.
func TestFallback_LastGoodWithRandomKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good), faults.Status(500))
		p := policy.Default()
		p.Key.Header = "Idempotency-Key"
		op := operation("POST", policy.Keyed)
		c := b.client(t, p, op, resilience.WithFallback("op", resilience.FallbackLastGood(time.Hour)))
		for range 2 {
			if v, err := get(t, c, op, resilience.WithAttempts(1)); err != nil || v.Name != "a" {
				t.Errorf("got %+v, %v", v, err)
			}
		}
	})
}

// A response that varies by a header which only middleware knows is not kept (RFC 9111, section
// 4.1).
func TestFallback_LastGoodVaries(t *testing.T) {
	for _, c := range []struct {
		vary string
		kept bool
	}{
		{"", true}, {"Accept, Accept-Encoding", true}, {"X-Tenant", false}, {"accept,x-tenant", false}, {"*", false},
		{"X-One", true},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good).With("Vary", c.vary), faults.Status(500))
			op := operation("GET", policy.Safe)
			tenant := through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				r.Header.Set("X-Tenant", "a")
				return next.RoundTrip(r)
			})
			caller := signedClient(t, b, policy.Default(), op, tenant,
				resilience.WithFallback("op", resilience.FallbackLastGood(time.Hour)))
			if _, err := get(t, caller, op); err != nil {
				t.Fatal(err)
			}
			if _, err := get(t, caller, op, resilience.WithAttempts(1)); (err == nil) != c.kept {
				t.Errorf("Vary %q: got %v, want it kept: %v", c.vary, err, c.kept)
			}
		})
	}
}

// A fallback that makes another type than the operation returns is an error of New, and an option
// of a call with one is an error before anything is sent.
func TestFallback_WrongType(t *testing.T) {
	type other struct{ Name string }
	text := operation("GET", policy.Safe)
	text.Success = []wire.Outcome{{Status: 200, Media: "text/plain", Decode: wire.TextAs}}
	anything := operation("GET", policy.Safe)
	anything.Success = []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[any]}}
	odd := operation("GET", policy.Safe)
	odd.Success[0].Decode = func([]byte, *wire.Report) (any, error) { panic("odd") }
	two := operation("GET", policy.Safe)
	two.Success = append(two.Success, wire.Outcome{Status: 202})
	list := operation("GET", policy.Safe)
	list.Success[0].Decode = wire.JSONAs[[]item]
	for _, c := range []struct {
		name string
		op   *resilience.Operation
		f    resilience.Fallback
		want string // error of New; empty: none
	}{
		{"right", operation("GET", policy.Safe), resilience.FallbackValue(&item{}), ""},
		{"nil pointer", operation("GET", policy.Safe), resilience.FallbackValue[*item](nil), ""},
		{"dynamic type", operation("GET", policy.Safe), resilience.FallbackValue[any](&item{}), ""},
		{"value", operation("GET", policy.Safe), resilience.FallbackValue(item{}),
			"op returns *resilience_test.item, but the fallback makes resilience_test.item"},
		{"other struct", operation("GET", policy.Safe), resilience.FallbackValue(&other{}),
			"op returns *resilience_test.item, but the fallback makes *resilience_test.other"},
		{"nil", operation("GET", policy.Safe), resilience.FallbackValue[any](nil),
			"op returns *resilience_test.item, but the fallback makes nil"},
		{"function", operation("GET", policy.Safe),
			resilience.FallbackFunc(func(context.Context, *resilience.Error) (int, error) { return 1, nil }),
			"op returns *resilience_test.item, but the fallback makes int"},
		{"function of any", operation("GET", policy.Safe),
			resilience.FallbackFunc(func(context.Context, *resilience.Error) (any, error) { return 1, nil }), ""},
		{"text", text, resilience.FallbackValue("a"), ""},
		{"not a text", text, resilience.FallbackValue(1), "op returns string, but the fallback makes int"},
		{"list", list, resilience.FallbackValue([]item{}), ""},
		{"not a list", list, resilience.FallbackValue(item{}),
			"op returns []resilience_test.item, but the fallback makes resilience_test.item"},
		{"any", anything, resilience.FallbackValue(1), ""},
		{"unknown", odd, resilience.FallbackValue(1), ""},
		{"several outcomes", two, resilience.FallbackValue(1), ""},
		{"stream", download(), resilience.FallbackValue(&resilience.Stream{}), ""},
		{"not a stream", download(), resilience.FallbackValue("a"),
			"op returns *resilience.Stream, but the fallback makes string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := &resilience.API{Name: "items", Defaults: quick(), Operations: []*resilience.Operation{c.op}}
			_, err := resilience.NewCaller(api, resilience.WithBaseURL("http://a.test"),
				resilience.WithFallback("op", c.f))
			got := ""
			if err != nil {
				got = strings.TrimPrefix(err.Error(), "items: WithFallback: ")
			}
			if got != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestFallback_WrongTypeOfACall(t *testing.T) {
	right := resilience.FallbackValue(&item{"spare"})
	built := func(status int, body any) string { return fmt.Sprint(status, body) }
	two := operation("GET", policy.Safe)
	two.Success = append(two.Success, wire.Outcome{Status: 202, Media: "text/plain", Decode: wire.TextAs})
	for _, c := range []struct {
		name string
		op   *resilience.Operation
		opts []resilience.Option
		f    resilience.Fallback
		call func(c *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error
		want string // suffix of the error; empty: none
	}{
		{"right", operation("GET", policy.Safe), nil, right, nil, ""},
		{"wrong", operation("GET", policy.Safe), nil, resilience.FallbackValue(1), nil,
			"WithCallFallback: op returns *resilience_test.item, but the fallback makes int"},
		{"none", operation("GET", policy.Safe), nil, resilience.Fallback{}, nil,
			"WithCallFallback: the fallback of op makes no result; FallbackLastGood needs an age of more than 0"},
		{"no age", operation("GET", policy.Safe), nil, resilience.FallbackLastGood(-1), nil,
			"WithCallFallback: the fallback of op makes no result; FallbackLastGood needs an age of more than 0"},
		{"kept stream", download(), nil, resilience.FallbackLastGood(1),
			func(c *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error {
				_, err := open(t.Context(), c, op, f)
				return err
			}, "WithCallFallback: op streams its response, which is not kept; use FallbackFunc"},
		{"interface", operation("GET", policy.Safe), nil, right,
			func(c *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error {
				_, err := resilience.Call[any](t.Context(), c, op, wire.Args(), f)
				return err
			}, ""},
		{"another interface", operation("GET", policy.Safe), nil, right,
			func(c *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error {
				_, err := resilience.Call[fmt.Stringer](t.Context(), c, op, wire.Args(), f)
				return err
			}, "WithCallFallback: op returns fmt.Stringer, but the fallback makes *resilience_test.item"},
		{"no value", operation("GET", policy.Safe), nil, resilience.FallbackValue(1),
			func(c *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error {
				return resilience.Do(t.Context(), c, op, wire.Args(), f)
			}, ""},
		{"built", two, nil, resilience.FallbackValue("spare"),
			func(c *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error {
				_, err := resilience.CallResult(t.Context(), c, op, wire.Args(), built, f)
				return err
			}, ""},
		{"body to build from", two, nil, right,
			func(c *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error {
				_, err := resilience.CallResult(t.Context(), c, op, wire.Args(), built, f)
				return err
			}, ""},
		{"neither", two, nil, resilience.FallbackValue(1),
			func(c *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error {
				_, err := resilience.CallResult(t.Context(), c, op, wire.Args(), built, f)
				return err
			}, "WithCallFallback: op returns string, but the fallback makes int"},
		{"of the client", two, []resilience.Option{resilience.WithFallback("op", resilience.FallbackValue(1))},
			resilience.Fallback{}, func(c *resilience.Caller, op *resilience.Operation, _ resilience.CallOption) error {
				_, err := get(t, c, op)
				return err
			}, "WithFallback: op returns *resilience_test.item, but the fallback makes int"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := memory(t, faults.Status(500))
			caller := b.client(t, quick(), c.op, c.opts...)
			call := c.call
			if call == nil {
				call = func(caller *resilience.Caller, op *resilience.Operation, f resilience.CallOption) error {
					_, err := get(t, caller, op, f)
					return err
				}
			}
			err := call(caller, c.op, resilience.WithCallFallback(c.f))
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, resilience.ErrInvalidRequest) || b.Count() != 0 ||
				!strings.HasSuffix(err.Error(), ": "+c.want) {
				t.Errorf("%d requests; got %v, want %s", b.Count(), err, c.want)
			}
		})
	}
}
