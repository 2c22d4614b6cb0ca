package emit

import (
	"fmt"
	"regexp"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/api/apitest"
	"github.com/resgen/resgen/generator/layout"
	"github.com/resgen/resgen/resilience/policy"
)

// show prints code as a generated file has it.
func show(code jen.Code) { fmt.Println(formatted(code)) }

// formatted returns code with the layout of a generated file.
func formatted(code jen.Code) string {
	source, err := layout.Source(fmt.Appendf(nil, "%#v", jen.Add(code)))
	if err != nil {
		panic(err)
	}
	return trailing.ReplaceAllString(string(source), "")
}

// trailing matches white space at the end of a line, which fragments keep.
var trailing = regexp.MustCompile(`(?m)[ \t]+$`)

// petstoreOperation returns an operation of the petstore.
func petstoreOperation(name string) (*api.API, *api.Operation) {
	a := apitest.Petstore()
	for _, op := range a.Operations {
		if op.Name == name {
			return a, op
		}
	}
	panic(name)
}

// descriptorOf renders the descriptor of an operation of the petstore.
func descriptorOf(name string) jen.Code {
	a, op := petstoreOperation(name)
	return descriptor(a, op, share(a))
}

// typeNamed returns a type of the petstore.
func typeNamed(name string) *api.Named {
	for _, n := range apitest.Petstore().Types {
		if n.Name == name {
			return n
		}
	}
	panic(name)
}

func Example_typ() {
	of := api.Of
	show(jen.Var().Id("a").Add(typ(of(api.Slice, of(api.Pointer, api.Ref("Pet"))))))
	show(jen.Var().Id("b").Add(typ(of(api.Map, of(api.Nullable, of(api.Time, nil))))))
	for _, kind := range []api.Kind{
		api.Any, api.Bool, api.Int32, api.Int64, api.Uint64, api.Float64, api.String, api.Bytes,
		api.Decimal, api.Date, api.Scalar, api.Raw, api.File, api.Reader, api.Stream} {
		show(jen.Var().Id("c").Add(typ(of(kind, nil))))
	}
	// Output:
	// var a []*Pet
	// var b map[string]wire.Nullable[wire.Time]
	// var c any
	// var c bool
	// var c int32
	// var c int64
	// var c uint64
	// var c float64
	// var c string
	// var c []byte
	// var c wire.Decimal
	// var c wire.Date
	// var c wire.Scalar
	// var c wire.Raw
	// var c wire.File
	// var c io.Reader
	// var c *resilience.Stream
}

func Example_doc() {
	show(
		doc(
			"First sentence.", "\tGET /pets/*/{id}", "", "Text of a document */\n//go:generate rm\u2028+build ignore",
		).Var().Id("x").Int(),
	)
	// Output:
	// // First sentence.
	// //	GET /pets/*/{id}
	// //
	// // Text of a document * / //go:generate rm +build ignore
	// var x int
}

func Example_handshake() {
	show(handshake())
	// Output:
	// // This file needs a runtime of generation 1. If the next line does not compile,
	// // run go generate or upgrade github.com/resgen/resgen/resilience.
	// const _ = resilience.Generated1
}

func Example_defaults() {
	show(defaults(&api.API{Names: api.Names{Defaults: "defaults"}, Policy: policy.Policy{
		Idempotency: policy.Unsafe,
		Retry: policy.Retry{
			Attempts: 4,
			Throttle: policy.Backoff{Base: time.Second, Factor: 1.5, Max: time.Minute},
			Jitter:   policy.FullJitter,
			When: []policy.Rule{
				{Status: []int{409}, Code: policy.ErrorCode{Path: "code", In: []string{"Busy"}}},
				{Kind: []string{"timeout"}},
			},
			Refused: []int{},
		},
		Rate:    policy.Rate{Enabled: policy.Off, Also: []string{"a", "b"}},
		Timeout: policy.Timeout{Overall: 2 * time.Hour, Attempt: 1500 * time.Millisecond, Idle: 3},
	}}))
	// Output:
	// // defaults is the policy of every operation. Descriptors list what differs from
	// // it.
	// var defaults = policy.Policy{
	// 	Idempotency: policy.Unsafe,
	// 	Retry: policy.Retry{
	// 		Attempts: 4,
	// 		Throttle: policy.Backoff{Base: time.Second, Factor: 1.5, Max: time.Minute},
	// 		Jitter:   policy.FullJitter,
	// 		When: []policy.Rule{
	// 			{Status: []int{409}, Code: policy.ErrorCode{Path: "code", In: []string{"Busy"}}},
	// 			{Kind: []string{"timeout"}},
	// 		},
	// 		Refused: []int{},
	// 	},
	// 	Timeout: policy.Timeout{Overall: 2 * time.Hour, Attempt: 1500 * time.Millisecond, Idle: 3},
	// 	Rate:    policy.Rate{Enabled: policy.Off, Also: []string{"a", "b"}},
	// }
}

func Example_description() {
	show(description(apitest.Petstore()))
	// Output:
	// // description describes the API to the runtime.
	// var description = resilience.API{
	// 	Name: "petstore",
	// 	Servers: []resilience.Server{
	// 		{Name: "default", URL: "https://api.example.com/v1"},
	// 		{
	// 			Name:        "eu",
	// 			URL:         "https://{region}.example.com",
	// 			Description: "Europe",
	// 			Variables:   map[string]resilience.Variable{"region": {Default: "eu1", Enum: []string{"eu1", "eu2"}}},
	// 		},
	// 	},
	// 	Schemes: []resilience.Scheme{
	// 		{Name: "key", Kind: "apiKey", In: wire.Header, Parameter: "X-Key"},
	// 		{Name: "oauth", Kind: "oauth2", Scopes: []string{"read", "write"}},
	// 	},
	// 	Defaults: defaults,
	// 	Circuits: map[string]policy.Breaker{
	// 		"search": {Consecutive: 5},
	// 	},
	// 	Buckets: map[string]policy.Rate{
	// 		"shared": {PerSecond: 0.5, Burst: 2},
	// 	},
	// 	Operations: []*resilience.Operation{
	// 		&findPets,
	// 		&addPet,
	// 		&deletePet,
	// 		&getPhoto,
	// 		&upload,
	// 	},
	// }
}

func Example_description_minimal() {
	show(description(&api.API{
		Package: "nothing", Names: api.Names{Defaults: "defaults", Description: "description"},
		Servers: []api.Server{{Name: "default", URL: "/"}},
		Schemes: []api.Scheme{
			{Name: "user", Kind: "http", HTTPScheme: "basic"},
			{Name: "odd", Kind: "apiKey", In: "nowhere", Parameter: "key"},
		},
	}))
	// Output:
	// // description describes the API to the runtime.
	// var description = resilience.API{
	// 	Name: "nothing",
	// 	Servers: []resilience.Server{
	// 		{Name: "default", URL: "/"},
	// 	},
	// 	Schemes: []resilience.Scheme{
	// 		{Name: "user", Kind: "http", HTTPScheme: "basic"},
	// 		{Name: "odd", Kind: "apiKey", Parameter: "key"},
	// 	},
	// 	Defaults:   defaults,
	// 	Operations: []*resilience.Operation{},
	// }
}

func Example_descriptor() {
	show(descriptorOf("DeletePet"))
	show(descriptorOf("FindPets"))
	show(descriptorOf("AddPet"))
	show(descriptorOf("GetPhoto"))
	show(descriptorOf("Upload"))
	// Output:
	// // deletePet describes DELETE /pets/{owner}/{shelf}/{petId}.
	// var deletePet = resilience.Operation{
	// 	ID:     "deletePet",
	// 	Method: "DELETE",
	// 	Path:   "/pets/{owner}/{shelf}/{petId}",
	// 	Params: []wire.Param{
	// 		{Name: "owner", In: wire.Path, Required: true},
	// 		{Name: "shelf", In: wire.Path, Style: wire.Label, Explode: true, Required: true, Greedy: true},
	// 		{Name: "petId", In: wire.Path, Required: true},
	// 	},
	// 	Success: []wire.Outcome{
	// 		{Status: 204},
	// 	},
	// 	Failure: errorFailuresOn404_5XX_Default_2206,
	// 	Server:  "eu",
	// 	Policy: policy.Policy{
	// 		Idempotency: policy.Idempotent,
	// 		Why:         "a repeat finds nothing to delete",
	// 		Retry:       policy.Retry{Attempts: 2},
	// 		Rate:        policy.Rate{PerSecond: 5, Burst: 10},
	// 	},
	// }
	//
	// // findPets describes GET /pets.
	// var findPets = resilience.Operation{
	// 	ID:     "findPets",
	// 	Method: "GET",
	// 	Path:   "/pets",
	// 	Params: []wire.Param{
	// 		{Name: "tags", In: wire.Query, Required: true},
	// 		{Name: "X-Trace", In: wire.Header},
	// 		{Name: "filter", In: wire.Query, Media: "application/json"},
	// 	},
	// 	Success: []wire.Outcome{
	// 		{Status: 200, Media: "application/json", Decode: wire.JSONAs[[]Pet]},
	// 	},
	// 	Failure: errorFailuresOn404_5XX_Default_2206,
	// 	Security: []resilience.Requirement{
	// 		{{Scheme: "key"}},
	// 		{{Scheme: "oauth", Scopes: []string{"read"}}, {Scheme: "key"}},
	// 	},
	// 	Policy: policy.Policy{
	// 		Idempotency: policy.Safe,
	// 	},
	// }
	//
	// // addPet describes POST /pets.
	// var addPet = resilience.Operation{
	// 	ID:     "addPet",
	// 	Method: "POST",
	// 	Path:   "/pets",
	// 	Body:   &wire.Body{Media: "application/json", Format: wire.JSON, Required: true},
	// 	Success: []wire.Outcome{
	// 		{Status: 200, Media: "application/json", Decode: wire.JSONAs[*Pet]},
	// 		{Status: 201, Media: "text/plain", Decode: wire.TextAs},
	// 		{Status: 204},
	// 	},
	// 	Failure: errorFailuresOn404_5XX_Default_2206,
	// }
	//
	// // getPhoto describes GET /pets/{petId}/photo.
	// var getPhoto = resilience.Operation{
	// 	ID:     "GET /pets/{petId}/photo",
	// 	Method: "GET",
	// 	Path:   "/pets/{petId}/photo",
	// 	Params: []wire.Param{
	// 		{Name: "petId", In: wire.Path, Required: true},
	// 	},
	// 	Success: []wire.Outcome{
	// 		{Status: 200, Media: "image/png", Stream: true},
	// 	},
	// 	Policy: policy.Policy{
	// 		Idempotency: policy.Safe,
	// 		Retry:       policy.Retry{When: []policy.Rule{{Status: []int{409}}}},
	// 		Timeout:     policy.Timeout{Attempt: 1500 * time.Millisecond},
	// 	},
	// }
	//
	// // upload describes PUT /upload.
	// var upload = resilience.Operation{
	// 	ID:     "upload",
	// 	Method: "PUT",
	// 	Path:   "/upload",
	// 	Body: &wire.Body{
	// 		Media:  "multipart/form-data",
	// 		Format: wire.Multipart,
	// 		Parts: []wire.Part{
	// 			{Name: "tags", Style: wire.Form, Explode: true},
	// 			{Name: "id", Media: "text/plain"},
	// 		},
	// 	},
	// 	Success: []wire.Outcome{
	// 		{Status: 2},
	// 	},
	// 	Policy: policy.Policy{
	// 		Idempotency: policy.Idempotent,
	// 	},
	// }
}

func Example_sharedFailures() {
	list := []*api.Outcome{
		{Status: 404, Media: "application/json", Decode: "json", Type: api.Ref("Error")},
		{Status: 500},
	}
	second := []*api.Outcome{{Status: 400}, {Status: 500}}
	one := []*api.Outcome{{Status: 404}}
	s := share(&api.API{
		Names: api.Names{Client: "Client", Defaults: "failuresOn400_500V4"},
		Types: []*api.Named{{Name: "failuresOn400_500", Values: []api.EnumValue{{Go: "failuresOn400_500V2"}}}},
		Operations: []*api.Operation{
			{Var: "a", Failure: list}, {Var: "b", Failure: list, Result: &api.Result{Build: "failuresOn400_500V3"}},
			{Var: "failuresOn400_500V5", Failure: second},
			{Var: "d", Failure: one}, {Var: "e", Failure: one}, {Var: "f", Failure: second},
		},
	})
	for _, code := range s.declarations() {
		show(code)
	}
	other := []*api.Outcome{{Status: 404}, {Status: 500}}
	for _, list := range [][]*api.Outcome{list, second, other, one} {
		show(jen.Var().Id("x").Op("=").Add(s.of(&api.Operation{Failure: list})))
	}
	// Output:
	// // errorFailuresOn404_500_f12b lists failures that several operations share.
	// var errorFailuresOn404_500_f12b = []wire.Outcome{
	// 	{Status: 404, Media: "application/json", Decode: wire.JSONAs[Error]},
	// 	{Status: 500},
	// }
	//
	// // failuresOn400_500V6 lists failures that several operations share.
	// var failuresOn400_500V6 = []wire.Outcome{
	// 	{Status: 400},
	// 	{Status: 500},
	// }
	//
	// var x = errorFailuresOn404_500_f12b
	// var x = failuresOn400_500V6
	// var x = []wire.Outcome{
	// 	{Status: 404},
	// 	{Status: 500},
	// }
	// var x = []wire.Outcome{
	// 	{Status: 404},
	// }
}

func Example_outcome() {
	show(jen.Var().Id("o").Op("=").Add(outcomes([]*api.Outcome{
		{Status: 200, Media: "text/plain", Decode: "text", Type: apitest.String},
		{Status: 2, Media: "application/pdf", Decode: "bytes", Type: api.Of(api.Bytes, nil)},
		{Status: 201, Media: "application/zip", Decode: "stream", Type: api.Of(api.Stream, nil)},
	})))
	// Output:
	// var o = []wire.Outcome{
	// 	{Status: 200, Media: "text/plain", Decode: wire.TextAs},
	// 	{Status: 2, Media: "application/pdf", Decode: wire.BytesAs},
	// 	{Status: 201, Media: "application/zip", Stream: true},
	// }
}

func Example_params() {
	show(jen.Var().Id("p").Op("=").Add(params([]*api.Param{
		{Name: "a", In: api.InQuery, Style: "form", Reserved: true, AllowEmpty: true},
		{Name: "b", In: api.InQuery, Style: "deepObject", Explode: true},
		{Name: "c", In: api.InHeader, Style: "simple", Default: "v2", Required: true},
		{Name: "d", In: api.InCookie, Style: "form"},
		{Name: "e", In: api.InPath, Style: "form", Greedy: true},
		{Name: "f", In: api.InQuery, Style: "simple", Explode: true, Media: "application/json"},
	})))
	// Output:
	// var p = []wire.Param{
	// 	{Name: "a", In: wire.Query, Reserved: true, Empty: true},
	// 	{Name: "b", In: wire.Query, Style: wire.DeepObject, Explode: true},
	// 	{Name: "c", In: wire.Header, Required: true, Default: "v2"},
	// 	{Name: "d", In: wire.Cookie},
	// 	{Name: "e", In: wire.Path, Style: wire.Form, Greedy: true},
	// 	{Name: "f", In: wire.Query, Media: "application/json"},
	// }
}

func Example_operationsInterface() {
	show(operationsInterface(apitest.Petstore()))
	// Output:
	// // Operations lists the methods of [*Client]. Functions that accept it instead
	// // of the client can be tested with a fake.
	// type Operations interface {
	// 	FindPets(ctx context.Context, params FindPetsParams, opts ...resilience.CallOption) ([]Pet, error)
	// 	AddPet(ctx context.Context, body Pet, opts ...resilience.CallOption) (*AddPetResult, error)
	// 	DeletePet(ctx context.Context, owner, shelf string, petID int64, opts ...resilience.CallOption) error
	// 	GetPhoto(ctx context.Context, petID int64, opts ...resilience.CallOption) (*resilience.Stream, error)
	// 	Upload(ctx context.Context, form *Pet, opts ...resilience.CallOption) error
	// }
	//
	// var _ Operations = (*Client)(nil)
}

func Example_client() {
	a := apitest.Petstore()
	show(client(a))
	show(constructor(a))
	show(closer(a))
	// Output:
	// // Client calls the API. It is safe for concurrent use.
	// type Client struct {
	// 	caller *resilience.Caller
	// }
	//
	// // New returns a client of the API. Without options it creates its own runtime.
	// // Every credential that an operation needs must be set, or declined with
	// // [resilience.WithoutCredential].
	// //
	// // Servers:
	// //
	// //   - default: https://api.example.com/v1
	// //   - eu: https://{region}.example.com
	// func New(opts ...resilience.Option) (*Client, error) {
	// 	caller, err := resilience.NewCaller(&description, opts...)
	// 	if err != nil {
	// 		return nil, err
	// 	}
	// 	return &Client{caller: caller}, nil
	// }
	//
	// // Close releases the connections of a client that created its own runtime.
	// // Calls after Close fail.
	// func (c *Client) Close() error {
	// 	return c.caller.Close()
	// }
}

func Example_method() {
	show(method(petstoreOperation("DeletePet")))
	show(method(petstoreOperation("FindPets")))
	show(method(petstoreOperation("AddPet")))
	// Output:
	// // DeletePet calls DELETE /pets/{owner}/{shelf}/{petId}.
	// //	DELETE /pets/{owner}/{shelf}/{petId}
	// //
	// // Idempotent: a repeat finds nothing to delete.
	// // At most 2 attempts; 5 requests/s, burst 10.
	// // The circuit opens at 50 % failures in 1m, for 30s.
	// //
	// // Errors are of type [*resilience.Error]; Detail is [*Error] for 404 and 5XX.
	// //
	// // A note.
	// func (c *Client) DeletePet(ctx context.Context, owner, shelf string, petID int64, opts ...resilience.CallOption) error {
	// 	return resilience.Do(ctx, c.caller, &deletePet, wire.Args(owner, shelf, petID), opts...)
	// }
	//
	// // FindPets: Find pets.
	// //	GET /pets
	// //
	// // Safe.
	// // At most 4 attempts.
	// // The circuit opens at 50 % failures in 1m, for 30s.
	// //
	// // Errors are of type [*resilience.Error]; Detail is [*Error] for 404 and 5XX.
	// //
	// // Finds by tags.
	// func (c *Client) FindPets(ctx context.Context, params FindPetsParams, opts ...resilience.CallOption) ([]Pet, error) {
	// 	return resilience.Call[[]Pet](
	// 		ctx, c.caller, &findPets, wire.Args(params.Tags, params.XTrace, params.Filter), opts...,
	// 	)
	// }
	//
	// // AddPet: Adds a pet.
	// //	POST /pets
	// //
	// // Unsafe.
	// // Retried only after a failure which proves that the request was not processed.
	// // At most 4 attempts.
	// // The circuit opens at 50 % failures in 1m, for 30s.
	// //
	// // Errors are of type [*resilience.Error]; Detail is [*Error] for 404 and 5XX.
	// //
	// // A response may have no content; then only Status is set.
	// //
	// // Deprecated: the document marks it as deprecated.
	// func (c *Client) AddPet(ctx context.Context, body Pet, opts ...resilience.CallOption) (*AddPetResult, error) {
	// 	return resilience.CallResult(ctx, c.caller, &addPet, wire.Args().With(body), newAddPetResult, opts...)
	// }
}

func Example_iterators() {
	a, op := petstoreOperation("FindPets")
	op.Policy.Pagination = policy.Pagination{Style: "page", Request: "number", Items: "pets", TTL: 90 * time.Second}
	op.PagesMethod, op.ItemsMethod, op.ItemType = "FindPetsPages", "FindPetsAll", api.Of(
		api.Pointer, api.Ref("Pet"),
	)
	for _, code := range iterators(a, op) {
		show(code)
	}
	op.Policy.Pagination, op.ItemsMethod = policy.Pagination{Style: "page", Request: "number"}, ""
	op.Result = &api.Result{Struct: "FindPetsResult", Build: "newFindPetsResult"}
	for _, code := range iterators(a, op) {
		show(code)
	}
	op.PagesMethod = ""
	fmt.Println(len(iterators(a, op)))
	// Output:
	// // FindPetsAll iterates over the items in pets of all pages of
	// // [*Client.FindPets]. An error ends the loop. The token of a page expires after
	// // 1m30s; see [resilience.WithRestart].
	// func (c *Client) FindPetsAll(
	// 	ctx context.Context, params FindPetsParams, opts ...resilience.CallOption,
	// ) iter.Seq2[*Pet, error] {
	// 	return resilience.Items[*Pet](
	// 		ctx, c.caller, &findPets, wire.Args(params.Tags, params.XTrace, params.Filter), opts...,
	// 	)
	// }
	//
	// // FindPetsPages iterates over the pages of [*Client.FindPets].
	// func (c *Client) FindPetsPages(
	// 	ctx context.Context, params FindPetsParams, opts ...resilience.CallOption,
	// ) iter.Seq2[[]Pet, error] {
	// 	return resilience.Pages[[]Pet](
	// 		ctx, c.caller, &findPets, wire.Args(params.Tags, params.XTrace, params.Filter), opts...,
	// 	)
	// }
	//
	// // FindPetsPages iterates over the pages of [*Client.FindPets]. No page is
	// // marked as the last one: leave the loop when you have enough.
	// func (c *Client) FindPetsPages(
	// 	ctx context.Context, params FindPetsParams, opts ...resilience.CallOption,
	// ) iter.Seq2[*FindPetsResult, error] {
	// 	return resilience.PagesResult(
	// 		ctx, c.caller, &findPets, wire.Args(params.Tags, params.XTrace, params.Filter), newFindPetsResult, opts...,
	// 	)
	// }
	//
	// 0
}

func Example_paramsStruct() {
	show(paramsStruct(petstoreOperation("FindPets")))
	// Output:
	// // FindPetsParams holds the query, header and cookie parameters of
	// // [*Client.FindPets].
	// type FindPetsParams struct {
	// 	// Tags that a pet has. Required.
	// 	Tags []string
	// 	// Deprecated: the document marks it as deprecated.
	// 	XTrace *string
	// 	Filter *Pet
	// }
}

func Example_resultStruct() {
	a, op := petstoreOperation("AddPet")
	show(resultStruct(a, op))
	show(resultBuilder(op))
	// Output:
	// // AddPetResult is the result of [*Client.AddPet]. Only the field for the
	// // response is set.
	// type AddPetResult struct {
	// 	Status  int    // status of the response
	// 	OK      *Pet   // for 200
	// 	Created string // for 201
	// }
	//
	// func newAddPetResult(status int, body any) *AddPetResult {
	// 	r := &AddPetResult{Status: status}
	// 	switch {
	// 	case status == 200:
	// 		r.OK, _ = body.(*Pet)
	// 	case status == 201:
	// 		r.Created, _ = body.(string)
	// 	default:
	// 		if v, ok := body.(*Pet); ok {
	// 			r.OK = v
	// 		} else if v, ok := body.(string); ok {
	// 			r.Created = v
	// 		}
	// 	}
	// 	return r
	// }
}

func Example_resultBuilder() {
	show(resultBuilder(&api.Operation{Result: &api.Result{Struct: "R", Build: "newR"}, Success: []*api.Outcome{
		{
			Status: 0,
			Type:   api.Ref("Pet"),
			Field:  "Default",
		}, {Status: 2, Type: apitest.Int64, Field: "Success"}, {Status: 200, Type: apitest.String, Field: "OK"},
		{Status: 205, Field: "NoBody"}, {Status: 206, Type: apitest.String},
	}}))
	show(
		resultBuilder(
			&api.Operation{
				Result:  &api.Result{Struct: "R", Build: "newR"},
				Success: []*api.Outcome{{Status: 200}, {Status: 204}},
			},
		),
	)
	show(resultBuilder(&api.Operation{
		Result: &api.Result{Struct: "R", Build: "newR"},
		Success: []*api.Outcome{
			{Status: 200, Type: api.Of(api.Any, nil), Field: "OK"},
			{Status: 200, Type: apitest.String, Field: "OKText"},
			{Status: 200, Type: apitest.String, Field: "OKText", Unasked: true}, {Status: 204},
		},
	}))
	// Output:
	// func newR(status int, body any) *R {
	// 	r := &R{Status: status}
	// 	switch {
	// 	case status == 200:
	// 		r.OK, _ = body.(string)
	// 	case status/100 == 2:
	// 		r.Success, _ = body.(int64)
	// 	default:
	// 		r.Default, _ = body.(Pet)
	// 	}
	// 	return r
	// }
	//
	// func newR(status int, body any) *R {
	// 	r := &R{Status: status}
	// 	return r
	// }
	//
	// func newR(status int, body any) *R {
	// 	r := &R{Status: status}
	// 	if v, ok := body.(string); ok {
	// 		r.OKText = v
	// 	} else if v, ok := body.(any); ok {
	// 		r.OK = v
	// 	}
	// 	return r
	// }
}

func Example_union() {
	show(union(typeNamed("Shape")))
	show(union(&api.Named{Name: "Either", Schema: "body of x", Description: "One of two.", Variants: []*api.Variant{
		{Go: "Text", Type: apitest.String}, {
			Go:     "Pets",
			Type:   api.Of(api.Slice, api.Ref("Pet")),
			Values: apitest.Texts("not", "used"),
		},
	}}))
	// Output:
	// // Shape is the schema Shape.
	// type Shape struct {
	// 	wire.Union
	// }
	//
	// // AsPet decodes the value as this type, without checking which type it is.
	// func (u Shape) AsPet() (Pet, error) {
	// 	return wire.As[Pet](u.Union)
	// }
	//
	// // FromPet sets the value to v.
	// func (u *Shape) FromPet(v Pet) error {
	// 	return u.Set(v, "kind", "pet")
	// }
	//
	// // AsBag decodes the value as this type, without checking which type it is.
	// func (u Shape) AsBag() (Bag, error) {
	// 	return wire.As[Bag](u.Union)
	// }
	//
	// // FromBag sets the value to v.
	// func (u *Shape) FromBag(v Bag) error {
	// 	return u.Set(v, "kind", "bag", "sack")
	// }
	//
	// // Discriminator returns the member that identifies the type of the value.
	// func (u Shape) Discriminator() string {
	// 	return u.Member("kind")
	// }
	//
	// // Value decodes the value as the type that its discriminator or its members
	// // identify.
	// func (u Shape) Value() (any, error) {
	// 	return u.Pick(u.UnionVariants())
	// }
	//
	// // UnionVariants returns the types of the value. Responses are compared with
	// // them.
	// func (u Shape) UnionVariants() *wire.Variants {
	// 	return &wire.Variants{Discriminator: "kind", List: []wire.Variant{
	// 		{Name: "Pet", Tags: []string{"pet"}, Required: []string{"id"}, Decode: wire.JSONAs[Pet]},
	// 		{Name: "Bag", Tags: []string{"bag", "sack"}, Decode: wire.JSONAs[Bag]},
	// 	}}
	// }
	//
	// // Either is the body of x.
	// // One of two.
	// type Either struct {
	// 	wire.Union
	// }
	//
	// // AsText decodes the value as this type, without checking which type it is.
	// func (u Either) AsText() (string, error) {
	// 	return wire.As[string](u.Union)
	// }
	//
	// // FromText sets the value to v.
	// func (u *Either) FromText(v string) error {
	// 	return u.Set(v, "")
	// }
	//
	// // AsPets decodes the value as this type, without checking which type it is.
	// func (u Either) AsPets() ([]Pet, error) {
	// 	return wire.As[[]Pet](u.Union)
	// }
	//
	// // FromPets sets the value to v.
	// func (u *Either) FromPets(v []Pet) error {
	// 	return u.Set(v, "")
	// }
	//
	// // Value decodes the value as the type that its discriminator or its members
	// // identify.
	// func (u Either) Value() (any, error) {
	// 	return u.Pick(u.UnionVariants())
	// }
	//
	// // UnionVariants returns the types of the value. Responses are compared with
	// // them.
	// func (u Either) UnionVariants() *wire.Variants {
	// 	return &wire.Variants{List: []wire.Variant{
	// 		{Name: "Text", Decode: wire.JSONAs[string]},
	// 		{Name: "Pets", Tags: []string{"not", "used"}, Decode: wire.JSONAs[[]Pet]},
	// 	}}
	// }
}

func Example_structure() {
	show(structure(typeNamed("Pet")))
	// Output:
	// // MarshalJSON implements json.Marshaler.
	// func (x Pet) MarshalJSON() ([]byte, error) {
	// 	return wire.MarshalStruct(&x)
	// }
	//
	// // UnmarshalJSON implements json.Unmarshaler.
	// func (x *Pet) UnmarshalJSON(data []byte) error {
	// 	return wire.UnmarshalStruct(data, x)
	// }
}

func Example_structure_thatOapiCodegenCannotPrint() {
	show(structure(typeNamed("Bag")))
	show(object(typeNamed("Odd")))
	// Output:
	// // Bag is the schema Bag.
	// type Bag struct {
	// 	ID string `json:"id"`
	// 	// AdditionalProperties holds the members that the document does not declare.
	// 	AdditionalProperties map[string]any `json:"-" wire:"*"`
	// 	// Unknown keeps the members that no other field has.
	// 	Unknown2 wire.Unknown `json:"-"`
	// }
	//
	// // MarshalJSON implements json.Marshaler.
	// func (x Bag) MarshalJSON() ([]byte, error) {
	// 	return wire.MarshalStruct(&x)
	// }
	//
	// // UnmarshalJSON implements json.Unmarshaler.
	// func (x *Bag) UnmarshalJSON(data []byte) error {
	// 	return wire.UnmarshalStruct(data, x)
	// }
	//
	// // Odd is the schema Odd.
	// type Odd struct {
	// 	// The API calls it "a,b".
	// 	AB string `json:"-" wire:",a,b"`
	// 	// The API calls it "c\"d".
	// 	CD    *int64  `json:"-" wire:"omitzero,c\"d"`
	// 	Plain *string `json:"plain,omitzero"`
	// }
}
