package apitest

import (
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// Types that the petstore is made of.
var (
	String = &api.Type{Kind: api.String}
	Int64  = &api.Type{Kind: api.Int64}
)

// Petstore returns a small API that has one of everything: path, query and header parameters,
// bodies, several answers, a stream, and each shape of type. Every call returns a new one.
func Petstore() *api.API {
	return &api.API{
		Package: "petstore", Source: "specs/petstore.yaml", Title: "Pet Store", Version: "1.0",
		Description: "A shop for pets.",
		Names: api.Names{Client: "Client", New: "New", Operations: "Operations", Defaults: "defaults",
			Description: "description"},
		Servers: []api.Server{
			{Name: "default", URL: "https://api.example.com/v1"},
			{Name: "eu", URL: "https://{region}.example.com", Description: "Europe",
				Variables: []api.Variable{{Name: "region", Default: "eu1", Enum: []string{"eu1", "eu2"}}}},
		},
		Schemes: []api.Scheme{{Name: "key", Kind: "apiKey", In: api.InHeader, Parameter: "X-Key"},
			{Name: "oauth", Kind: "oauth2", Scopes: []string{"read", "write"}}},
		Types:      types(),
		Operations: operations(),
		Policy:     full(),
		Circuits:   map[string]policy.Breaker{"search": {Consecutive: 5}},
		Buckets:    map[string]policy.Rate{"shared": {PerSecond: 0.5, Burst: 2}},
	}
}

func full() policy.Policy {
	p := policy.Default()
	p.Idempotency = policy.Unsafe
	return p
}

func types() []*api.Named {
	return []*api.Named{
		{Name: "Bag", Schema: "schema Bag", Shape: api.Struct, Additional: api.Of(api.Any, nil),
			AdditionalName: "AdditionalProperties", UnknownName: "Unknown2",
			Fields: []*api.Field{{Name: "id", Go: "ID", Type: String}}},
		{Name: "Color", Schema: "schema Color", Shape: api.Enum, Underlying: String, Values: []api.EnumValue{
			{Go: "ColorRed", Text: "red"},
			{Go: "ColorDarkGreen", Text: "dark \"green\"\n", Description: "As in a wood."}}},
		{Name: "Error", Schema: "schema Error", Shape: api.Struct,
			Fields: []*api.Field{{Name: "message", Go: "Message", Type: String}}},
		{Name: "Odd", Schema: "schema Odd", Shape: api.Struct, Custom: true, Fields: []*api.Field{
			{Name: "a,b", Go: "AB", Type: String}, {Name: "c\"d", Go: "CD", Type: api.Of(api.Pointer, Int64),
				OmitZero: true},
			{Name: "plain", Go: "Plain", Type: api.Of(api.Pointer, String), OmitZero: true}}},
		{Name: "Pet", Schema: "schema Pet", Description: "A pet.\n*/ // go:generate", Shape: api.Struct,
			UnknownName: "Unknown", Fields: []*api.Field{
				{Name: "id", Go: "ID", Type: Int64, Description: "Its number."},
				{Name: "name", Go: "Name", Type: api.Of(api.Pointer, String), OmitZero: true, Description: "Its name.",
					Deprecated: true},
				{Name: "tags", Go: "Tags", Type: api.Of(api.Slice, String), OmitZero: true},
				{Name: "born", Go: "Born", Type: api.Of(api.Nullable, api.Of(api.Time, nil)), OmitZero: true},
				{Name: "color", Go: "Color", Type: api.Of(api.Pointer, api.Ref("Color")), OmitZero: true},
				{Name: "parent", Go: "Parent", Type: api.Of(api.Pointer, api.Ref("Pet"))},
			}},
		{Name: "Shape", Schema: "schema Shape", Shape: api.Union, Discriminator: "kind", Variants: []*api.Variant{
			{Go: "Pet", Type: api.Ref("Pet"), Values: Texts("pet"), Required: []string{"id"}},
			{Go: "Bag", Type: api.Ref("Bag"), Values: Texts("bag", "sack")},
		}},
		{Name: "Size", Schema: "schema Size", Shape: api.Alias, Underlying: api.Of(api.Scalar, nil)},
		{Name: "Tags", Schema: "schema Tags", Shape: api.Defined, Underlying: api.Of(api.Slice, String)},
		{Name: "Void", Schema: "schema Void", Shape: api.Struct},
	}
}

// Texts returns constants of strings.
func Texts(texts ...string) []api.Constant {
	list := make([]api.Constant, len(texts))
	for i, text := range texts {
		list[i] = api.Constant{Kind: api.String, Text: text}
	}
	return list
}

func operations() []*api.Operation {
	return []*api.Operation{findPets(), addPet(), deletePet(), getPhoto(), upload()}
}

func findPets() *api.Operation {
	pets := api.Of(api.Slice, api.Ref("Pet"))
	return &api.Operation{
		ID: "findPets", Name: "FindPets", Var: "findPets", Method: "GET", Path: "/pets", Summary: "Find pets",
		Description: "Finds by tags.",
		ParamsType:  "FindPetsParams", Params: []*api.Param{
			{Name: "tags", Go: "Tags", In: api.InQuery, Style: "form", Required: true, Type: api.Of(api.Slice, String),
				Description: "Tags that a pet has"},
			{Name: "X-Trace", Go: "XTrace", In: api.InHeader, Style: "simple", Type: api.Of(api.Pointer, String),
				Deprecated: true},
			{Name: "filter", Go: "Filter", In: api.InQuery, Media: "application/json",
				Type: api.Of(api.Pointer, api.Ref("Pet"))},
		},
		Success: []*api.Outcome{{Status: 200, Media: "application/json", Decode: "json", Type: pets}},
		Failure: failures(), Result: &api.Result{Type: pets},
		Policy: with(policy.Policy{Idempotency: policy.Safe}),
		Security: []api.Requirement{{{Scheme: "key"}},
			{{Scheme: "oauth", Scopes: []string{"read"}}, {Scheme: "key"}}},
	}
}

func addPet() *api.Operation {
	pet := api.Of(api.Pointer, api.Ref("Pet"))
	return &api.Operation{
		ID: "addPet", Name: "AddPet", Var: "addPet", Method: "POST", Path: "/pets", Summary: "Adds a pet.",
		Deprecated: true,
		Body: &api.Body{Media: "application/json", Format: "json", Required: true, Arg: "body",
			Type: api.Ref("Pet")},
		Success: []*api.Outcome{{Status: 200, Media: "application/json", Decode: "json", Type: pet, Field: "OK"},
			{Status: 201, Media: "text/plain", Decode: "text", Type: String, Field: "Created"}, {Status: 204}},
		Failure: failures(), Result: &api.Result{Struct: "AddPetResult", Build: "newAddPetResult"}, Policy: full(),
	}
}

func deletePet() *api.Operation {
	owner := &api.Param{Name: "owner", Go: "owner", In: api.InPath, Style: "simple", Required: true, Type: String}
	shelf := &api.Param{Name: "shelf", Go: "shelf", In: api.InPath, Style: "label", Explode: true, Greedy: true,
		Required: true, Type: String}
	return &api.Operation{
		ID: "deletePet", Name: "DeletePet", Var: "deletePet", Method: "DELETE",
		Path:       "/pets/{owner}/{shelf}/{petId}",
		PathParams: []*api.Param{owner, shelf, petID()}, Success: []*api.Outcome{{Status: 204}},
		Failure: failures(), Server: "eu",
		Policy: with(policy.Policy{Idempotency: policy.Idempotent, Why: "a repeat finds nothing to delete",
			Rate: policy.Rate{PerSecond: 5, Burst: 10}, Retry: policy.Retry{Attempts: 2}}),
		Notes: []string{"A note."},
	}
}

func getPhoto() *api.Operation {
	return &api.Operation{
		ID: "GET /pets/{petId}/photo", Name: "GetPhoto", Var: "getPhoto", Method: "GET",
		Path:       "/pets/{petId}/photo",
		PathParams: []*api.Param{petID()}, Success: []*api.Outcome{{Status: 200, Media: "image/png", Decode: "stream",
			Type: api.Of(api.Stream, nil)}},
		Result: &api.Result{Type: api.Of(api.Stream, nil)},
		Policy: with(policy.Policy{Idempotency: policy.Safe,
			Timeout: policy.Timeout{Attempt: 1500 * time.Millisecond},
			Retry:   policy.Retry{When: []policy.Rule{{Status: []int{409}}}}}),
	}
}

func upload() *api.Operation {
	return &api.Operation{
		ID: "upload", Name: "Upload", Var: "upload", Method: "PUT", Path: "/upload",
		Body: &api.Body{Media: "multipart/form-data", Format: "multipart", Arg: "form",
			Type: api.Of(api.Pointer, api.Ref("Pet")), Parts: []api.Part{{Name: "tags", Style: "form", Explode: true},
				{Name: "id", Media: "text/plain"}}},
		Success: []*api.Outcome{{Status: 2}}, Policy: with(policy.Policy{Idempotency: policy.Idempotent}),
	}
}

func petID() *api.Param {
	return &api.Param{Name: "petId", Go: "petID", In: api.InPath, Style: "simple", Required: true, Type: Int64}
}

func failures() []*api.Outcome {
	body := api.Of(api.Pointer, api.Ref("Error"))
	return []*api.Outcome{
		{Status: 404, Media: "application/json", Decode: "json", Type: body},
		{Status: 5, Media: "application/json", Decode: "json", Type: body},
		{Status: 0},
	}
}

func with(diff policy.Policy) policy.Policy { return policy.Apply(full(), diff) }
