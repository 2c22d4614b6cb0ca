package typecheck

import (
	"flag"
	"fmt"
	"go/constant"
	"go/format"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the stubs from the real packages")

// allowed lists the packages that generated code may import, and the names that it may use.
var allowed = map[string][]string{
	"context":  {"Context"},
	"io":       {"Reader"},
	"iter":     {"Seq2"},
	"log/slog": {"Value", "StringValue"},
	"time":     {"Duration", "Hour", "Minute", "Second", "Millisecond", "Microsecond"},
	"github.com/resgen/resgen/resilience": {
		"Generated1", "API", "Server", "Variable", "Scheme", "Requirement", "SchemeUse", "Operation",
		"Option", "CallOption", "Caller", "NewCaller", "Call", "Do", "CallResult", "Items", "Pages",
		"PagesResult", "Stream", "ServerEvent", "ServerEvents", "Values",
	},
	"github.com/resgen/resgen/resilience/policy": {
		"Policy", "Class", "Safe", "Idempotent", "Keyed", "Conditional", "Unsafe", "Switch", "On", "Off",
		"Jitter", "EqualJitter", "FullJitter", "NoJitter",
		"Key", "Retry", "Backoff", "Budget", "Timeout", "Breaker", "Rate", "Bulkhead", "Hedge", "Fallback", "Redirects",
		"Response", "Pagination", "Auth", "Success", "Transport", "Rule", "ErrorCode", "When", "SlowCall",
	},
	"github.com/resgen/resgen/resilience/wire": {
		"Location", "Path", "Query", "Header", "Cookie", "QueryString", "Style", "Simple", "Label", "Matrix", "Form",
		"SpaceDelimited", "PipeDelimited", "TabDelimited", "DeepObject",
		"Param", "Input", "Args", "Format", "JSON", "FormURL", "Multipart", "Text", "Binary", "Body", "Part",
		"Outcome", "JSONAs", "NullableJSONAs", "TextAs", "StringAs", "BytesAs",
		"Time", "Date", "Decimal", "Scalar", "Nullable", "File", "Raw",
		"Union", "Variants", "Variant", "Constant",
		"Rule", "MemberRule", "DependentRule", "NamedRule", "Rules", "NewRules", "LimitNone", "RuleTypes",
		"TypeNull", "TypeBoolean", "TypeInteger", "TypeNumber", "TypeString", "TypeArray", "TypeObject",
		"MemberAs", "As", "Report", "Unknown", "MarshalStruct", "UnmarshalStruct", "Redacted",
	},
}

// TestStubs compares every stub with the real package: same names, same types.
func TestStubs(t *testing.T) {
	real := importer.ForCompiler(token.NewFileSet(), "gc", exports(t))
	if got, want := slices.Sorted(maps.Keys(sources)), slices.Sorted(maps.Keys(allowed)); !slices.Equal(got, want) {
		t.Fatalf("stubs of %q, names of %q", got, want)
	}
	for _, path := range slices.Backward(slices.Sorted(maps.Keys(allowed))) {
		names := allowed[path]
		pkg, err := real.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		want := stub(t, pkg, names)
		if *update {
			if err := os.WriteFile(sources[path], []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got := string(must(stubs.ReadFile(sources[path]))); got != want {
			t.Errorf(
				"%s differs from package %s; go test ./generator/typecheck -run TestStubs -update writes it\n%s",
				sources[path],
				path,
				want,
			)
		}
	}
}

// exports returns the export data of the real packages and everything that they import.
func exports(t *testing.T) importer.Lookup {
	t.Helper()
	args := append(
		[]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, slices.Sorted(maps.Keys(allowed))...,
	)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
}

// stub renders the named declarations of a package.
func stub(t *testing.T, pkg *types.Package, names []string) string {
	t.Helper()
	s := stubber{pkg: pkg, imports: map[string]bool{}}
	for _, name := range names {
		obj := pkg.Scope().Lookup(name)
		if obj == nil {
			t.Fatalf("package %s has no %s, which generated code may use", pkg.Path(), name)
		}
		s.object(obj)
	}
	var head strings.Builder
	fmt.Fprintf(
		&head,
		"// Rendered from the real package by TestStubs: go test ./generator/typecheck -run TestStubs "+
			"-update\n\npackage %s\n\n",
		pkg.Name(),
	)
	for _, path := range slices.Sorted(maps.Keys(s.imports)) {
		fmt.Fprintf(&head, "import %q\n", path)
	}
	out, err := format.Source([]byte(head.String() + "\n" + s.body.String()))
	if err != nil {
		t.Fatalf("%v\n%s%s", err, head.String(), s.body.String())
	}
	return string(out)
}

type stubber struct {
	pkg     *types.Package
	imports map[string]bool
	body    strings.Builder
}

// object renders one declaration.
func (s *stubber) object(obj types.Object) {
	switch o := obj.(type) {
	case *types.Const:
		typ := ""
		if _, ok := o.Type().(*types.Named); ok {
			typ = s.text(o.Type())
		}
		fmt.Fprintf(&s.body, "const %s %s = %s\n\n", o.Name(), typ, constantText(o.Val()))
	case *types.Var:
		fmt.Fprintf(&s.body, "var %s %s\n\n", o.Name(), s.text(o.Type()))
	case *types.Func:
		s.body.WriteString(s.function(o, ""))
	case *types.TypeName:
		s.typeDecl(o)
	}
}

func constantText(v constant.Value) string { return v.ExactString() }

// function renders a function. Its body is ignored, but a generic function must have one.
func (s *stubber) function(f *types.Func, receiver string) string {
	sig := f.Type().(*types.Signature)
	text := types.TypeString(sig, s.qualify)
	return "func " + receiver + f.Name() + strings.TrimPrefix(text, "func") + " { panic(0) }\n\n"
}

// typeDecl renders a type and those of its methods that use only allowed names.
func (s *stubber) typeDecl(o *types.TypeName) {
	named := types.Unalias(o.Type()).(*types.Named)
	fmt.Fprintf(&s.body, "type %s%s %s\n\n", o.Name(), s.typeParams(named), s.underlying(named.Underlying()))
	for m := range named.Methods() {
		if m.Exported() && s.known(m.Type()) {
			recv := m.Type().(*types.Signature).Recv()
			s.body.WriteString(s.function(m, "("+recv.Name()+" "+s.text(recv.Type())+") "))
		}
	}
}

func (s *stubber) typeParams(n *types.Named) string {
	if n.TypeParams().Len() == 0 {
		return ""
	}
	var list []string
	for p := range n.TypeParams().TypeParams() {
		list = append(list, p.Obj().Name()+" "+s.text(p.Constraint()))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// underlying renders the underlying type. A type whose parts generated code must not use becomes a
// struct without exported fields.
func (s *stubber) underlying(u types.Type) string {
	st, ok := u.(*types.Struct)
	if !ok {
		if s.known(u) {
			return s.text(u)
		}
		return "struct{ _ int }"
	}
	var fields []string
	for f := range st.Fields() {
		if f.Exported() && s.known(f.Type()) {
			fields = append(fields, f.Name()+" "+s.text(f.Type()))
		}
	}
	if len(fields) == 0 {
		return "struct{ _ int }"
	}
	return "struct {\n" + strings.Join(fields, "\n") + "\n}"
}

// known reports whether a type uses only allowed names.
func (s *stubber) known(t types.Type) bool {
	ok := true
	types.TypeString(t, func(p *types.Package) string {
		if !s.own(p) && allowed[p.Path()] == nil {
			ok = false
		}
		return ""
	})
	walk(t, map[types.Type]bool{}, func(n *types.Named) {
		pkg := n.Obj().Pkg()
		if s.own(pkg) {
			pkg = s.pkg
		}
		if pkg != nil && !slices.Contains(allowed[pkg.Path()], n.Obj().Name()) {
			ok = false
		}
	})
	return ok
}

// walk visits the named types in t, but not the types inside their declarations.
func walk(t types.Type, seen map[types.Type]bool, visit func(*types.Named)) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		visit(t)
		for t0 := range t.TypeArgs().Types() {
			walk(t0, seen, visit)
		}
	case *types.Pointer:
		walk(t.Elem(), seen, visit)
	case *types.Slice:
		walk(t.Elem(), seen, visit)
	case *types.Map:
		walk(t.Key(), seen, visit)
		walk(t.Elem(), seen, visit)
	case *types.Chan:
		walk(t.Elem(), seen, visit)
	case *types.Signature:
		walk(t.Params(), seen, visit)
		walk(t.Results(), seen, visit)
	case *types.Tuple:
		for v := range t.Variables() {
			walk(v.Type(), seen, visit)
		}
	case *types.Interface:
		for method := range t.Methods() {
			walk(method.Type(), seen, visit)
		}
	}
}

func (s *stubber) text(t types.Type) string { return types.TypeString(t, s.qualify) }

// own reports whether a package is the one that is rendered or internal to it. Types of an internal
// package are rendered like their aliases, which have the same names.
func (s *stubber) own(p *types.Package) bool {
	return p == s.pkg || p != nil && strings.HasPrefix(p.Path(), s.pkg.Path()+"/internal/")
}

func (s *stubber) qualify(p *types.Package) string {
	if s.own(p) {
		return ""
	}
	s.imports[p.Path()] = true
	return p.Name()
}
