package setup

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// A firstTest is the data of the template client_test.go.tmpl: the test of one call, or of New if
// no operation is simple enough.
type firstTest struct {
	Package   string
	Qualifier string // of the package in the test
	Import    string // import declaration of the package
	New       string // Go name of the constructor

	Call      bool
	Name      string // Go name of the method
	Class     string
	Retried   bool
	Requests  int
	Script    string // steps of the server
	Results   string // of the call
	Arguments string
}

// testNames lists the names that the test declares and imports.
var testNames = []string{"testing", "synctest", "resilience", "faults", "t", "c", "err", "server", "got"}

// newFirstTest returns the test of a package with an import path.
func newFirstTest(a *api.API, importPath string) firstTest {
	t := firstTest{Package: a.Package, Qualifier: a.Package, New: a.Names.New, Import: strconv.Quote(importPath)}
	if slices.Contains(testNames, a.Package) {
		t.Qualifier = "client"
	}
	if t.Qualifier != path.Base(importPath) {
		t.Import = t.Qualifier + " " + t.Import
	}
	s := samples{decl: api.Declared(a.Types), qualifier: t.Qualifier}
	best := 0
	for _, op := range a.Operations {
		if call, cost := s.call(op); cost > 0 && (best == 0 || cost < best) {
			best = cost
			call.Package, call.Qualifier, call.Import, call.New = t.Package, t.Qualifier, t.Import, t.New
			t = call
		}
	}
	return t
}

// A samples writes values of types as Go source.
type samples struct {
	decl      api.Declarations
	qualifier string
}

// call returns the test of an operation, and how much a reader must understand for it. The cost is
// 0 if there is no simple call.
func (s samples) call(op *api.Operation) (firstTest, int) {
	args, ok := s.arguments(op)
	step, answered := s.answer(op)
	if !ok || !answered || op.Server != "" || op.Policy.Success.Field != "" || len(op.Policy.Success.Fail) > 0 {
		return firstTest{}, 0
	}
	t := firstTest{
		Call: true, Name: op.Name, Class: string(op.Policy.Idempotency), Requests: 1, Script: step, Results: "_, err",
		Arguments: strings.Join(args, ", "),
	}
	if op.Result == nil || op.Result.Type == nil && op.Result.Struct == "" {
		t.Results = "err"
	}
	class := op.Policy.Idempotency
	cost := 1 + 2*len(args)
	if (class == policy.Safe || class == policy.Idempotent) && op.Policy.Retry.Attempts > 1 {
		t.Retried, t.Requests, t.Script = true, 2, "faults.Status(503), "+step
	} else {
		cost += 100
	}
	if op.Deprecated {
		cost += 50
	}
	if class != policy.Safe {
		cost += 5
	}
	return t, cost
}

// arguments returns the arguments of a call, if all are simple.
func (s samples) arguments(op *api.Operation) ([]string, bool) {
	args := []string{"t.Context()"}
	for _, p := range op.PathParams {
		value, ok := s.value(p.Type)
		if !ok {
			return nil, false
		}
		args = append(args, value)
	}
	if op.ParamsType != "" {
		var fields []string
		for _, p := range op.Params {
			if !p.Required {
				continue
			}
			value, ok := s.value(p.Type)
			if !ok {
				return nil, false
			}
			fields = append(fields, p.Go+": "+value)
		}
		args = append(args, fmt.Sprintf("%s.%s{%s}", s.qualifier, op.ParamsType, strings.Join(fields, ", ")))
	}
	if op.Body != nil {
		body, ok := s.body(op.Body)
		if !ok {
			return nil, false
		}
		args = append(args, body)
	}
	return args, true
}

// body returns a body: none if it is optional, else an object without members.
func (s samples) body(b *api.Body) (string, bool) {
	switch {
	case !b.Required && slices.Contains([]api.Kind{api.Pointer, api.Slice, api.Map, api.Reader, api.Any}, b.Type.Kind):
		return "nil", true
	case b.Format == api.FormatJSON && s.shape(b.Type) == api.Struct:
		return fmt.Sprintf("%s.%s{}", s.qualifier, b.Type.Name), true
	}
	return "", false
}

// shape returns the shape of the declaration that t names; 0 if it names none.
func (s samples) shape(t *api.Type) api.Shape {
	if n := s.decl[t.Name]; t.Kind == api.NamedType && n != nil {
		return n.Shape
	}
	return 0
}

// value returns a value of a type that is a text, a number, a bool, or one or a list of them.
func (s samples) value(t *api.Type) (string, bool) {
	switch t.Kind {
	case api.String:
		return `"1"`, true
	case api.Int32, api.Int64, api.Uint64, api.Float64:
		return "1", true
	case api.Bool:
		return "true", true
	case api.Slice:
		value, ok := s.value(t.Elem)
		return fmt.Sprintf("[]%s{%s}", s.nameOf(t.Elem), value), ok && s.nameOf(t.Elem) != ""
	case api.NamedType:
		return s.named(s.decl[t.Name])
	}
	return "", false
}

// named returns a value of a declared type.
func (s samples) named(n *api.Named) (string, bool) {
	switch {
	case n == nil:
		return "", false
	case n.Shape == api.Enum && len(n.Values) > 0:
		return s.qualifier + "." + n.Values[0].Go, true
	case n.Shape == api.Alias && n.Underlying != nil:
		return s.value(n.Underlying)
	}
	return "", false
}

// nameOf returns the Go name of an element; "" if it is not simple.
func (s samples) nameOf(t *api.Type) string {
	switch t.Kind {
	case api.String:
		return "string"
	case api.Bool:
		return "bool"
	case api.Int32:
		return "int32"
	case api.Int64:
		return "int64"
	case api.Float64:
		return "float64"
	case api.NamedType:
		return s.qualifier + "." + t.Name
	}
	return ""
}

// answer returns the step of a server that answers as the document says, if the answer is simple.
func (s samples) answer(op *api.Operation) (string, bool) {
	streams := slices.ContainsFunc(op.Streams, func(m *api.Streaming) bool { return m.Var == op.Var })
	if streams || len(op.Success) == 0 {
		return "", false
	}
	o := op.Success[0]
	status := o.Status
	if status < 100 {
		status = 200
	}
	switch o.Decode {
	case api.DecodeNone:
		return fmt.Sprintf("faults.Status(%d)", status), true
	case api.DecodeJSON:
		text, ok := s.json(o.Type)
		if status == 200 && o.Media == "application/json" {
			return "faults.OK(`" + text + "`)", ok
		}
		return fmt.Sprintf("faults.JSON(%d, `%s`)%s", status, text, contentType(o.Media)), ok
	}
	return "", false
}

// contentType returns the call that sets a media type other than JSON itself.
func contentType(media string) string {
	if media == "application/json" {
		return ""
	}
	if strings.Contains(media, "*") {
		media = "application/json"
	}
	return fmt.Sprintf(`.With("Content-Type", %q)`, media)
}

// json returns a JSON text of a type that names no member of the document.
func (s samples) json(t *api.Type) (string, bool) {
	bare := s.decl.Bare(t)
	if bare == nil {
		return "", false
	}
	switch bare.Kind {
	case api.Slice:
		return "[]", true
	case api.Map, api.Any, api.Raw:
		return "{}", true
	case api.String:
		return `"text"`, true
	case api.Int32, api.Int64, api.Uint64, api.Float64:
		return "1", true
	case api.Bool:
		return "true", true
	case api.NamedType:
		return "{}", s.shape(bare) == api.Struct
	}
	return "", false
}
