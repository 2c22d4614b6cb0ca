// This file finds pages that nobody has told of, by the names of a query parameter and of a member of the answer. The rule stands in docs/how-to/pages.md.
package plan

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

var (
	tokenParam  = regexp.MustCompile(`(?i)^(next|page|pagination|next_?page)_?token$`)
	tokenMember = regexp.MustCompile(`(?i)^next.*token$`)
	noItems     = regexp.MustCompile(`(?i)^(errors|warnings)$`)
)

// findPages gives an operation of whose pages nobody says anything those that its names tell of: a query parameter such as pageToken, and a member of the answer
// such as nextPageToken. The items are the only list that is as near to the root as any, lists of errors and warnings apart. It is never an
// operation that must not be called again.
func (p *planner) findPages(g graph, op *operation) {
	l := &op.layer
	if l.Policy.Pagination.Style != "" || l.Policy.Idempotency == policy.Unsafe {
		return
	}
	at := slices.IndexFunc(op.api.Params, func(q *api.Param) bool { return q.In == api.InQuery && tokenParam.MatchString(q.Name) })
	if at < 0 {
		return
	}
	paths := g.answerPaths(op.api)
	next := slices.IndexFunc(paths, func(path string) bool { return tokenMember.MatchString(last(path)) && g.isText(op.api, path) })
	if next < 0 {
		return
	}
	param := op.api.Params[at]
	found := policy.Pagination{Style: "token", Request: param.Name, Response: paths[next], Items: g.onlyList(op.api, paths)}
	layer := fromDocument(policy.Policy{Pagination: found}, param.Pos, "parameter "+param.Name)
	l.Policy.Pagination, l.Sources = found, maps.Clone(l.Sources)
	maps.Copy(l.Sources, layer.Sources)
	op.api.Policy, op.api.Sources = l.Policy, l.Sources
}

// last returns the last name of a path.
func last(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// isText reports whether a member of the answer is a text.
func (g graph) isText(a *api.Operation, path string) bool {
	t, _ := g.answered(a, path)
	t = g.bare(t)
	return t != nil && t.Kind == api.String
}

// onlyList returns the path of the only list that is as near to the root as any, "" if there is none or more than one.
func (g graph) onlyList(a *api.Operation, paths []string) string {
	best, count := "", 0
	for _, path := range paths {
		if noItems.MatchString(last(path)) || g.itemsOf(a, path) == nil {
			continue
		}
		switch deep, deepest := strings.Count(path, "."), strings.Count(best, "."); {
		case best == "" || deep < deepest:
			best, count = path, 1
		case deep == deepest:
			count++
		}
	}
	if count != 1 {
		return ""
	}
	return best
}
