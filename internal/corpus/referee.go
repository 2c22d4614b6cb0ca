package main

import (
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/resgen/resgen/resilience/tree"
)

// A referee is another implementation of JSON Schema.
type referee struct {
	kin    *judge
	strict *schemas // nil: kin-openapi judges
	loose  *schemas // without requirements of read-only members
	lists  bool     // some items are a list of schemas, which kin-openapi reads as any schema
}

// schemas are the component schemas of a document, compiled by santhosh-tekuri/jsonschema.
type schemas struct {
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema // nil: it cannot be compiled
}

const refereeURL = "file:///document.json"

// newReferee returns the referee for a document.
func newReferee(file string, kin *judge) (*referee, error) {
	r := &referee{kin: kin}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	root, found := tree.Parse(file, data)
	if err := found.Err(); err != nil {
		return nil, err
	}
	r.lists = listsItems(root)
	version := text(root.Get("openapi"))
	if version == "" || strings.HasPrefix(version, "3.0") {
		return r, nil
	}
	if r.strict, err = newSchemas(root.JSON(), false); err == nil {
		r.loose, err = newSchemas(root.JSON(), true)
	}
	return r, err
}

// listsItems reports whether a list of schemas is under items anywhere.
func listsItems(n *tree.Node) bool {
	for _, p := range n.Entries() {
		if p.Key == "items" && p.Value.Kind == tree.Sequence || listsItems(p.Value) {
			return true
		}
	}
	return n != nil && slices.ContainsFunc(n.Items, listsItems)
}

func newSchemas(data []byte, loose bool) (*schemas, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		return nil, err
	}
	if loose {
		requireNothingReadOnly(doc)
	}
	s := &schemas{jsonschema.NewCompiler(), map[string]*jsonschema.Schema{}}
	s.compiler.DefaultDraft(jsonschema.Draft2020)
	s.compiler.AssertFormat()
	return s, s.compiler.AddResource(refereeURL, doc)
}

// requireNothingReadOnly removes read-only members from the lists of required members.
func requireNothingReadOnly(v any) {
	switch v := v.(type) {
	case map[string]any:
		members, _ := v["properties"].(map[string]any)
		if required, ok := v["required"].([]any); ok {
			v["required"] = slices.DeleteFunc(required, func(name any) bool {
				text, _ := name.(string)
				member, _ := members[text].(map[string]any)
				return member["readOnly"] == true
			})
		}
		for _, w := range v {
			requireNothingReadOnly(w)
		}
	case []any:
		for _, w := range v {
			requireNothingReadOnly(w)
		}
	}
}

// schema returns a component, or nil if it cannot be compiled.
func (s *schemas) schema(name string) *jsonschema.Schema {
	if known, ok := s.compiled[name]; ok {
		return known
	}
	pointer := strings.NewReplacer("~", "~0", "/", "~1", "%", "%25").Replace(name)
	compiled, err := s.compiler.Compile(refereeURL + "#/components/schemas/" + pointer)
	if err != nil {
		compiled = nil
	}
	s.compiled[name] = compiled
	return compiled
}

// lenient returns what is wrong with a body if read-only members are neither required nor
// forbidden.
func (r *referee) lenient(b *randomBody) error {
	if r.strict == nil {
		return r.kin.fits(b.schema.Value, b.value, openapi3.VisitAsRequest(), openapi3.DisableReadOnlyValidation())
	}
	if s := r.loose.schema(b.name); s != nil {
		return s.Validate(b.value)
	}
	return b.rejected
}

// rejects returns what the referee finds wrong with a value. It reports false if it cannot read the
// schema.
func (r *referee) rejects(name string, schema *openapi3.SchemaRef, value any) (error, bool) {
	if r.strict == nil {
		err := r.kin.fits(schema.Value, value, openapi3.VisitAsRequest())
		return err, err == nil || !strings.HasPrefix(err.Error(), "kin-openapi panics")
	}
	s := r.strict.schema(name)
	if s == nil {
		return nil, false
	}
	return s.Validate(value), true
}

// component returns a component schema, or nil.
func (j *judge) component(name string) *openapi3.SchemaRef {
	if j.doc.Components == nil {
		return nil
	}
	if s := j.doc.Components.Schemas[name]; s != nil && s.Value != nil {
		return s
	}
	return nil
}
