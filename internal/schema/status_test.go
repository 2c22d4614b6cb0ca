package schema

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/wire"
)

// The status of a runtime has everything that the schema requires, and nothing that it does not
// know.
func TestStatus_Schema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/status.json")
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet))
	defer r.Close()
	var monitor batch.Monitor
	_, _ = batch.Run(t.Context(), slices.Values([]string{"a"}), strings.ToLower,
		func(context.Context, string) error { return nil }, batch.WithMonitor(&monitor), batch.WithLogger(quiet))
	file := policyfile.FileState{
		Path: "policy.yaml", Applied: time.Now(), Refused: errors.New("policy.yaml:1:1: no"), Since: time.Now(),
	}
	handler := admin.Handler(r, admin.WithCritical("unknown"), admin.WithBatches(&monitor),
		admin.WithConfiguration(func() policyfile.FileState { return file }))
	p := policy.Default()
	p.Retry.Attempts, p.Breaker.Consecutive, p.Rate.PerSecond = 1, 1, 100
	op := &resilience.Operation{
		ID: "getItem", Method: "GET", Path: "/item", Success: []wire.Outcome{{Status: 204}},
		Security: []resilience.Requirement{{{Scheme: "token"}}},
	}
	api := &resilience.API{
		Name: "shop", Defaults: p, Operations: []*resilience.Operation{op},
		Schemes: []resilience.Scheme{{Name: "token", Kind: "http", HTTPScheme: "bearer"}},
	}
	down := errors.New("down")
	for _, failure := range []error{nil, down} {
		token := auth.TokenSource(func(context.Context) (string, time.Time, error) {
			return "x", time.Time{}, failure
		}, auth.As("a"))
		transport := resilience.RoundTripperFunc(func(*http.Request) (*http.Response, error) { return nil, down })
		c, err := resilience.NewCaller(api, resilience.WithBaseURL("http://shop.test"), resilience.WithRuntime(r),
			resilience.WithLogger(quiet), resilience.WithCredential(token), resilience.WithTransport(transport))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if resilience.Do(t.Context(), c, op, wire.Args()) == nil {
			t.Fatal("the call succeeded")
		}
		r.ResetCircuit("shop shop.test")
	}
	r.ForceOpen("shop shop.test")
	r.Pause("shop", time.Minute)
	r.Isolate("shop")
	config := &policy.Config{APIs: []policy.APIConfig{{
		Name: "shop", Defaults: policy.Of(policy.Policy{Retry: policy.Retry{Attempts: 2}}, policy.Source{}),
	}}}
	if err := r.Apply(config); err != nil {
		t.Fatal(err)
	}
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, httptest.NewRequest("GET", "/status.json", nil))
	value, err := jsonschema.UnmarshalJSON(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	for _, key := range []string{"configurations", "batches"} {
		if len(value.(map[string]any)[key].([]any)) == 0 {
			t.Errorf("%s is empty", key)
		}
	}
	shop := value.(map[string]any)["apis"].([]any)[0].(map[string]any)
	for _, key := range []string{"isolatedSince", "pausedUntil"} {
		if shop[key] == nil {
			t.Errorf("%s is missing", key)
		}
	}
	for _, key := range []string{"circuits", "quotas", "budgets", "changes", "operations"} {
		if len(shop[key].([]any)) == 0 {
			t.Errorf("%s is empty", key)
		}
	}
}
