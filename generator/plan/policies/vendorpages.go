package policies

// This file reads the annotations of other tools that describe pages.

import (
	"strings"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// member returns the path of a member that an expression such as $.a.b, $response.a.b or
// $request.a.b selects. It reports false for expressions that select anything else.
func member(n *tree.Node) (path string, ok bool) {
	if n == nil {
		return "", true
	}
	text := strings.TrimSpace(n.Text)
	for _, root := range []string{"$response", "$request", "$"} {
		if rest, found := strings.CutPrefix(text, root); found {
			text = strings.TrimPrefix(rest, ".")
			break
		}
	}
	return text, !strings.ContainsAny(text, "[]()*?@$#'\" ")
}

// members returns the paths of several keys of a mapping, by key. It reports false if one of them
// is not a path.
func members(n *tree.Node, keys ...string) (paths map[string]string, ok bool) {
	paths = map[string]string{}
	for _, key := range keys {
		path, ok := member(n.Get(key))
		if !ok {
			return nil, false
		}
		paths[key] = path
	}
	return paths, true
}

func paged(p policy.Pagination) (policy.Policy, bool) {
	return policy.Policy{Pagination: p}, p.Style != ""
}

// speakeasyPages reads {type: offsetLimit|cursor|url, inputs: [{name, in, type}], outputs:
// {results, nextCursor, nextUrl}}. Inputs have the types page, offset, limit and cursor.
func speakeasyPages(_, n *tree.Node) (policy.Policy, bool) {
	out, ok := members(n.Get("outputs"), "results", "nextCursor", "nextUrl")
	if !ok {
		return policy.Policy{}, false
	}
	inputs := map[string]string{}
	for _, input := range items(n.Get("inputs")) {
		if kind, name := input.Get("type"), input.Get("name"); kind != nil && name != nil {
			inputs[kind.Text] = name.Text
		}
	}
	p := policy.Pagination{Items: out["results"], Size: inputs["limit"]}
	switch kind := n.Get("type"); {
	case kind == nil:
	case kind.Text == "cursor" && inputs["cursor"] != "" && out["nextCursor"] != "":
		p.Style, p.Request, p.Response = "token", inputs["cursor"], out["nextCursor"]
	case kind.Text == "url" && out["nextUrl"] != "":
		p.Style, p.Response = "link", out["nextUrl"]
	case kind.Text == "offsetLimit" && inputs["page"] != "":
		p.Style, p.Request = "page", inputs["page"]
	case kind.Text == "offsetLimit" && inputs["offset"] != "":
		p.Style, p.Request = "offset", inputs["offset"]
	}
	return paged(p)
}

func items(n *tree.Node) []*tree.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// fernPages reads {cursor, next_cursor, results}, {next_uri, results} and {offset, step, results,
// has-next-page}, whose values are expressions. With a step, an offset counts items, else pages. At
// the root it describes the operations that set it to true.
func fernPages(root, n *tree.Node) (policy.Policy, bool) {
	shared := root.Get("x-fern-pagination")
	switch {
	case n == shared, n.Text == "false":
		return policy.Policy{}, true
	case n.Text == "true":
		n = shared
	}
	m, ok := members(n, "cursor", "next_cursor", "next_uri", "offset", "step", "results", "has-next-page")
	if !ok {
		return policy.Policy{}, false
	}
	p := policy.Pagination{Items: m["results"]}
	switch {
	case m["cursor"] != "" && m["next_cursor"] != "":
		p.Style, p.Request, p.Response = "token", m["cursor"], m["next_cursor"]
	case m["next_uri"] != "":
		p.Style, p.Response = "link", m["next_uri"]
	case m["offset"] != "" && m["step"] != "":
		p.Style, p.Request, p.Size, p.Response = "offset", m["offset"], m["step"], m["has-next-page"]
	case m["offset"] != "":
		p.Style, p.Request, p.Response = "page", m["offset"], m["has-next-page"]
	}
	return paged(p)
}

// microsoftPages reads {nextLinkName, itemName}, by default nextLink and value. A nextLinkName of
// null means that there is one page.
func microsoftPages(_, n *tree.Node) (policy.Policy, bool) {
	p := policy.Pagination{Style: "link", Response: "nextLink", Items: "value"}
	next, list := n.Get("nextLinkName"), n.Get("itemName")
	switch {
	case n.Kind != tree.Mapping:
		return policy.Policy{}, false
	case next != nil && next.Kind == tree.Null:
		return policy.Policy{}, true
	case next != nil:
		p.Response = next.Text
	}
	if list != nil {
		p.Items = list.Text
	}
	return paged(p)
}
