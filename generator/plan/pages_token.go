package plan

// This file infers token pagination that no policy declares, from the names of a query parameter
// and of a member of the response. docs/how-to/pages.md has the rule.

import (
	"regexp"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/policies"
	"github.com/resgen/resgen/resilience/policy"
)

var (
	tokenParam  = regexp.MustCompile(`(?i)^(next|page|pagination|next_?page)_?token$`)
	tokenMember = regexp.MustCompile(`(?i)^next.*token$`)
	notItems    = regexp.MustCompile(`(?i)^(errors|warnings)$`)
)

// inferPages sets the pagination of an operation that has a query parameter such as pageToken and a
// response member such as nextPageToken. The items are the only list at the lowest depth, except
// lists of errors and warnings. Operations that are unsafe or have a pagination are left alone.
func inferPages(op *operation, d api.Declarations) {
	if op.layer.Policy.Pagination.Style != "" || op.layer.Policy.Idempotency == policy.Unsafe {
		return
	}
	isToken := func(q *api.Param) bool { return q.In == api.InQuery && tokenParam.MatchString(q.Name) }
	at := slices.IndexFunc(op.api.Params, isToken)
	if at < 0 {
		return
	}
	list := responsePaths(d, op.api)
	isNext := func(path string) bool { return tokenMember.MatchString(lastName(path)) && isString(d, op.api, path) }
	next := slices.IndexFunc(list, isNext)
	if next < 0 {
		return
	}
	param := op.api.Params[at]
	rule := policy.Pagination{
		Style: string(api.PagesToken), Request: param.Name, Response: list[next], Items: onlyList(d, op.api, list),
	}
	layer := policies.FromDocument(policy.Policy{Pagination: rule}, param.Pos, "parameter "+param.Name)
	op.setLayer(policy.Merge(op.layer, layer))
}

// lastName returns the last name of a path.
func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// isString reports whether a member of the response is a string.
func isString(d api.Declarations, a *api.Operation, path string) bool {
	t, _ := responseMember(d, a, path)
	t = d.Bare(t)
	return t != nil && t.Kind == api.String
}

// onlyList returns the path of the only list at the lowest depth, empty if there is none or more
// than one.
func onlyList(d api.Declarations, a *api.Operation, list []string) string {
	best, count := "", 0
	for _, path := range list {
		if notItems.MatchString(lastName(path)) || itemsAt(d, a, path) == nil {
			continue
		}
		switch depth, lowest := strings.Count(path, "."), strings.Count(best, "."); {
		case best == "" || depth < lowest:
			best, count = path, 1
		case depth == lowest:
			count++
		}
	}
	if count != 1 {
		return ""
	}
	return best
}
