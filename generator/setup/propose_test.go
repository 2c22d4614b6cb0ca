package setup

import (
	"slices"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// operation returns an operation with the class of its method.
func operation(id, method, path string) *api.Operation {
	return &api.Operation{
		ID: id, Name: "Do", Method: method, Path: path,
		Policy:  policy.Policy{Idempotency: policy.ClassOf(method), Retry: policy.Retry{Attempts: 4}},
		Sources: map[string]policy.Source{"idempotency": {Kind: policy.FromMethod}},
	}
}

// with changes an operation.
func with(op *api.Operation, change func(*api.Operation)) *api.Operation {
	change(op)
	return op
}

// declares gives an operation a class from a document.
func declares(kind policy.SourceKind, class policy.Class, why, header string) func(*api.Operation) {
	return func(op *api.Operation) {
		op.Policy.Idempotency, op.Policy.Why, op.Policy.Key.Header = class, why, header
		op.Sources["idempotency"] = policy.Source{Kind: kind, Pos: diag.Position{File: "a.yaml", Line: 3, Column: 5}}
	}
}

// sends gives an operation a JSON body with members.
func sends(media string) func(*api.Operation) {
	return func(op *api.Operation) { op.Body = &api.Body{Media: media, Type: api.Of(api.Pointer, api.Ref("Body"))} }
}

func parameter(in api.In, name string) func(*api.Operation) {
	return func(op *api.Operation) { op.Params = append(op.Params, &api.Param{In: in, Name: name}) }
}

func TestPropose(t *testing.T) {
	const (
		nothing  = "nothing in the document says that a repeat is harmless"
		declared = "the document declares it at a.yaml:3:5; verify that the server does so"
		reads    = `"search" reads; verify that nothing is stored, sent or counted`
		state    = `"cancel" leads to a state; verify that a repeat finds it and does nothing more`
		token    = "the caller chooses clientOrderId; verify that the server runs a value once, and always set it"
	)
	post := func(id, path string) *api.Operation { return operation(id, "POST", path) }
	for _, tt := range []struct {
		name    string
		op      *api.Operation
		members []string
		want    Proposal
	}{
		{name: "a delete", op: operation("dropPets", "DELETE", "/pets"), want: Proposal{Class: policy.Idempotent,
			Evidence: "RFC 9110 says so for DELETE, and it applies already; verify that a repeat changes nothing more"}},
		{name: "a put, whatever it is called", op: operation("search", "PUT", "/pets/search"), want: Proposal{
			Class:    policy.Idempotent,
			Evidence: "RFC 9110 says so for PUT, and it applies already; verify that a repeat changes nothing more"}},
		{name: "no evidence", op: post("addPet", "/pets"), want: Proposal{policy.Unsafe, nothing, ""}},
		{name: "a declared key",
			op:   with(post("addPet", "/pets"), declares(policy.FromDocument, policy.Keyed, "x", "Key")),
			want: Proposal{policy.Keyed, declared, "the server runs one POST /pets per Key"}},
		{name: "an annotation",
			op: with(post("addPet", "/pets"), declares(policy.FromDocument, policy.Idempotent, "x", "")),
			want: Proposal{
				policy.Idempotent,
				declared,
				"the document says that a repeat of POST /pets has no further effect",
			}},
		{name: "x-resgen with a why", op: with(post("addPet", "/pets"),
			declares(policy.FromExtension, policy.Keyed, "one pet per key", "Key")),
			want: Proposal{policy.Keyed, declared, "one pet per key"}},
		{name: "x-resgen with a stricter class", op: with(operation("put", "PUT", "/pets"),
			declares(policy.FromExtension, policy.Unsafe, "it counts", "")),
			want: Proposal{policy.Unsafe, declared, ""}},
		{name: "a precondition", op: with(post("search", "/pets"), parameter(api.InHeader, "If-Match")),
			want: Proposal{policy.Conditional,
				"the document has the parameter If-Match; verify that the server evaluates it",
				"the second POST /pets fails because of If-Match"}},
		{name: "a query parameter named like a precondition",
			op: with(
				post("addPet", "/pets"), parameter(api.InQuery, "If-Match"),
			), want: Proposal{policy.Unsafe, nothing, ""}},
		{name: "an identifier in the body", op: with(post("addOrder", "/orders"), sends("application/json")),
			members: []string{"id", "clientOrderId", "name"},
			want: Proposal{policy.Idempotent, token,
				"the server recognizes the second POST /orders by clientOrderId"}},
		{name: "an identifier in the query",
			op: with(operation("x", "PATCH", "/orders"), parameter(api.InQuery, "client_order-id")), want: Proposal{
				policy.Idempotent,
				"the caller chooses client_order-id; verify that the server runs a value once, and always set it",
				"the server recognizes the second PATCH /orders by client_order-id"}},
		{name: "a header that is not an identifier",
			op: with(
				post("addPet", "/pets"), parameter(api.InHeader, "client-order-id"),
			), want: Proposal{policy.Unsafe, nothing, ""}},
		{name: "other members", op: with(post("addOrder", "/orders"), sends("application/json")),
			members: []string{"id", "clientName", "keyword"}, want: Proposal{policy.Unsafe, nothing, ""}},
		{name: "a search by its name", op: post("searchPets", "/pets"),
			want: Proposal{policy.Safe, reads, "POST /pets only reads"}},
		{name: "a search by its path", op: post("POST /pets/search", "/pets/search"),
			want: Proposal{policy.Safe, reads, "POST /pets/search only reads"}},
		{name: "a search that begins with the method", op: post("post-searchPets", "/x"),
			want: Proposal{policy.Safe, reads, "POST /x only reads"}},
		{name: "the last part of a name", op: post("pets.search", "/x"),
			want: Proposal{policy.Safe, reads, "POST /x only reads"}},
		{name: "a patch that is called a search", op: operation("searchPets", "PATCH", "/pets"),
			want: Proposal{policy.Unsafe, nothing, ""}},
		{name: "a noun", op: post("addOne", "/search-engines"), want: Proposal{policy.Unsafe, nothing, ""}},
		{
			name: "a path that ends with a parameter",
			op:   post("addOne", "/{search}"),
			want: Proposal{policy.Unsafe, nothing, ""},
		},
		{name: "a state", op: post("orders/cancel", "/x"),
			want: Proposal{policy.Idempotent, state, "the second POST /x finds the state reached"}},
		{name: "a state by PATCH", op: operation("cancel_order", "PATCH", "/x"),
			want: Proposal{policy.Idempotent, state, "the second PATCH /x finds the state reached"}},
		{name: "a merge patch", op: with(operation("change", "PATCH", "/x"), sends("application/merge-patch+json")),
			want: Proposal{policy.Idempotent, "a merge patch sets members to values; verify that it triggers nothing " +
				"else",
				"the second PATCH /x sets the same members to the same values"}},
		{name: "another patch", op: with(operation("change", "PATCH", "/x"), sends("application/json")),
			want: Proposal{policy.Unsafe, nothing, ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := &api.Named{Name: "Body", Shape: api.Struct}
			for _, m := range tt.members {
				body.Fields = append(body.Fields, &api.Field{Name: m})
			}
			if got := Propose(&api.API{Types: []*api.Named{body}}, tt.op); got != tt.want {
				t.Errorf("got\n%+v\nwant\n%+v", got, tt.want)
			}
		})
	}
}

func TestWordsOf(t *testing.T) {
	for name, want := range map[string][]string{
		"": {""}, "--": {""}, "addPet": {"add", "pet"}, "add_pet-2x": {"add", "pet", "2x"}, "HTTPGet": {"httpget"},
		"getURLOf": {"get", "urlof"}, "v2Get": {"v2", "get"},
	} {
		if got := wordsOf(name); !slices.Equal(got, want) {
			t.Errorf("wordsOf(%q) = %q, want %q", name, got, want)
		}
	}
}
