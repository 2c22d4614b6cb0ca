// This file plans the walks over pages: which operations have them, under which names, and what they yield. What the policy says is held against the
// document, so that no walk fails on a name that is not there.
package plan

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// pages plans the walks of all operations. Names of iterators come after those of all operations.
func (p *planner) pages(ops []*operation) {
	g := p.graph()
	told := map[*spec.Operation]bool{}
	for _, op := range ops {
		p.findPages(g, op)
		style := op.layer.Policy.Pagination.Style
		if style == "" || style == "none" {
			continue
		}
		a, tell := op.api, !told[op.spec]
		told[op.spec] = true
		if misfits := g.misfits(a, op.layer.Policy.Pagination); len(misfits) > 0 {
			if tell {
				p.refusePages(op, misfits)
			}
			continue
		}
		a.Pages = api.PageStyle(style)
		if !p.walkable(op, tell) {
			continue
		}
		a.PagesMethod = p.methods.claim(a.Name+"Pages", owner{"pages of operation " + op.spec.Name(), a.Pos}, "")
		if a.ItemType = g.itemsOf(a, op.layer.Policy.Pagination.Items); a.ItemType != nil {
			a.ItemsMethod = p.methods.claim(a.Name+"All", owner{"items of operation " + op.spec.Name(), a.Pos}, "")
		}
	}
}

// graph finds declarations by name when all exist.
func (p *planner) graph() graph {
	byName := make(map[string]*api.Named, len(p.api.Types))
	for _, n := range p.api.Types {
		byName[n.Name] = n
	}
	return graph{byName}
}

// walkable reports whether a method can ask for page after page. Where the token of the next page comes with the answer of another operation, the caller has to;
// and an operation that is unsafe is never called again behind the caller's back.
func (p *planner) walkable(op *operation, tell bool) bool {
	rule, a := op.layer.Policy.Pagination, op.api
	if rule.Style == "token" && rule.Response == "" {
		return false
	}
	if op.layer.Policy.Idempotency != policy.Unsafe {
		return a.Result.Struct != "" || a.Result.Type != nil && a.Result.Type.Kind != api.Stream
	}
	if s := op.layer.Sources["pagination.style"]; tell && s != p.api.Sources["pagination.style"] {
		p.warn(s.Pos, "unsafe-pages", "operation "+op.spec.Name(), "is unsafe, so that nothing asks it for further pages", "if it only reads, say idempotency: safe with a why")
	}
	return false
}

// refusePages tells what the policy says of an operation's pages and the document does not have. Where a key was meant for many operations and does not fit this
// one, it merely has no pages.
func (p *planner) refusePages(op *operation, list []misfit) {
	for _, m := range list {
		s, ok := op.layer.Sources[m.key]
		if !ok {
			s = op.layer.Sources["pagination.style"]
		}
		if shared, ok := p.api.Sources[m.key]; !ok || s != shared {
			p.fail(s.Pos, "pagination", "operation "+op.spec.Name(), m.key+": "+m.what, m.cure)
		}
	}
}

// A misfit is what a key of the pagination says that the document does not have.
type misfit struct{ key, what, cure string }

// misfits holds a pagination against an operation.
func (g graph) misfits(a *api.Operation, rule policy.Pagination) []misfit {
	var found []misfit
	add := func(key, what, cure string) { found = append(found, misfit{"pagination." + key, what, cure}) }
	asked := func(key, name string) {
		if name != "" && !g.sends(a, name) {
			add(key, "there is no parameter "+name+", and no such member of a JSON body", near(name, g.requestPaths(a)))
		}
	}
	asked("request", rule.Request)
	asked("size", rule.Size)
	for _, pair := range rule.With {
		name, _, _ := strings.Cut(pair, "=")
		asked("with", name)
	}
	told := func(key, path string, wrong func(*api.Type) string) {
		if path == "" {
			return
		}
		t, ok := g.answered(a, path)
		if !ok {
			add(key, "no answer has a member "+path, near(path, g.answerPaths(a)))
		} else if what := wrong(t); what != "" {
			add(key, path+" is "+what, "")
		}
	}
	told("response", rule.Response, func(t *api.Type) string { return g.noAnswer(t, rule.Style) })
	told("items", rule.Items, g.noList)
	switch {
	case rule.Style == "token" && rule.Request == "" && rule.Response == "":
		add("style", "a token needs to be found and sent", "set pagination.request and pagination.response")
	case (rule.Style == "offset" || rule.Style == "page") && rule.Request == "":
		add("style", "nothing says which page is asked for", "set pagination.request")
	case rule.Style == "offset" && g.itemsOf(a, rule.Items) == nil && (rule.Size == "" || rule.Response == ""):
		add("style", "nothing says how far a page reaches", "set pagination.items, or pagination.size and pagination.response")
	}
	return found
}

func near(name string, names []string) string {
	if s := tree.Suggest(name, names); s != "" {
		return "did you mean " + s + "?"
	}
	return ""
}

// sends reports whether a request has a parameter or a member of a JSON body.
func (g graph) sends(a *api.Operation, name string) bool {
	if slices.ContainsFunc(slices.Concat(a.PathParams, a.Params), func(q *api.Param) bool { return q.Name == name }) {
		return true
	}
	if a.Body == nil || a.Body.Format != "json" {
		return false
	}
	t, ok := g.member(a.Body.Type, name)
	return ok && t != nil
}

// answered returns the type of a member of a success answer.
func (g graph) answered(a *api.Operation, path string) (*api.Type, bool) {
	for _, o := range a.Success {
		if o.Decode != "json" {
			continue
		}
		if t, ok := g.member(o.Type, path); ok {
			return t, true
		}
	}
	return nil, false
}

// itemsOf returns the type of the items of an operation's answers: of a member, or of the answer itself. It is nil if there is no list whose items have
// one type in Go.
func (g graph) itemsOf(a *api.Operation, path string) *api.Type {
	t, ok := g.answered(a, path)
	if t = g.bare(t); !ok || t == nil || t.Kind != api.Slice {
		return nil
	}
	return t.Elem
}
