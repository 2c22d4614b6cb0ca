package specs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/generated/spapi/catalogitems"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/feeds"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/generated/spapi/listingsrestrictions"
	"github.com/resgen/resgen/generated/spapi/notifications"
	"github.com/resgen/resgen/generated/spapi/orders"
	"github.com/resgen/resgen/generated/spapi/productfees"
	"github.com/resgen/resgen/generated/spapi/productpricing"
	"github.com/resgen/resgen/generated/spapi/reports"
	"github.com/resgen/resgen/generated/spapi/sellers"
	"github.com/resgen/resgen/generated/spapi/tokens"
	"github.com/resgen/resgen/resilience"
)

// clients maps documents to the checked-in clients.
var clients = map[string]func(...resilience.Option) (any, error){
	"crossmark/crossmark":        func(o ...resilience.Option) (any, error) { return crossmark.New(o...) },
	"edr/edr":                    func(o ...resilience.Option) (any, error) { return edr.New(o...) },
	"spapi/catalogitems":         func(o ...resilience.Option) (any, error) { return catalogitems.New(o...) },
	"spapi/fbainventory":         func(o ...resilience.Option) (any, error) { return fbainventory.New(o...) },
	"spapi/feeds":                func(o ...resilience.Option) (any, error) { return feeds.New(o...) },
	"spapi/listingsitems":        func(o ...resilience.Option) (any, error) { return listingsitems.New(o...) },
	"spapi/listingsrestrictions": func(o ...resilience.Option) (any, error) { return listingsrestrictions.New(o...) },
	"spapi/notifications":        func(o ...resilience.Option) (any, error) { return notifications.New(o...) },
	"spapi/orders":               func(o ...resilience.Option) (any, error) { return orders.New(o...) },
	"spapi/productfees":          func(o ...resilience.Option) (any, error) { return productfees.New(o...) },
	"spapi/productpricing":       func(o ...resilience.Option) (any, error) { return productpricing.New(o...) },
	"spapi/reports":              func(o ...resilience.Option) (any, error) { return reports.New(o...) },
	"spapi/sellers":              func(o ...resilience.Option) (any, error) { return sellers.New(o...) },
	"spapi/tokens":               func(o ...resilience.Option) (any, error) { return tokens.New(o...) },
}

// Every method of every checked-in client, called with arguments made from the document's schemas,
// sends a request that another implementation of OpenAPI accepts for that document: once with all
// optional parts, once with the required ones only.
func TestRequests_FitTheDocument(t *testing.T) {
	for name, newClient := range clients {
		t.Run(name, func(t *testing.T) {
			doc, err := openapi3.NewLoader().LoadFromFile(name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			called := 0
			for path, item := range doc.Paths.Map() {
				for method, op := range item.Operations() {
					for _, all := range []bool{true, false} {
						s := sender{doc: doc, path: path, item: item, method: method, op: op, all: all}
						s.send(t, newClient)
					}
					called++
				}
			}
			if called == 0 {
				t.Error("no operation")
			}
		})
	}
}

// A sender calls the method of one operation and checks the request.
type sender struct {
	doc    *openapi3.T
	path   string
	item   *openapi3.PathItem
	method string
	op     *openapi3.Operation
	all    bool // with all optional parts

	sent *http.Request
	body []byte
}

func (s *sender) RoundTrip(r *http.Request) (*http.Response, error) {
	s.sent = r
	if r.Body != nil {
		s.body, _ = io.ReadAll(r.Body)
	}
	return &http.Response{
		StatusCode: 200,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader("{}")),
		Request:    r,
	}, nil
}

func (s *sender) send(t *testing.T, newClient func(...resilience.Option) (any, error)) {
	t.Helper()
	client, err := newClient(resilience.WithTransport(s), resilience.WithoutCredential())
	if err != nil {
		t.Fatal(err)
	}
	method := methodOf(client, s.op.OperationID)
	if !method.IsValid() {
		t.Errorf("%s has no method", s.op.OperationID)
		return
	}
	results := method.Call(s.arguments(t, method.Type()))
	if s.sent == nil {
		t.Errorf("%s sends nothing: %v", s.op.OperationID, results[len(results)-1])
		return
	}
	s.sent.Body = io.NopCloser(bytes.NewReader(s.body))
	input := &openapi3filter.RequestValidationInput{
		Request: s.sent, PathParams: s.pathParams(t), QueryParams: s.sent.URL.Query(),
		Route: &routers.Route{Spec: s.doc, Path: s.path, PathItem: s.item, Method: s.method, Operation: s.op},
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
			MultiError:         true,
			ExcludeRequestBody: s.jsonWithinForm(),
		},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		t.Errorf("%s: %s %s %s\n%v", s.op.OperationID, s.sent.Method, s.sent.URL, s.body, err)
	}
	if s.sent.Method != s.method {
		t.Errorf("%s is sent as %s", s.op.OperationID, s.sent.Method)
	}
}

// jsonWithinForm reports whether a member of a form is encoded as JSON, which the other
// implementation does not decode.
func (s *sender) jsonWithinForm() bool {
	if s.op.RequestBody == nil {
		return false
	}
	content := s.op.RequestBody.Value.Content["application/x-www-form-urlencoded"]
	if content == nil {
		return false
	}
	for _, e := range content.Encoding {
		if e.ContentType == "application/json" {
			return true
		}
	}
	return false
}

// methodOf finds the method of an operationId, independent of initialisms.
func methodOf(client any, id string) reflect.Value {
	v := reflect.ValueOf(client)
	for i := range v.NumMethod() {
		if strings.EqualFold(v.Type().Method(i).Name, strings.NewReplacer("_", "", "-", "", ".", "").Replace(id)) {
			return v.Method(i)
		}
	}
	return reflect.Value{}
}

// arguments returns the arguments of a method: context, path parameters, params, body, no options.
func (s *sender) arguments(t *testing.T, method reflect.Type) []reflect.Value {
	t.Helper()
	args := []reflect.Value{reflect.ValueOf(context.Background())}
	inPath, others := s.parameters()
	for _, p := range inPath {
		args = append(args, s.value(t, method.In(len(args)), schemaOf(p)))
	}
	if len(others) > 0 {
		args = append(args, s.params(t, method.In(len(args)), others))
	}
	if s.op.RequestBody != nil {
		for _, content := range s.op.RequestBody.Value.Content {
			args = append(args, s.value(t, method.In(len(args)), content.Schema))
			break
		}
	}
	if want := method.NumIn() - 1; len(args) != want {
		t.Fatalf("%s: %d arguments made, want %d", s.op.OperationID, len(args), want)
	}
	return args
}

// parameters returns the path parameters in the order of the path, and the others in the order of
// the document. The key of a keyed operation is not an argument, because the runtime creates it.
func (s *sender) parameters() (inPath, others []*openapi3.Parameter) {
	for _, ref := range slices.Concat(s.item.Parameters, s.op.Parameters) {
		if p := ref.Value; p.In == "path" {
			inPath = append(inPath, p)
		} else if !strings.Contains(strings.ToLower(p.Name), "idempotency") {
			others = append(others, p)
		}
	}
	slices.SortFunc(inPath, func(a, b *openapi3.Parameter) int {
		return strings.Index(s.path, "{"+a.Name+"}") - strings.Index(s.path, "{"+b.Name+"}")
	})
	return inPath, others
}

// params fills the struct of all parameters outside of the path.
func (s *sender) params(t *testing.T, typ reflect.Type, list []*openapi3.Parameter) reflect.Value {
	t.Helper()
	v := reflect.New(typ).Elem()
	if v.NumField() != len(list) {
		t.Fatalf("%s: %d fields for %d parameters", s.op.OperationID, v.NumField(), len(list))
	}
	for i, p := range list {
		if s.all || p.Required {
			v.Field(i).Set(s.value(t, v.Field(i).Type(), schemaOf(p)))
		}
	}
	return v
}

// schemaOf returns the schema of a parameter, possibly that of its media type.
func schemaOf(p *openapi3.Parameter) *openapi3.SchemaRef {
	for _, content := range p.Content {
		return content.Schema
	}
	return p.Schema
}

// value makes a Go value that the schema allows by decoding JSON.
func (s *sender) value(t *testing.T, typ reflect.Type, schema *openapi3.SchemaRef) reflect.Value {
	t.Helper()
	data, err := json.Marshal(s.sample(schema.Value, 0))
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.New(typ)
	if err := json.Unmarshal(data, v.Interface()); err != nil {
		t.Fatalf("%s: %s is no %s: %v", s.op.OperationID, data, typ, err)
	}
	return v.Elem()
}

// sample returns a value that the schema allows, with all members or with the required ones only.
func (s *sender) sample(schema *openapi3.Schema, depth int) any {
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Example != nil:
		return schema.Example
	case len(schema.OneOf) > 0:
		return s.sample(schema.OneOf[0].Value, depth)
	case len(schema.AnyOf) > 0:
		return s.sample(schema.AnyOf[0].Value, depth)
	}
	switch {
	case schema.Type.Is("string"):
		return sampleText(schema)
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		if schema.Min != nil {
			return *schema.Min
		}
		return 1
	case schema.Type.Is("boolean"):
		return true
	case schema.Type.Is("array"):
		items := []any{}
		for range max(1, int(schema.MinItems)) {
			if depth < 8 {
				items = append(items, s.sample(schema.Items.Value, depth+1))
			}
		}
		return items
	}
	return s.sampleObject(schema, depth)
}

func (s *sender) sampleObject(schema *openapi3.Schema, depth int) any {
	object := map[string]any{}
	for _, part := range schema.AllOf {
		members, ok := s.sample(part.Value, depth).(map[string]any)
		if !ok {
			return s.sample(part.Value, depth)
		}
		maps.Copy(object, members)
	}
	for name, p := range schema.Properties {
		if slices.Contains(schema.Required, name) || s.all && depth < 6 && !p.Value.ReadOnly {
			object[name] = s.sample(p.Value, depth+1)
		}
	}
	return object
}

func sampleText(schema *openapi3.Schema) string {
	if schema.Pattern != "" {
		re, err := syntax.Parse(schema.Pattern, syntax.Perl)
		if err != nil {
			panic(err)
		}
		return shortest(re.Simplify())
	}
	switch schema.Format {
	case "date-time":
		return "2024-02-29T12:34:56Z"
	case "date":
		return "2024-02-29"
	}
	return "a b/c" + strings.Repeat("x", max(0, int(schema.MinLength)-5))
}

// shortest returns a short text that matches the expression.
func shortest(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return string(re.Rune[0])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpPlus, syntax.OpCapture, syntax.OpAlternate:
		return shortest(re.Sub[0])
	case syntax.OpConcat:
		var text strings.Builder
		for _, sub := range re.Sub {
			text.WriteString(shortest(sub))
		}
		return text.String()
	}
	return "" // optional parts and anchors
}

// pathParams parses the parameters from the request's path.
func (s *sender) pathParams(t *testing.T) map[string]string {
	t.Helper()
	names := regexp.MustCompile(`\{([^}]+)\}`)
	pattern := regexp.MustCompile(`\\\{[^}]+\\\}`).ReplaceAllString(regexp.QuoteMeta(s.path), `([^/]+)`)
	values := regexp.MustCompile(pattern + "$").FindStringSubmatch(s.sent.URL.EscapedPath())
	params := map[string]string{}
	for i, name := range names.FindAllStringSubmatch(s.path, -1) {
		if values == nil {
			t.Errorf("%s: path %s does not fit %s", s.op.OperationID, s.sent.URL.EscapedPath(), s.path)
			break
		}
		value, err := url.PathUnescape(values[i+1])
		if err != nil {
			t.Error(err)
		}
		params[name[1]] = value
	}
	return params
}
