package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/api"
)

// trials returns the calls of a document: each operation with all members, with the required ones
// only, and with null where it is allowed.
func (d *document) trials(j *judge, client int) []*trial {
	var list []*trial
	for _, op := range d.api.Operations {
		item, kin := j.operation(op.Method, op.Path)
		if kin == nil {
			d.object(op.Name, "kin-openapi does not know the operation")
			continue
		}
		for _, fill := range []fullness{full, minimal, nulls} {
			t := &trial{
				Client: client, Method: op.Name, Base: base, doc: d, judge: j, op: op,
				name: op.Name + " " + fill.String(), Status: 204, values: map[string]any{},
			}
			if len(op.Success) > 0 {
				t.Status = max(op.Success[0].Status, 204)
			}
			if why := t.fillIn(item, kin, fill); why != "" {
				d.tally.Unsampled++
				d.notes = append(d.notes, t.name+": no sample: "+why)
				continue
			}
			if fill == nulls && slices.ContainsFunc(list, func(u *trial) bool { return u.op == op && u.same(t) }) {
				continue
			}
			list = append(list, t)
			for _, walk := range []string{op.ItemsMethod, op.PagesMethod} {
				if walk != "" && fill == full {
					u := *t
					u.Method, u.name = walk, walk+" "+fill.String()
					list = append(list, &u)
				}
			}
		}
		if at := slices.IndexFunc(list, func(t *trial) bool { return t.op == op }); at >= 0 {
			list = append(list, d.answers(j, op, kin, list[at])...)
		}
	}
	return list
}

func (t *trial) same(u *trial) bool {
	return reflect.DeepEqual(t.Args, u.Args) && reflect.DeepEqual(t.Params, u.Params) && bytes.Equal(t.Body, u.Body)
}

// fillIn samples arguments, parameters and body. It returns what could not be sampled.
func (t *trial) fillIn(item *openapi3.PathItem, kin *openapi3.Operation, fill fullness) string {
	for _, p := range t.op.PathParams {
		value, ok := t.param(item, kin, p, fill)
		if !ok {
			return "parameter " + p.Name
		}
		t.Args = append(t.Args, value)
	}
	if t.op.ParamsType != "" {
		t.Params = map[string]json.RawMessage{}
	}
	for _, p := range t.op.Params {
		if !p.Required && fill == minimal {
			continue
		}
		value, ok := t.param(item, kin, p, fill)
		if ok {
			t.Params[p.Go] = value
		} else if p.Required {
			return "parameter " + p.Name
		}
	}
	if t.op.Body == nil {
		return ""
	}
	t.HasBody = true
	if !t.op.Body.Required && fill == minimal {
		return ""
	}
	return t.body(kin, fill)
}

// param samples one parameter.
func (t *trial) param(item *openapi3.PathItem, kin *openapi3.Operation, p *api.Param, fill fullness) (
	json.RawMessage, bool,
) {
	def := kin.Parameters.GetByInAndName(string(p.In), p.Name)
	if def == nil {
		def = item.Parameters.GetByInAndName(string(p.In), p.Name)
	}
	if def == nil {
		return nil, false
	}
	schema := def.Schema
	for _, c := range def.Content {
		schema = c.Schema
	}
	if fill == nulls {
		fill = full // a parameter cannot be null
	}
	s := sampler{judge: t.judge, fill: fill, request: true, plain: p.In == api.InHeader || p.In == api.InCookie}
	v, ok := s.of(schema)
	if ok {
		t.values[def.In+" "+def.Name] = decode(raw(v))
	}
	return raw(v), ok
}

// body samples the body.
func (t *trial) body(kin *openapi3.Operation, fill fullness) string {
	b := t.op.Body
	if kin.RequestBody == nil || kin.RequestBody.Value == nil {
		return "kin-openapi knows no body"
	}
	content := kin.RequestBody.Value.Content[b.Media]
	if content == nil {
		content = kin.RequestBody.Value.Content.Get(b.Media)
	}
	if content == nil {
		return "kin-openapi knows no body " + b.Media
	}
	t.contentType, t.contentMedia = content, b.Media
	if b.Format == "text" || b.Format == "binary" {
		t.Body, t.content = raw("a text"), "a text"
		if b.Type.Kind == api.Bytes {
			t.Body = raw([]byte("a text"))
		}
		return ""
	}
	if fill == nulls && b.Format != "json" {
		fill = full // a form cannot be null
	}
	s := sampler{judge: t.judge, fill: fill, request: true}
	v, ok := s.of(content.Schema)
	if !ok {
		return "body"
	}
	t.Body, t.content = raw(v), v
	if b.Format == "json" {
		t.sent = t.Body
	}
	return ""
}
