package spec

import (
	"strings"
	"testing"
)

// TestOperation_Expressions: expressions that are more than a name place the parameters that are
// declared.
func TestOperation_Expressions(t *testing.T) {
	for _, row := range []struct {
		path     string
		declared string // "name location", separated by commas
		want     string // parameters, then places
		found    string
	}{
		{"/a/{id}/b/{id}", "id path", "path id simple|id a,id b", `a.yaml:3:3: warning: path /a/{id}/b/{id}: ` +
			`{id} occurs more than once, using an argument for each; give each parameter another name`},
		{"/{id}/{id}/{id}", "id path", "path id simple|id ,id ,id ", `a.yaml:3:3: warning: path /{id}/{id}/{id}: ` +
			`{id} occurs more than once, using an argument for each; give each parameter another name`},
		{"/a/{id}?id={id}", "id path", "path id simple|id a", ""},
		{"/a/{+p}", "p path", "path p simple greedy|p a", ""},
		{"/a/{+p}", "+p path", "path +p simple|+p a", ""},
		{"/a/{p+}", "p path", "path p simple greedy|p a", ""},
		{"/a/{*p}", "p path", "path p simple greedy|p a", ""},
		{"/a/{p=b/*}", "p path", "path p simple greedy|p a", ""},
		{"/a/{p*}", "p path", "path p simple explode|p a", ""},
		{"/a/{p**}", "p path", "path p simple explode|p a", ""},
		{"/a{/p,q}", "p path,q path", "path p simple,path q simple|p a,q a", ""},
		{"/a{;p*}", "p path", "path p matrix explode|p a", ""},
		{"/a{.p}", "p path", "path p label|p a", ""},
		{"/a/{p:[0-9]+}", "p path", "path p simple|p a", `a.yaml:3:3: warning: path /a/{p:[0-9]+}: {p:[0-9]+} ` +
			`is more than a name, using only the name; write {p}, and a pattern in the schema`},
		{"/a/{p?}", "p path", "path p simple|p a", `a.yaml:3:3: warning: path /a/{p?}: {p?} ` +
			`is more than a name, using only the name; write {p}, and a pattern in the schema`},
		{"/a{?p,q}", "p query,q path", "query p form explode optional,query q form explode optional|", ""},
		{"/a?b=1{&p}", "p query", "query p form explode optional|", ""},
		{"/a{?p}", "", "query p form explode optional|", `a.yaml:4:5: warning: operation GET /a{?p}: ` +
			`query parameter {p} is not declared, assuming string; add it to parameters`},
		{"/a{#p}", "p path", "|", `a.yaml:3:3: warning: path /a{#p}: {#p} is a fragment, which is not sent; delete it`},
		{"/a/{+p}", "", "path p simple|p a", `a.yaml:4:5: warning: operation GET /a/{+p}: ` +
			`path parameter {p} is not declared, assuming string; add it to parameters`},
	} {
		text := "openapi: 3.0.3\npaths:\n  '" + row.path + "':\n    get:\n      responses: {}\n      parameters:\n"
		for one := range strings.SplitSeq(row.declared, ",") {
			if name, in, ok := strings.Cut(one, " "); ok {
				text += "        - {name: '" + name + "', in: " + in + ", schema: {type: string}"
				if in == "path" {
					text += ", required: true"
				}
				text += "}\n"
			}
		}
		doc, lines := load(t, strings.TrimSuffix(text, "      parameters:\n"))
		o := doc.Operations[0]
		var params, places []string
		for _, p := range o.Params {
			text := p.In + " " + p.Name + " " + p.Style
			if p.Explode {
				text += " explode"
			}
			if p.Greedy {
				text += " greedy"
			}
			if !p.Required {
				text += " optional"
			}
			params = append(params, text)
		}
		for _, p := range o.Places {
			places = append(places, p.Param+" "+p.Before)
		}
		if got := strings.Join(params, ",") + "|" + strings.Join(places, ","); got != row.want {
			t.Errorf("%s with %s: got %s, want %s", row.path, row.declared, got, row.want)
		}
		if got := strings.Join(lines, "\n"); got != row.found {
			t.Errorf("%s with %s: got the findings\n%s\nwant\n%s", row.path, row.declared, got, row.found)
		}
	}
}

// TestOperation_ExpressionsOfSharedParameters: a parameter of several paths is placed in each as
// the path says, and one finding is enough for all operations of a path.
func TestOperation_ExpressionsOfSharedParameters(t *testing.T) {
	doc, lines := load(t, `openapi: 3.0.3
paths:
  /a/{+p}:
    parameters: [&p {name: p, in: path, required: true, schema: {type: string}}]
    get: {responses: {}}
  /b/{p}/{p}:
    parameters: [*p]
    get: {responses: {}}
    put: {responses: {}}
`)
	if a, b := doc.Operations[0].Params[0], doc.Operations[1].Params[0]; !a.Greedy || b.Greedy || len(lines) != 1 {
		t.Errorf("got %+v, %+v, %q", a, b, lines)
	}
}
