package resilience_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/wire"
)

// Pet is a response of the API of the examples.
type Pet struct {
	Name string `json:"name"`
}

// getPet is an operation. Generated code has one for each operation of the document.
var getPet = &resilience.Operation{
	ID: "getPet", Method: "GET", Path: "/pets/{id}",
	Params:  []wire.Param{{Name: "id", In: wire.Path, Required: true}},
	Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*Pet]}},
}

// pets returns a client of the API at a URL.
func pets(url string, opts ...resilience.Option) *resilience.Caller {
	p := policy.Default()
	p.Retry.Server.Base = time.Millisecond
	api := &resilience.API{Name: "pets", Defaults: p, Operations: []*resilience.Operation{getPet}}
	c, err := resilience.NewCaller(api, append(opts, resilience.WithBaseURL(url))...)
	if err != nil {
		panic(err)
	}
	return c
}

// A client shares a runtime with others. It retries requests if that is safe and returns an *Error
// if the call fails.
func Example() {
	server := faults.New(faults.Status(503), faults.OK(`{"name":"Rex"}`), faults.Status(404))
	defer server.Close()
	runtime := resilience.NewRuntime()
	defer runtime.Close()
	client := pets(server.URL, resilience.WithRuntime(runtime)) // generated packages have New instead

	ctx := context.Background()
	pet, err := resilience.Call[*Pet](ctx, client, getPet, wire.Args("7"), resilience.WithTimeout(10*time.Second))
	if err != nil {
		panic(err)
	}
	fmt.Println(pet.Name)

	_, err = resilience.Call[*Pet](ctx, client, getPet, wire.Args("8"))
	var failure *resilience.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Kind, failure.Status, failure.MayHaveApplied)
	}
	// Output:
	// Rex
	// api 404 false
}

func ExampleCall() {
	server := faults.New(faults.Status(503), faults.OK(`{"name":"Rex"}`))
	defer server.Close()
	client := pets(server.URL)
	defer client.Close()

	pet, err := resilience.Call[*Pet](context.Background(), client, getPet, wire.Args("7"))
	fmt.Println(pet.Name, err, server.Count())
	// Output: Rex <nil> 2
}

func ExampleError() {
	server := faults.New(faults.Status(404).With("X-Request-Id", "r-1"))
	defer server.Close()
	client := pets(server.URL)
	defer client.Close()

	_, err := resilience.Call[*Pet](context.Background(), client, getPet, wire.Args("7"))
	var failure *resilience.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Status, failure.Kind, failure.MayHaveApplied)
	}
	fmt.Println(err)
	// Output:
	// 404 api false
	// pets: getPet: status 404 (request id r-1)
}

func ExampleWriteError() {
	w := httptest.NewRecorder()
	resilience.WriteError(w, &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 1500 * time.Millisecond})
	fmt.Println(w.Code, w.Header().Get("Retry-After"))
	// Output: 503 2
}

func ExampleWithInfo() {
	server := faults.New(faults.OK(`{"name":"Rex"}`).With("ETag", `"v1"`))
	defer server.Close()
	client := pets(server.URL)
	defer client.Close()

	var info resilience.Info
	_, _ = resilience.Call[*Pet](context.Background(), client, getPet, wire.Args("7"), resilience.WithInfo(&info))
	fmt.Println(info.Status, info.Header.Get("ETag"), len(info.Attempts))
	// Output: 200 "v1" 1
}

func ExampleWithAttempts() {
	server := faults.New(faults.Status(503))
	defer server.Close()
	client := pets(server.URL)
	defer client.Close()

	_, _ = resilience.Call[*Pet](context.Background(), client, getPet, wire.Args("7"), resilience.WithAttempts(1))
	fmt.Println(server.Count())
	// Output: 1
}

func ExampleWithFallback() {
	server := faults.New(faults.Status(500))
	defer server.Close()
	client := pets(server.URL, resilience.WithFallback("getPet", resilience.FallbackValue(&Pet{Name: "ada"})))
	defer client.Close()

	pet, err := resilience.Call[*Pet](context.Background(), client, getPet, wire.Args("7"))
	fmt.Println(pet.Name, err)
	// Output: ada <nil>
}

func ExampleMiddleware() {
	server := faults.New(faults.OK(`{"name":"Rex"}`))
	defer server.Close()
	trace := func(next http.RoundTripper) http.RoundTripper {
		return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			info, _ := resilience.OperationFrom(r.Context())
			fmt.Println(info.Operation.ID, "attempt", info.Attempt)
			return next.RoundTrip(r)
		})
	}
	client := pets(server.URL, resilience.WithMiddleware(trace))
	defer client.Close()

	_, _ = resilience.Call[*Pet](context.Background(), client, getPet, wire.Args("7"))
	// Output: getPet attempt 1
}

func ExampleRuntime() {
	server := faults.New(faults.OK(`{"name":"Rex"}`))
	defer server.Close()
	shared := resilience.NewRuntime() // connections, circuits and quotas for all clients of the program
	defer shared.Close()
	for range 3 {
		client := pets(server.URL, resilience.WithRuntime(shared))
		_, _ = resilience.Call[*Pet](context.Background(), client, getPet, wire.Args("7"))
	}
	made, _ := server.Connections()
	fmt.Println(server.Count(), "requests,", made, "connection,", shared.Snapshot().Gates[0].Circuits[0].State)
	// Output: 3 requests, 1 connection, closed
}

func ExampleRuntime_Apply() {
	server := faults.New(faults.Status(503))
	defer server.Close()
	shared := resilience.NewRuntime()
	defer shared.Close()
	client := pets(server.URL, resilience.WithRuntime(shared))

	live, findings := policyfile.DecodeConfig("live.yaml",
		[]byte("apis: {pets: {operations: {getPet: {retry: {attempts: 2}}}}}"))
	if findings.HasErrors() {
		panic(findings)
	}
	if err := shared.Apply(live); err != nil {
		panic(err)
	}
	_, _ = resilience.Call[*Pet](context.Background(), client, getPet, wire.Args("7"))
	fmt.Println(server.Count())
	// Output: 2
}

func ExampleStream() {
	server := faults.New(faults.Status(200).With("Content-Type", "text/csv").WithBody("id;name\n7;Rex\n"))
	defer server.Close()
	export := &resilience.Operation{
		ID: "export", Method: "GET", Path: "/pets.csv", Success: []wire.Outcome{{Status: 200, Media: "text/csv",
			Stream: true}},
	}
	client := pets(server.URL)
	defer client.Close()

	stream, err := resilience.Call[*resilience.Stream](context.Background(), client, export, wire.Args())
	if err != nil {
		panic(err)
	}
	defer stream.Close()
	data, err := io.ReadAll(stream)
	fmt.Println(len(data), err)
	// Output: 14 <nil>
}

func ExampleHTTPStatus() {
	fmt.Println(resilience.HTTPStatus(&resilience.Error{Kind: resilience.KindTimeout}), resilience.HTTPStatus(nil))
	// Output: 504 200
}

// If an item of a batch fails, the call returns both the response and an error with the failed
// items.
func ExampleFailedItem() {
	server := faults.New(
		faults.OK(`{"responses":[{"status":200,"name":"Rex"},{"status":404,"error":{"code":"NoSuchPet"}}]}`),
	)
	defer server.Close()
	type batch struct{ Responses []Pet }
	getPets := &resilience.Operation{
		ID: "getPets", Method: "POST", Path: "/batches/pets",
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*batch]}},
		Policy: policy.Policy{Idempotency: policy.Safe, Success: policy.Success{Items: "responses", Status: "status",
			Error: "error"}},
	}
	client := pets(server.URL)
	defer client.Close()

	found, err := resilience.Call[*batch](context.Background(), client, getPets, wire.Args())
	var failure *resilience.Error
	if errors.As(err, &failure) && failure.Kind == resilience.KindPartial {
		for _, item := range failure.Items {
			fmt.Println("not found:", item.Index, item.Status, item.Code)
		}
	} else if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("found:", found.Responses[0].Name)
	// Output:
	// not found: 1 404 NoSuchPet
	// found: Rex
}
