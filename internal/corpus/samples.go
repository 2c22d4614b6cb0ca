package main

// This file decodes the sample bodies of documents into generated types and encodes them again.
// Nothing may be lost.

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/template"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/gotype"
)

//go:embed samples.go.txt
var samplesText string

var samplesDriver = template.Must(template.New("samples").Parse(samplesText))

// A sample is a body with the type that it is decoded into. The driver reads the exported fields.
type sample struct {
	Type   int
	Body   json.RawMessage
	Unions bool // read the unions within it

	doc     *document
	name    string
	kind    string   // how it is counted: fitting, odd, bent, variant
	variant *variant // of kind variant
}

// An echo is the driver's result for a sample.
type echo struct {
	Standard, Own           json.RawMessage
	StandardError, OwnError string
	Unions                  []reading
}

// sampling holds the samples of all documents.
type sampling struct {
	list      []*sample
	types     typeTable
	bent      map[string]bool
	seen      map[*document]map[bool]map[*openapi3.Schema]bool // schemas whose unions have samples, by direction
	unsampled int                                              // variants without a sample
}

// echoes decodes and encodes all samples. It returns errNotOK if anything is lost.
func echoes(ctx context.Context, work string, docs []*document, out io.Writer) error {
	for _, d := range docs {
		d.notes = nil // of other calls, which have printed them
	}
	s := sampling{bent: map[string]bool{}, seen: map[*document]map[bool]map[*openapi3.Schema]bool{}}
	var rows []clientRow
	for _, d := range docs {
		if d.api == nil || len(d.failures) > 0 {
			continue
		}
		j, err := newJudge(d.file)
		if err != nil {
			fmt.Fprintf(out, "%s/%s: no samples, kin-openapi refuses it: %v\n", d.set, d.name, firstLine(err))
			continue
		}
		row, before := d.row(len(rows)), len(s.list)
		s.document(d, j, row.Alias)
		if len(s.list) > before {
			rows = append(rows, row)
		}
	}
	got, err := run[echo](ctx, work, samplesDriver, map[string]any{"Clients": rows, "Types": s.types}, s.list)
	if err != nil {
		return err
	}
	return s.report(got, out)
}

// document adds the samples of one document, from requests and responses: their examples, and
// values made from their schemas that are changed in one place each.
func (s *sampling) document(d *document, j *judge, alias string) {
	for _, op := range d.api.Operations {
		_, kin := j.operation(op.Method, op.Path)
		if kin == nil {
			continue
		}
		for _, o := range slices.Concat(op.Success, op.Failure) {
			if o.Decode != "json" || o.Type == nil {
				continue
			}
			if schema, list := j.shown(kin, o); schema != nil {
				s.add(d, alias, o.Type, op.Name+" "+statusKey(o.Status), j, schema, list, false)
			}
		}
		if op.Body != nil && op.Body.Format == "json" {
			if schema, list := j.shownRequest(kin, op.Body.Media); schema != nil {
				s.add(d, alias, op.Body.Type, op.Name+" body", j, schema, list, true)
			}
		}
	}
}

// add adds the samples of one body.
func (s *sampling) add(
	d *document, alias string, t *api.Type, name string, j *judge, schema *openapi3.SchemaRef, list []example,
	request bool,
) {
	as := openapi3.VisitAsResponse()
	if request {
		as = openapi3.VisitAsRequest()
	}
	at := -1
	insert := func(one *sample) {
		if at < 0 {
			at = s.types.index(gotype.Expression(t, alias))
		}
		one.Type, one.doc, one.name = at, d, name+" "+one.name
		s.list = append(s.list, one)
	}
	put := func(kind, what string, v any) { insert(&sample{Body: raw(v), name: what, kind: kind}) }
	s.variantsOf(d, j, schema, request, insert)
	for i, e := range list {
		if _, isList := e.value.([]any); t.Kind == api.Slice && !isList {
			continue // encoding/json refuses it
		}
		kind := "odd"
		if j.fits(schema.Value, e.value, as) == nil {
			kind = "fitting"
		}
		put(kind, fmt.Sprintf("%s %d", e.from, i), e.value)
	}
	typ := gotype.Expression(t, alias)
	if s.bent[typ] || !keeps(d.api, t) {
		return // one body per type is enough
	}
	s.bent[typ] = true
	var whole any
	ok := len(list) > 0
	if ok {
		whole = list[0].value
	} else {
		whole, ok = (&sampler{judge: j, fill: full}).of(schema)
	}
	if !ok || len(raw(whole)) > largestBent {
		return
	}
	for k, v := range bent(plainJSON(whole)) {
		put("bent", fmt.Sprintf("bent %d", k), v)
	}
}

// keeps reports whether a type can keep undeclared values: a struct or a union.
func keeps(a *api.API, t *api.Type) bool {
	if t.Kind == api.Pointer {
		t = t.Elem
	}
	i := slices.IndexFunc(a.Types, func(n *api.Named) bool { return t.Kind == api.NamedType && n.Name == t.Name })
	switch {
	case i < 0:
		return false
	case a.Types[i].Shape == api.Alias || a.Types[i].Shape == api.Defined:
		return keeps(a, a.Types[i].Underlying)
	}
	return a.Types[i].Shape == api.Struct || a.Types[i].Shape == api.Union
}

// largestBent is the size in bytes above which a body is not changed, because each change makes a
// copy.
const largestBent = 8 << 10

// A typeTable lists Go types, as the driver writes them.
type typeTable []string

// index returns the index of a type, which it adds if necessary.
func (t *typeTable) index(expression string) int {
	if i := slices.Index(*t, expression); i >= 0 {
		return i
	}
	*t = append(*t, expression)
	return len(*t) - 1
}

// report prints what is lost and the sums.
func (s *sampling) report(got []echo, out io.Writer) error {
	count, good := map[string]int{}, map[string]int{}
	var docs []*document
	for i, one := range s.list {
		count[one.kind]++
		why := one.lost(&got[i])
		if why == "" {
			good[one.kind]++
			continue
		}
		one.doc.object(one.name+" ("+one.kind+")", why)
		if !slices.Contains(docs, one.doc) {
			docs = append(docs, one.doc)
		}
	}
	for _, d := range docs {
		d.print(out)
	}
	fmt.Fprintf(
		out, "\nsamples %d: %d fit their schema, %d of them come back equal; %d do not fit, %d of them lose nothing; "+
			"%d are bent, %d of them lose nothing\n",
		count["fitting"]+count["odd"], count["fitting"], good["fitting"], count["odd"], good["odd"], count["bent"],
		good["bent"],
	)
	fmt.Fprintf(
		out, "variants of unions %d, %d of them are read as what they are and written unchanged; no sample of %d\n",
		count["variant"], good["variant"], s.unsampled,
	)
	if !maps.Equal(count, good) {
		return errNotOK
	}
	return nil
}

// constants returns the required members with one value, as name=value. They are sent if they are
// absent.
func (d *document) constants() map[string]bool {
	if d.constant == nil && d.api != nil {
		d.constant = map[string]bool{}
		for _, n := range d.api.Types {
			for _, f := range n.Fields {
				if f.Constant != "" {
					d.constant[f.Name+"="+f.Constant] = true
				}
			}
		}
	}
	return d.constant
}

// withoutConstants removes the constants that want does not have.
func withoutConstants(want, got any, constants map[string]bool) any {
	if len(constants) == 0 {
		return got
	}
	switch g := got.(type) {
	case map[string]any:
		w, _ := want.(map[string]any)
		for name, v := range g {
			text, _ := scalarText(v)
			if old, had := w[name]; had {
				g[name] = withoutConstants(old, v, constants)
			} else if !had && (constants[name+"="+text] || constants[name+"="+string(raw(v))]) {
				delete(g, name)
			}
		}
	case []any:
		w, _ := want.([]any)
		for i := range g[:min(len(g), len(w))] {
			g[i] = withoutConstants(w[i], g[i], constants)
		}
	}
	return got
}

// lost returns what a sample lost or gained. A constant may be new in a sample that does not fit.
func (s *sample) lost(got *echo) string {
	want := decode(s.Body)
	var constants map[string]bool
	if s.doc != nil && s.kind != "fitting" {
		constants = s.doc.constants()
	}
	for _, way := range []struct {
		name, err string
		data      json.RawMessage
	}{{"encoding/json", got.StandardError, got.Standard}, {"wire", got.OwnError, got.Own}} {
		if way.err != "" {
			return way.name + ": " + way.err
		}
		if why := lost(want, withoutConstants(want, decode(way.data), constants), true, "$"); why != "" {
			return way.name + ": " + why
		}
	}
	if s.variant != nil {
		return s.variant.misread(got.Unions)
	}
	return ""
}
