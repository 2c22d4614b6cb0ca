// This file plans operations: which methods there are, what they are called, and what goes in and comes out. Bodies are in bodies.go,
// answers in answers.go.
package plan

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/policy"
)

// An operation is one method on its way: an operation of the document with one request media type.
type operation struct {
	spec    *spec.Operation
	content *spec.Content // nil: no body
	api     *api.Operation
	layer   policy.Layer
	success []answer
	failure []answer
}

// operationNames makes the operations and claims the names of their methods and descriptors: first of all operations,
// then of their further request media types.
func (p *planner) operationNames() []*operation {
	var ops, further []*operation
	ids := map[string]bool{}
	for _, o := range p.ops {
		name := p.methodName(o, ids)
		contents := requestContents(o.Body)
		first := p.newOperation(o, nil, name, "")
		ops = append(ops, first)
		if len(contents) == 0 {
			continue
		}
		first.content = contents[0]
		for _, c := range contents[1:] {
			further = append(further, &operation{spec: o, content: c, api: first.api})
		}
	}
	for _, f := range further {
		main := f.api
		more := p.newOperation(f.spec, f.content, main.Name+mediaSuffix(f.content.Media), f.content.Media)
		main.Notes = append(main.Notes, more.api.Name+" sends "+f.content.Media+".")
		ops = append(ops, more)
	}
	return ops
}

// methodName is the operationId; a second operation with the same one gets its method behind it. Without one it is method and path.
func (p *planner) methodName(o *spec.Operation, ids map[string]bool) string {
	if o.ID == "" {
		path := strings.NewReplacer("{", "", "}", "").Replace(o.Path)
		if len(words(path)) == 0 {
			path = "root"
		}
		return p.chosen("", strings.ToLower(o.Method)+" "+path, o.Node)
	}
	name := p.chosen(o.ID, o.ID, o.Node)
	if ids[o.ID] {
		name += exported(strings.ToLower(o.Method))
		p.warn(o.IDPos, "duplicate-operation-id", "operation "+o.ID, "an operation before it has the same operationId", "it is called "+name+"; rename one of them")
	}
	ids[o.ID] = true
	return name
}

func (p *planner) newOperation(o *spec.Operation, c *spec.Content, name, media string) *operation {
	what := "operation " + o.Name()
	if media != "" {
		what += " with " + media
	}
	id := o.ID
	if id == "" {
		id = o.Method + " " + o.Path
	}
	name = p.methods.claim(name, owner{what, o.IDPos}, "Operation")
	a := &api.Operation{
		ID: id, Name: name, Method: o.Method, Path: o.Path,
		Summary: o.Summary, Description: o.Description, Deprecated: o.Deprecated, Pos: o.Pos,
	}
	a.Var = p.silent().claim(unexported(name), owner{what, o.IDPos}, "Operation")
	p.api.Operations = append(p.api.Operations, a)
	return &operation{spec: o, content: c, api: a}
}

// silent is the package's scope for names that no user sees, whose clashes are told to nobody.
func (p *planner) silent() *scope { return &scope{taken: p.pkg.taken} }

// operationTypeNames claims the names of the types that belong to operations, and names what is inline in them.
func (p *planner) operationTypeNames(ops []*operation) {
	for _, op := range ops {
		a, what := op.api, "operation "+op.spec.Name()
		op.success, op.failure = answers(op.spec)
		if slices.ContainsFunc(p.params(op), func(s *spec.Param) bool { return s.In != "path" }) {
			a.ParamsType = p.pkg.claim(a.Name+"Params", owner{"parameters of " + what, a.Pos}, "")
		}
		a.Result = &api.Result{}
		if several(op.success) {
			a.Result.Struct = p.pkg.claim(a.Name+"Result", owner{"result of " + what, a.Pos}, "")
			a.Result.Build = p.silent().claim("new"+a.Result.Struct, owner{what, a.Pos}, "")
		}
	}
}

// params returns the parameters that become arguments. The key header of a keyed operation is the runtime's to send.
func (p *planner) params(op *operation) []*spec.Param {
	pol := op.layer.Policy
	return slices.DeleteFunc(slices.Clone(op.spec.Params), func(s *spec.Param) bool {
		return pol.Idempotency == policy.Keyed && s.In == "header" && strings.EqualFold(s.Name, pol.Key.Header)
	})
}

// operation plans everything about one method but its policy.
func (p *planner) operation(op *operation) {
	p.hintOperation(op)
	p.arguments(op)
	p.requestBody(op)
	p.results(op)
	op.api.Server = p.operationServer(op.spec)
	op.api.Security = security(op.spec.Security)
}

// hintOperation names the inline schemas of an operation: those of shared components after the component.
func (p *planner) hintOperation(op *operation) {
	name, id := op.api.Name, op.spec.Name()
	for _, s := range op.spec.Params {
		p.asked[s.Schema] = true
		if s.Schema.Items != nil {
			p.asked[s.Schema.Items] = true
		}
		if s.Component != "" {
			p.hint(s.Schema, hint{name: withEnd(exported(s.Component), "Param"), root: "parameter " + s.Component})
		}
		p.hint(s.Schema, hint{name: name + "Params" + joined(s.Name), root: "parameter " + s.Name + " of " + id})
	}
	if op.content != nil {
		if c := op.spec.Body.Component; c != "" {
			p.hint(op.content.Schema, hint{name: withEnd(exported(c), "Body"), root: "request body " + c})
		}
		p.hint(op.content.Schema, hint{name: name + "Body", root: "body of " + id})
	}
	for _, list := range [][]answer{op.success, op.failure} {
		for _, a := range list {
			p.hint(a.schema, answerHint(op, a))
		}
	}
}

// withEnd puts end behind a name that does not end so already.
func withEnd(name, end string) string {
	return strings.TrimSuffix(name, end) + end
}

// answerHint names the inline schema of an answer: after its component, or as the response of the operation, or after its status.
func answerHint(op *operation, a answer) hint {
	root := "answer " + statusName(a.status) + " of " + op.spec.Name()
	switch {
	case a.component != "":
		return hint{name: withEnd(exported(a.component), "Response"), root: "response " + a.component}
	case len(op.success) == 1 && op.success[0].status == a.status:
		return hint{name: op.api.Name + "Response", root: root}
	}
	return hint{name: op.api.Name + statusName(a.status), root: root}
}

// arguments plans path parameters in the order of the path, and the fields of the params struct.
func (p *planner) arguments(op *operation) {
	all := p.params(op)
	args := newScope(nil, append([]string{"c", "ctx", "params", "body", "opts", op.api.Var, op.api.Result.Build}, reserved...)...)
	for _, name := range op.spec.Template.Names() {
		i := slices.IndexFunc(all, func(s *spec.Param) bool { return s.In == "path" && s.Name == name })
		a := p.param(all[i])
		a.Go = args.claim(unexported(name), owner{what: "path parameter " + name}, "Param")
		op.api.PathParams = append(op.api.PathParams, a)
	}
	fields := newScope(&p.found)
	for _, s := range all {
		if s.In == "path" {
			continue
		}
		a := p.param(s)
		a.Go = fields.claim(p.chosen("", s.Name, s.Node), owner{s.In + " parameter " + s.Name + " of operation " + op.spec.Name(), s.Pos}, "")
		op.api.Params = append(op.api.Params, a)
	}
	if op.content != nil {
		arg := "body"
		if name := op.spec.Body.Arg; name != "" {
			arg = unexported(name)
		}
		delete(args.taken, "body")
		op.api.Body = &api.Body{Arg: args.claim(arg, owner{what: "body"}, "Body")}
	}
}

// ownDefaults are what is sent for header fields that the client settles, where a document insists on one that nothing settles:
// an operation without a body that wants a Content-Type.
var ownDefaults = map[string]string{"accept": "*/*", "content-type": "application/json"}

// param plans one parameter. One that must be sent and has only one value is sent without being asked for.
func (p *planner) param(s *spec.Param) *api.Param {
	a := &api.Param{
		Name: s.Name, In: api.In(s.In), Style: api.Style(s.Style), Explode: s.Explode, Required: s.Required, Reserved: s.AllowReserved, AllowEmpty: s.AllowEmpty,
		Media: s.Media, Greedy: greedy(s), Description: s.Description, Deprecated: s.Deprecated, Pos: s.Pos,
	}
	if a.Style == "" {
		a.Style = "simple"
	}
	if a.Description == "" {
		a.Description = s.Schema.Description
	}
	if t := s.Schema.Target(); s.Required && s.In != "path" && len(t.Enum) == 1 && isEnum(t) {
		a.Default = t.Enum[0].Text
	}
	if s.Required && s.In == "header" && a.Default == "" {
		a.Default = ownDefaults[strings.ToLower(s.Name)]
	}
	p.fields = append(p.fields, wrapped{at: &a.Type, base: p.typeOf(s.Schema), required: s.Required && a.Default == ""})
	return a
}

// greedy reports whether a path parameter keeps its slashes. resgen's own key is x-resgen-greedy.
func greedy(s *spec.Param) bool {
	for _, key := range []string{"x-resgen-greedy", "x-amazon-spds-greedy-path-parameter"} {
		if n := s.Node.Get(key); n != nil && n.Text == "true" {
			return s.In == "path"
		}
	}
	return false
}
