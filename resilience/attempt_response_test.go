package resilience_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// typed returns a response with status 200 and a content type, or without one if it is "".
func typed(contentType, body string) faults.Step {
	s := faults.Status(200).WithBody(body)
	if contentType == "" {
		return s.Without("Content-Type")
	}
	return s.With("Content-Type", contentType)
}

func TestResponse_ContentTypes(t *testing.T) {
	for _, want := range []struct {
		name string
		step faults.Step
		kind resilience.Kind // 0: success
	}{
		{"JSON", typed("application/json; charset=utf-8", good), 0},
		{"JSON suffix", typed("application/vnd.x+json", good), 0},
		{"no type", typed("", good), 0},
		{"plain text that is JSON", typed("text/plain", good), 0},
		{"JSON object with an HTML type", typed("text/html", " "+good), 0},
		{"JSON array with an HTML type", typed("text/html", "[]"), resilience.KindContract},
		{"page", typed("text/html", "<!doctype html>x"), resilience.KindContract},
		{"HTML with a JSON type", typed("application/json", "\n <HTML>x"), resilience.KindContract},
		{"plain text with an HTML type", typed("text/html", "Sorry"), resilience.KindContract},
		{"empty HTML", typed("text/html", ""), resilience.KindEmptyBody},
		{"byte order mark", typed("application/json", "\ufeff"+good), 0},
		{"null", typed("application/json", "null"), resilience.KindEmptyBody},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, want.step)
				op := operation("GET", policy.Safe)
				_, err := get(t, b.client(t, policy.Default(), op), op)
				if got := observe(err); want.kind == 0 && err != nil || want.kind != 0 &&
					got.kind != want.kind.String() {
					t.Errorf("got %v, want %s", err, want.kind)
				}
			})
		})
	}
}

func TestResponse_HTMLPageInError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.HTML(200))
		op := operation("POST", policy.Unsafe)
		_, err := get(t, b.client(t, policy.Default(), op), op)
		want := "items: op: status 200: HTML received, want application/json: Sign in Please sign in.; the server " +
			"may have run the request"
		if e := failed(t, err); err.Error() != want || !strings.HasPrefix(string(e.Body), "<!DOCTYPE") ||
			!errors.Is(err, resilience.ErrContract) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
}

func TestResponse_ContractErrorsDoNotQuoteData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(`{"name":{"s3cret":1}}`))
		op := operation("GET", policy.Safe)
		_, err := get(t, b.client(t, policy.Default(), op), op)
		e := failed(t, err)
		var d *wire.DecodeError
		if !errors.As(err, &d) || d.Member != "name" || strings.Contains(everything(err), "s3cret") ||
			!strings.Contains(string(e.Body), "s3cret") {
			t.Errorf("got %s; body %s", everything(err), e.Body)
		}
	})
}

func TestResponse_OutcomeByStatusAndMedia(t *testing.T) {
	text := wire.Outcome{Status: 200, Media: "text/plain", Decode: wire.TextAs}
	json := wire.Outcome{Status: 200, Media: "application/json", Decode: wire.JSONAs[*item]}
	ranged := wire.Outcome{Status: 2, Media: "application/json", Decode: wire.JSONAs[*problem]}
	rest := wire.Outcome{Status: 0, Media: "application/json", Decode: wire.JSONAs[map[string]any]}
	none := wire.Outcome{Status: 204}
	for _, want := range []struct {
		name string
		list []wire.Outcome
		step faults.Step
		got  string // Go type of the value
	}{
		{"by media", []wire.Outcome{text, json}, faults.OK(good), "*resilience_test.item"},
		{"by other media type", []wire.Outcome{json, text}, typed("text/plain", "x"), "string"},
		{"exact before range", []wire.Outcome{ranged, json}, faults.OK(good), "*resilience_test.item"},
		{"range", []wire.Outcome{json, ranged}, faults.JSON(207, good), "*resilience_test.problem"},
		{"range before default", []wire.Outcome{rest, ranged}, faults.JSON(207, good), "*resilience_test.problem"},
		{"default", []wire.Outcome{none, rest}, faults.JSON(201, good), "map[string]interface {}"},
		{"no body declared", []wire.Outcome{json, none}, faults.Status(204), "<nil>"},
		{"undeclared status without decoder", []wire.Outcome{none}, faults.OK(good), "<nil>"},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, want.step)
				op := operation("GET", policy.Safe)
				op.Success = want.list
				got, err := resilience.CallResult(t.Context(), b.client(t, policy.Default(), op), op, wire.Args(),
					func(_ int, body any) string { return fmt.Sprintf("%T", body) })
				if err != nil || got != want.got {
					t.Errorf("got %s, %v; want %s", got, err, want.got)
				}
			})
		})
	}
}

func TestResponse_DefaultBeyond2xx(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.JSON(404, good))
		op := operation("GET", policy.Safe)
		op.Success[0].Status = 0
		if _, err := get(t, b.client(t, policy.Default(), op), op); failed(t, err).Status != 404 {
			t.Errorf("got %v", err)
		}
	})
}

func TestResponse_Declared304(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(304))
		op := operation("GET", policy.Safe)
		op.Success = append(op.Success, wire.Outcome{Status: 304})
		status, err := resilience.CallResult(t.Context(), b.client(t, policy.Default(), op), op, wire.Args(),
			func(status int, _ any) int { return status })
		if err != nil || status != 304 {
			t.Errorf("got %d, %v", status, err)
		}
	})
}

func TestResponse_FailureBodies(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	for _, want := range []struct {
		name   string
		step   faults.Step
		body   int
		detail bool
	}{
		{"declared", faults.JSON(422, `{"code":"x"}`), 12, true},
		{"page", faults.HTML(422), 93, false},
		{"other JSON", faults.JSON(422, `[1]`), 3, false},
		{"empty", faults.Status(422), 0, false},
		{"long", faults.JSON(422, `{"code":"`+long+`"}`), 64 << 10, false},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, want.step, faults.OK(good))
				op := operation("GET", policy.Safe)
				c := b.client(t, policy.Default(), op)
				_, err := get(t, c, op)
				_, ok := resilience.Detail[problem](err)
				expect{status: 422}.check(t, nil, failed(t, err))
				if e := failed(t, err); len(e.Body) != want.body || ok != want.detail {
					t.Errorf("%d bytes, detail %v; got %v", len(e.Body), ok, err)
				}
				if _, err := get(t, c, op); err != nil {
					t.Fatal(err)
				}
				if made, _ := b.Connections(); made != 1 {
					t.Errorf("%d connections: the body was not read to its end", made)
				}
			})
		})
	}
}

func TestResponse_SizeLimit(t *testing.T) {
	for size, ok := range map[int]bool{1000: true, 1001: false} {
		for _, gzip := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				step := faults.OK(`"` + strings.Repeat("0", size-2) + `"`)
				if gzip {
					step = step.Gzip()
				}
				b := memory(t, step)
				p := policy.Default()
				p.Response.MaxBytes = 1000
				op := operation("GET", policy.Safe)
				op.Success[0].Decode = wire.JSONAs[string]
				_, err := resilience.Call[string](t.Context(), b.client(t, p, op), op, wire.Args())
				if (err == nil) != ok || err != nil && !errors.Is(err, resilience.ErrTooLarge) {
					t.Errorf("%d bytes, compressed %v: %v", size, gzip, err)
				}
			})
		}
	}
}

func TestResponse_SuccessRule(t *testing.T) {
	byField := policy.Success{Field: "result.status", Fail: []string{"INVALID", "7", "true"}}
	byErrors := policy.Success{Errors: "result.errors"}
	for _, want := range []struct {
		rule policy.Success
		body string
		note string // empty: success
	}{
		{byField, `{"result":{"status":"ACCEPTED"}}`, ""},
		{byField, `{"result":{"status":"INVALID"}}`, "result.status is INVALID"},
		{byField, `{"result":{"status":7}}`, "result.status is 7"},
		{byField, `{"result":{"status":true}}`, "result.status is true"},
		{byField, `{"result":{"status":null}}`, ""},
		{byField, `{"result":{"status":["INVALID"]}}`, ""},
		{byField, `{"result":"INVALID"}`, ""},
		{byField, `{}`, ""},
		{byErrors, `{"result":{"errors":[]}}`, ""},
		{byErrors, `{"result":{"errors":null}}`, ""},
		{byErrors, `{"result":{}}`, ""},
		{byErrors, `{"result":{"errors":[{},{}]}}`, "result.errors holds 2 entries"},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(want.body))
			p := policy.Default()
			p.Success = want.rule
			op := operation("GET", policy.Safe)
			op.Success[0].Decode = wire.JSONAs[map[string]any]
			_, err := resilience.Call[map[string]any](t.Context(), b.client(t, p, op), op, wire.Args())
			if want.note == "" {
				if err != nil {
					t.Errorf("%s: %v", want.body, err)
				}
				return
			}
			e := failed(t, err)
			if _, ok := e.Detail.(map[string]any); e.Kind != resilience.KindAPI || e.Status != 200 || !ok ||
				err.Error() != "items: op: status 200: "+want.note {
				t.Errorf("%s: got %v, want %s", want.body, err, want.note)
			}
		})
	}
}

func TestResponse_ContractFailuresInCircuit(t *testing.T) {
	for on, want := range map[policy.Switch]int{policy.Off: 0, policy.On: 1} {
		for _, step := range []faults.Step{faults.OK("{"), faults.OK("")} {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, step)
				p := policy.Default()
				p.Breaker.Contract = on
				op := operation("GET", policy.Safe)
				_, err := get(t, b.client(t, p, op), op)
				if failed(t, err); b.circuit().Failures != want {
					t.Errorf("%s: %d failures, want %d", on, b.circuit().Failures, want)
				}
			})
		}
	}
}

func TestResponse_Head(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("HEAD", policy.Safe)
		var info resilience.Info
		if err := resilience.Do(t.Context(), b.client(t, policy.Default(), op), op, wire.Args(),
			resilience.WithInfo(&info)); err != nil || info.Status != 200 {
			t.Errorf("%v, %+v", err, info)
		}
	})
}

func TestInfo_FailedCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(404).With("X-Amzn-RequestId", "r7").With("X-Mine", "1"))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		info := resilience.Info{Degraded: true}
		_, err := get(t, c, op, resilience.WithInfo(&info))
		if failed(t, err); info.Status != 404 || info.RequestID != "r7" || info.Header.Get("X-Mine") != "1" ||
			len(info.Attempts) != 1 || info.Degraded {
			t.Errorf("got %+v", info)
		}
		_, _ = get(t, c, op, resilience.WithInfo(&info), resilience.WithAttempts(0))
		if info.Status != 0 || info.Attempts != nil || info.RequestID != "" {
			t.Errorf("got %+v", info)
		}
	})
}

func TestBody_OneShotIsNeverSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(429))
		op := operation("PUT", policy.Idempotent)
		op.Body = &wire.Body{Media: "text/csv", Format: wire.Binary}
		c := b.client(t, policy.Default(), op)
		_, err := resilience.Call[*item](t.Context(), c, op, wire.Args().With(io.MultiReader(strings.NewReader("a,b"))))
		expect{requests: 1, stopped: resilience.StopBody}.check(t, b, failed(t, err))
		if e := failed(t, err); string(b.Records()[0].Body) != "a,b" {
			t.Errorf("got %+v", e)
		}
		_, err = resilience.Call[*item](t.Context(), c, op, wire.Args().With(strings.NewReader("a,b")))
		if failed(t, err); b.Count() != 5 || string(b.Records()[4].Body) != "a,b" {
			t.Errorf("%d requests, want four more: a reader that can go back is sent again", b.Count())
		}
	})
}

// A response without a body decodes to nil if the document allows null, and null is a value of type
// any.
func TestResponse_Nil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		op := operation("GET", policy.Safe)
		c := memory(t, faults.OK(""), faults.OK("null"), faults.OK(""), faults.OK("null"), faults.OK("")).client(t,
			policy.Default(), op)
		op.Success[0].Decode = wire.NullableJSONAs[*item]
		for range 2 {
			if v, err := resilience.Call[*item](t.Context(), c, op, wire.Args()); v != nil || err != nil {
				t.Errorf("got %+v, %v", v, err)
			}
		}
		op.Success[0].Decode = wire.NullableJSONAs[any]
		for range 2 {
			if v, err := resilience.Call[any](t.Context(), c, op, wire.Args()); v != nil || err != nil {
				t.Errorf("got %+v, %v", v, err)
			}
		}
		op.Success[0].Decode = wire.JSONAs[*item]
		if _, err := resilience.Call[*item](t.Context(), c, op, wire.Args()); failed(t,
			err).Kind != resilience.KindEmptyBody {
			t.Errorf("got %v", err)
		}
	})
}
