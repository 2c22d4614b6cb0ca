package plan

import (
	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
)

// A selection has the parts of a document that become part of the package.
type selection struct {
	operations []*spec.Operation
	schemas    []*spec.Schema
}

// selectParts returns the operations that keep accepts and, if it is not nil, only the component
// schemas that these operations need.
func selectParts(doc *spec.Document, keep func(*spec.Operation) bool) selection {
	if keep == nil {
		return selection{doc.Operations, doc.Schemas}
	}
	var kept selection
	used := typing.SchemaSet{}
	for _, o := range doc.Operations {
		if keep(o) {
			kept.operations = append(kept.operations, o)
			addSchemas(used, o)
		}
	}
	for _, s := range doc.Schemas {
		if used[s] {
			kept.schemas = append(kept.schemas, s)
		}
	}
	return kept
}

// addSchemas adds the schemas of an operation to a set.
func addSchemas(set typing.SchemaSet, o *spec.Operation) {
	for _, s := range o.Params {
		set.Add(s.Schema)
	}
	for _, c := range requestBody(o) {
		set.Add(c.Schema)
	}
	for _, r := range o.Responses {
		for _, c := range r.Contents {
			set.Add(c.Schema)
			set.Add(c.Item)
		}
	}
}

// requestBody returns the media types of the request body, none without a body.
func requestBody(o *spec.Operation) []*spec.Content {
	if o.Body == nil {
		return nil
	}
	return o.Body.Contents
}

// usage returns where the operations use schemas.
func usage(ops []*spec.Operation) typing.Usage {
	u := typing.Usage{Sent: typing.SchemaSet{}, Received: typing.SchemaSet{}, Multipart: map[*spec.Schema]bool{}}
	for _, o := range ops {
		for _, r := range o.Responses {
			for _, c := range r.Contents {
				u.Received.Add(c.Schema)
				u.Received.Add(c.Item)
			}
		}
		for _, c := range requestBody(o) {
			u.Sent.Add(c.Schema)
			if c.Schema != nil && format(c) == api.FormatMultipart {
				u.Multipart[c.Schema], u.Multipart[c.Schema.Target()] = true, true
			}
		}
	}
	return u
}

// namesOf returns the names in a document that resgen.yaml can rename.
func namesOf(doc *spec.Document) []string {
	var list []string
	for _, s := range doc.Schemas {
		list = append(list, s.Name)
	}
	for _, o := range doc.Operations {
		list = append(list, o.ID)
	}
	return list
}
