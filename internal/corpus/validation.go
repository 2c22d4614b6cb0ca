package main

// This file compares the method Validate of generated types with other implementations of JSON
// Schema: santhosh-tekuri/jsonschema for OpenAPI 3.1 and later, kin-openapi for earlier versions.

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"text/template"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/gotype"
)

//go:embed validation.go.txt
var validationText string

var validationDriver = template.Must(template.New("validation").Parse(validationText))

// bodiesPerDocument is how many bodies are compared for each document.
const bodiesPerDocument = 200

// A randomBody is a body with the type that it is read into. The driver reads the exported fields.
type randomBody struct {
	Type int
	Body json.RawMessage

	doc      *document
	name     string // of the schema
	schema   *openapi3.SchemaRef
	value    any
	referee  *referee
	rejected error // by the other implementation
}

// A verdict is the driver's result for a body.
type verdict struct {
	Unread string // why the body cannot be read into the type
	Faults []struct{ Path, What string }
	Error  string
	Sent   json.RawMessage // what the value is written as
}

// refused reports whether the value is not valid.
func (v *verdict) refused() bool { return v.Unread != "" || v.Error != "" || len(v.Faults) > 0 }

// A validation has the bodies of all documents.
type validation struct {
	list      []*randomBody
	types     typeTable
	documents int
}

// validate compares what is valid. It returns errNotOK for differences that have no explanation.
func validate(ctx context.Context, work string, docs []*document, out io.Writer) error {
	var (
		v    validation
		rows []clientRow
	)
	for _, d := range docs {
		d.notes = nil
		if d.api == nil || len(d.failures) > 0 {
			continue
		}
		row, before := d.row(len(rows)), len(v.list)
		if err := v.document(d, row.Alias); err != nil {
			fmt.Fprintf(out, "%s/%s: no bodies: %v\n", d.set, d.name, firstLine(err))
			continue
		}
		if len(v.list) > before {
			rows = append(rows, row)
		}
	}
	v.documents = len(rows)
	got, err := run[verdict](ctx, work, validationDriver, map[string]any{"Clients": rows, "Types": v.types}, v.list)
	if err != nil {
		return err
	}
	return v.report(docs, got, out)
}

// document adds the bodies of one document: for each component that has a type with Validate,
// values that fit, and changed ones.
func (v *validation) document(d *document, alias string) error {
	kin, err := newJudge(d.file)
	if err != nil {
		return err
	}
	other, err := newReferee(d.file, kin)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(7, uint64(len(d.name))))
	var named []*api.Named
	for _, n := range d.api.Types {
		if name := strings.TrimPrefix(n.Schema, "schema "); n.Validates && kin.component(name) != nil {
			named = append(named, n)
		}
	}
	random.Shuffle(len(named), func(i, j int) { named[i], named[j] = named[j], named[i] })
	added := 0
	for round := range bodiesPerDocument {
		for _, n := range named {
			if added == bodiesPerDocument {
				return nil
			}
			if v.add(d, alias, n, kin, other, random, round) {
				added++
			}
		}
	}
	return nil
}

// add adds a body for a type and reports whether it could make one.
func (v *validation) add(
	d *document, alias string, n *api.Named, kin *judge, other *referee, random *rand.Rand, round int,
) bool {
	name := strings.TrimPrefix(n.Schema, "schema ")
	schema := kin.component(name)
	maker := &sampler{judge: kin, fill: []fullness{full, minimal, nulls}[round%3], request: round%2 == 0}
	value, _ := maker.value(schema, 3)
	if value == nil || len(raw(value)) > largestBent {
		return false
	}
	value = plainJSON(value)
	for range random.IntN(4) {
		value = mutate(value, random)
	}
	value = plainJSON(value)
	rejected, ok := other.rejects(name, schema, value)
	if !ok {
		return false
	}
	v.list = append(v.list, &randomBody{
		Type: v.types.index(gotype.Expression(api.Ref(n.Name), alias)), Body: raw(value),
		doc: d, name: name, schema: schema, value: value, referee: other, rejected: rejected,
	})
	return true
}

// report prints the differences and their explanations.
func (v *validation) report(docs []*document, got []verdict, out io.Writer) error {
	equal, valid := 0, 0
	explained := map[string]int{}
	wrong := 0
	for i, b := range v.list {
		ours := &got[i]
		if ours.refused() == (b.rejected != nil) {
			equal++
			valid += one(!ours.refused())
			continue
		}
		if why := explain(b, ours); why != "" {
			explained[why]++
			continue
		}
		wrong++
		b.doc.object(
			b.name, fmt.Sprintf("we say %s, the other says %v: %s", clip(ours), oneLine(b.rejected), clip(b.Body)),
		)
	}
	for _, d := range docs {
		d.print(out)
	}
	fmt.Fprintf(
		out,
		"\nvalidation of %d bodies from %d documents: %d agree (%d valid), %d differ with an explanation, %d without\n",
		len(v.list), v.documents, equal, valid, len(v.list)-equal-wrong, wrong,
	)
	for _, why := range slices.Sorted(maps.Keys(explained)) {
		fmt.Fprintf(out, "%8d %s\n", explained[why], why)
	}
	if wrong > 0 {
		return errNotOK
	}
	return nil
}

func oneLine(err error) string {
	if err == nil {
		return "valid"
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// explain returns why a difference is intended, or "".
func explain(b *randomBody, ours *verdict) string {
	switch {
	case ours.Unread != "":
		return ""
	case ours.refused() && onlyFormats(ours):
		return "formats that the other does not check, or less strictly"
	case ours.refused() && b.referee.lists:
		return "a list of schemas under items, which kin-openapi does not read"
	case ours.refused():
		return ""
	case b.referee.lenient(b) == nil:
		return "read-only members: requests may leave them out, and may have them"
	case invalidDiscriminator(b.rejected):
		return "discriminators select no variant; the alternatives decide"
	case nullOfAnyType(b.rejected):
		return "null is a value of a schema without a type"
	}
	if again, ok := b.referee.rejects(b.name, b.schema, plainJSON(ours.Sent)); ok && again == nil {
		return "members with only one value are sent, even if they were absent"
	}
	return ""
}

// onlyFormats reports whether all faults are about formats. Those of a union follow from others.
func onlyFormats(v *verdict) bool {
	found := false
	for _, f := range v.Faults {
		is := strings.HasPrefix(f.What, "does not have the format") || strings.HasPrefix(f.What, "does not fit")
		if !is && !strings.HasPrefix(f.What, "fits none of") {
			return false
		}
		found = found || is
	}
	return found
}

func invalidDiscriminator(err error) bool {
	return strings.Contains(err.Error(), "discriminator property")
}

// nullOfAnyType reports whether kin-openapi rejects null for a schema that states no type.
func nullOfAnyType(err error) bool {
	var bad *openapi3.SchemaError
	for errors.As(err, &bad) {
		if bad.SchemaField == "nullable" && bad.Schema.Type == nil {
			return true
		}
		err = bad.Unwrap()
	}
	return false
}
