package plan

// This file plans the methods: their names, parameters and bodies.

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// nameOperations returns the methods with their names: first one for every operation, then those
// for further request media types. They share the policy of the first.
func nameOperations(list []*spec.Operation, layers map[*spec.Operation]policy.Layer, n names) []*operation {
	var ops, further []*operation
	ids := map[string]bool{}
	for _, o := range list {
		name := methodName(o, ids, n)
		contents, others := requestContents(o.Body)
		first := newOperation(o, nil, name, n)
		n.groups.claim(o, n)
		ops = append(ops, first)
		if len(contents) == 0 {
			continue
		}
		first.content = contents[0]
		if len(others) > 0 {
			first.api.Notes = append(first.api.Notes, othersNote(others))
		}
		for _, c := range contents[1:] {
			further = append(further, &operation{spec: o, content: c, api: first.api, main: first})
		}
	}
	for _, f := range further {
		main := f.api
		suffix := mediaSuffix(f.content.Media)
		more := newOperation(f.spec, f.content, main.Name+suffix, n)
		more.main, more.suffix = f.main, suffix
		main.Notes = append(main.Notes, more.api.Name+" sends "+f.content.Media+".")
		ops = append(ops, more)
	}
	for _, op := range ops {
		nameStreams(op, n)
		op.layer = layers[op.spec]
		op.api.Policy, op.api.Sources = op.layer.Policy, op.layer.Sources
	}
	return ops
}

// othersNote returns the sentence about the media types that have no method.
func othersNote(media []string) string {
	return "[resilience.WithBody] sends " + strings.Join(media, " or ") + " instead."
}

// methodName returns the name for the operationId, or for method and path without one. A repeated
// operationId gets the method as a suffix.
func methodName(o *spec.Operation, ids map[string]bool, n names) string {
	if o.ID == "" {
		path := strings.NewReplacer("{", "", "}", "").Replace(o.Path)
		if !naming.HasWords(path) {
			path = "root"
		}
		return n.chosen.Name("", strings.ToLower(o.Method)+" "+path, o.Node)
	}
	name := n.chosen.Name(o.ID, o.ID, o.Node)
	if ids[o.ID] {
		name += naming.Exported(strings.ToLower(o.Method))
		n.found.Add(diag.Diagnostic{
			Pos: o.IDPos, Severity: diag.Warning, Code: "duplicate-operation-id", Subject: "operation " + o.ID,
			What: "another operation has the same operationId", Cure: "using the name " + name + "; rename one of them",
		})
	}
	ids[o.ID] = true
	return name
}

// newOperation claims the names of method and descriptor. The content c is nil, except for further
// request media types.
func newOperation(o *spec.Operation, c *spec.Content, name string, n names) *operation {
	owner := naming.Owner{What: "operation " + o.Name(), Pos: o.IDPos}
	if c != nil {
		owner.What += " with " + c.Media
	}
	id, others := o.ID, naming.Others(o.ID)
	if id == "" {
		id, others = o.Method+" "+o.Path, nil
	}
	if n.groups.has(name) {
		others = append([]string{name + "Operation"}, others...)
	}
	wanted := name
	name = n.methods.Claim(name, owner, "Operation", others...)
	a := &api.Operation{
		ID: id, Name: name, Method: o.Method, Path: o.Path,
		Summary: o.Summary, Description: o.Description, Deprecated: o.Deprecated, Pos: o.Pos,
	}
	a.Var = n.pkg.Quiet().Claim(naming.Unexported(name), owner, "Operation")
	return &operation{spec: o, content: c, api: a, wanted: wanted}
}

// nameOperationTypes claims the names of params and result structs.
func nameOperationTypes(ops []*operation, n names) {
	for _, op := range ops {
		a, what := op.api, "operation "+op.spec.Name()
		op.success, op.failure = responses(op.spec)
		if slices.ContainsFunc(arguments(op), func(s *spec.Param) bool { return s.In != "path" }) {
			a.ParamsType = n.pkg.Claim(a.Name+"Params", naming.Owner{What: "parameters of " + what, Pos: a.Pos}, "")
		}
		a.Result = &api.Result{}
		if needResultStruct(op.success) {
			a.Result.Struct = n.pkg.Claim(a.Name+"Result", naming.Owner{What: "result of " + what, Pos: a.Pos}, "")
			a.Result.Build = n.pkg.Quiet().Claim("new"+a.Result.Struct, naming.Owner{What: what, Pos: a.Pos}, "")
		}
	}
}

// arguments returns the parameters that callers set. The key header of a keyed operation is set by
// the runtime.
func arguments(op *operation) []*spec.Param {
	pol := op.layer.Policy
	return slices.DeleteFunc(slices.Clone(op.spec.Params), func(s *spec.Param) bool {
		return pol.Idempotency == policy.Keyed && s.In == "header" && strings.EqualFold(s.Name, pol.Key.Header)
	})
}

// complete plans everything about a method that depends on types.
func complete(op *operation, n names, types *typing.Types, servers []api.Server) {
	placeSchemas(op, types)
	planArguments(op, n, types)
	planBody(op, types)
	planResponses(op, types)
	planStreams(op, types)
	op.api.Server = operationServer(op.spec, servers)
}

// placeSchemas sets the places of the inline schemas of an operation. Schemas of shared components
// are named after the component.
func placeSchemas(op *operation, types *typing.Types) {
	name, id := op.api.Name, op.spec.Name()
	for _, s := range op.spec.Params {
		types.Parameter(s.Schema)
		if s.Component != "" {
			shared := naming.Place{Name: withSuffix(s.Component, "Param"), Root: "parameter " + s.Component}
			types.Place(s.Schema, shared)
		}
		types.Place(s.Schema, naming.Place{
			Name: name + "Params" + naming.Suffix(s.Name), Root: "parameter " + s.Name + " of " + id,
		})
	}
	if op.content != nil {
		if c := op.spec.Body.Component; c != "" {
			types.Place(op.content.Schema, naming.Place{Name: withSuffix(c, "Body"), Root: "request body " + c})
		}
		types.Place(op.content.Schema, naming.Place{Name: name + "Body", Root: "body of " + id})
	}
	for _, list := range [][]response{op.success, op.failure} {
		for _, r := range list {
			types.Place(r.schema, responsePlace(op, r))
		}
	}
}

// withSuffix returns the Go name of a component with a suffix, unless it has the suffix already.
func withSuffix(component, suffix string) string {
	return strings.TrimSuffix(naming.Exported(component), suffix) + suffix
}

// planArguments plans path parameters in the order of the path, the fields of the params struct,
// and the name of the body argument.
func planArguments(op *operation, n names, types *typing.Types) {
	all := arguments(op)
	taken := []string{"c", "ctx", "params", "body", "opts", op.api.Var, op.api.Result.Build}
	args := naming.NewScope(nil, slices.Concat(taken, naming.Reserved())...)
	for _, place := range op.spec.Places {
		name := place.Param
		i := slices.IndexFunc(all, func(s *spec.Param) bool { return s.In == "path" && s.Name == name })
		if i < 0 {
			n.found.Add(diag.Diagnostic{
				Pos: op.spec.Pos, Code: "path-parameter", Subject: "operation " + op.spec.Name(),
				What: "path parameter {" + name + "} is not declared", Cure: "add it to parameters",
			})
			continue
		}
		a := planParam(all[i], types)
		a.Go = args.Claim(naming.Unexported(name), naming.Owner{What: "path parameter " + name}, "Param",
			otherArguments(op.api.PathParams, place)...)
		op.api.PathParams = append(op.api.PathParams, a)
	}
	fields := naming.NewScope(n.found)
	for _, s := range all {
		if s.In == "path" {
			continue
		}
		owner := naming.Owner{What: s.In + " parameter " + s.Name + " of operation " + op.spec.Name(), Pos: s.Pos}
		a := planParam(s, types)
		a.Go = fields.Claim(n.chosen.Name("", s.Name, s.Node), owner, "", naming.Others(s.Name)...)
		op.api.Params = append(op.api.Params, a)
	}
	if op.content != nil {
		arg := "body"
		if name := op.spec.Body.Arg; name != "" {
			arg = naming.Unexported(name)
		}
		args.Release("body")
		op.api.Body = &api.Body{Arg: args.Claim(arg, naming.Owner{What: "body"}, "Body")}
	}
}

// otherArguments returns the names for a path parameter whose name is taken:
// /orders/{id}/items/{id} has the arguments id and itemsID.
func otherArguments(before []*api.Param, p spec.Place) []string {
	again := slices.ContainsFunc(before, func(a *api.Param) bool { return a.Name == p.Param })
	if again && naming.HasWords(p.Before) {
		return []string{naming.Unexported(p.Before + " " + p.Param)}
	}
	return []string{naming.UnexportedSpelled(p.Param)}
}

// headerDefaults are sent for header fields that the client usually sets itself, if a document
// requires one in a place where the client would not: for example Content-Type without a body.
var headerDefaults = map[string]string{"accept": "*/*", "content-type": "application/json"}

// planParam plans a parameter. A required parameter with a single value gets it as the default.
func planParam(s *spec.Param, types *typing.Types) *api.Param {
	a := &api.Param{
		Name: s.Name, In: api.In(s.In), Style: api.Style(s.Style), Explode: s.Explode, Required: s.Required,
		Reserved: s.AllowReserved, AllowEmpty: s.AllowEmpty, Media: s.Media, Inner: s.Inner,
		Parts: queryParts(s), Greedy: s.Greedy || isGreedy(s),
		Description: s.Description, Deprecated: s.Deprecated, Assumed: typing.Assumed(s.Schema), Pos: s.Pos,
	}
	if a.Style == "" {
		a.Style = api.StyleSimple
	}
	if a.Description == "" {
		a.Description = s.Schema.Description
	}
	if t := s.Schema.Target(); s.Required && s.In != "path" && len(t.Enum) == 1 && typing.IsEnum(t) {
		a.Default = t.Enum[0].Text
	}
	if s.Required && s.In == "header" && a.Default == "" {
		a.Default = headerDefaults[strings.ToLower(s.Name)]
	}
	types.Argument(&a.Type, types.Of(s.Schema), s.Required && a.Default == "", false)
	return a
}

// queryParts returns how the members of a parameter are encoded that is a whole query.
func queryParts(s *spec.Param) []api.Part {
	if s.In != "querystring" {
		return nil
	}
	return parts(s.Encodings)
}

// isGreedy reports whether a path parameter keeps its slashes.
func isGreedy(s *spec.Param) bool {
	for _, key := range []string{"x-resgen-greedy", "x-amazon-spds-greedy-path-parameter"} {
		if n := s.Node.Get(key); n != nil && n.Text == "true" {
			return s.In == "path"
		}
	}
	return false
}
