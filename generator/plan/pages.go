package plan

// This file plans iterators over pages. It checks policies against the document, so that an
// iterator never fails because of a name that the document does not have.

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

var pageStyles = []api.PageStyle{api.PagesToken, api.PagesOffset, api.PagesPage, api.PagesLink}

// pageRules has what the pages of all operations depend on.
type pageRules struct {
	declared api.Declarations
	whole    map[string]policy.Source // sources of the policy of the API
	methods  *naming.Scope
	found    *diag.List
}

// planPages plans the iterators of all operations. Their names are claimed after those of all
// operations. Findings are reported once for methods of the same operation.
func planPages(ops []*operation, r pageRules) {
	reported := map[*spec.Operation]bool{}
	for _, op := range ops {
		r.dropMismatched(op, !reported[op.spec])
		inferPages(op, r.declared)
		rule := op.layer.Policy.Pagination
		if !slices.Contains(pageStyles, api.PageStyle(rule.Style)) { // none, or a word that policies report
			continue
		}
		a, report := op.api, !reported[op.spec]
		reported[op.spec] = true
		if list := mismatches(r.declared, a, rule); len(list) > 0 {
			if report {
				r.reportMismatches(op, list)
			}
			continue
		}
		a.Pages = api.PageStyle(rule.Style)
		if !r.canIterate(op, report) {
			continue
		}
		what := " of operation " + op.spec.Name()
		a.PagesMethod = r.methods.Claim(a.Name+"Pages", naming.Owner{What: "pages" + what, Pos: a.Pos}, "")
		if a.ItemType = itemsAt(r.declared, a, rule.Items); a.ItemType != nil {
			a.ItemsMethod = r.methods.Claim(a.Name+"All", naming.Owner{What: "items" + what, Pos: a.Pos}, "")
		}
	}
}

// canIterate reports whether a method can request one page after the other. It cannot if another
// operation returns the token of the next page, or if the operation is unsafe, because it must not
// be called again without the caller.
func (r pageRules) canIterate(op *operation, report bool) bool {
	rule, a := op.layer.Policy.Pagination, op.api
	if api.PageStyle(rule.Style) == api.PagesToken && rule.Response == "" {
		return false
	}
	if op.layer.Policy.Idempotency != policy.Unsafe {
		return a.Result.Struct != "" || a.Result.Type != nil && a.Result.Type.Kind != api.Stream
	}
	s := op.layer.Sources["pagination.style"]
	if report && s.Kind > policy.FromDocument && s != r.whole["pagination.style"] {
		r.found.Add(diag.Diagnostic{
			Pos: s.Pos, Severity: diag.Warning, Code: "unsafe-pages", Subject: "operation " + op.spec.Name(),
			What: "is unsafe, so it has no iterator over further pages",
			Cure: "if it only reads, set idempotency: safe with a why",
		})
	}
	return false
}

// reportMismatches reports the keys of an operation's pagination that do not fit the document. Keys
// that apply to the whole API are not reported; operations that they do not fit have no pages.
func (r pageRules) reportMismatches(op *operation, list []mismatch) {
	for _, m := range list {
		s, ok := op.layer.Sources[m.key]
		if !ok {
			s = op.layer.Sources["pagination.style"]
		}
		if shared, ok := r.whole[m.key]; !ok || s != shared {
			r.found.Add(diag.Diagnostic{
				Pos: s.Pos, Code: "pagination", Subject: "operation " + op.spec.Name(), What: m.key + ": " + m.what,
				Cure: m.cure,
			})
		}
	}
}

// dropMismatched removes pages that an annotation of another tool describes and that do not fit the
// operation, with a warning.
func (r pageRules) dropMismatched(op *operation, report bool) {
	s := op.layer.Sources["pagination.style"]
	if s.Kind != policy.FromDocument || s.Note == "" {
		return
	}
	list := mismatches(r.declared, op.api, op.layer.Policy.Pagination)
	if len(list) == 0 {
		return
	}
	op.setLayer(op.layer.Only(func(key string) bool { return !strings.HasPrefix(key, "pagination.") }))
	if report {
		r.found.Add(diag.Diagnostic{
			Pos: s.Pos, Severity: diag.Warning, Code: "annotation", Subject: "operation " + op.spec.Name(),
			What: s.Note + " does not fit the operation: " + list[0].what, Cure: "set pagination in a policy file",
		})
	}
}

// setLayer replaces the policy of an operation.
func (op *operation) setLayer(l policy.Layer) {
	op.layer = l
	op.api.Policy, op.api.Sources = l.Policy, l.Sources
}
