package changes

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// in returns a position in a file.
func in(file string, line int) diag.Position { return diag.Position{File: file, Line: line, Column: 1} }

// newAPI returns an API with two operations.
func newAPI() *api.API {
	whole := policy.Default()
	sources := map[string]policy.Source{}
	operation := func(id, method, path string, line int) *api.Operation {
		p := whole
		p.Idempotency = policy.ClassOf(method)
		return &api.Operation{
			ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Method: method, Path: path, Pos: in("x.yaml", line),
			Policy: p,
			Sources: map[string]policy.Source{
				"idempotency": {Kind: policy.FromMethod, Note: method + " (RFC 9110)"},
			},
		}
	}
	return &api.API{
		Package: "x", Source: "x.yaml", Policy: whole, Sources: sources,
		Circuits: map[string]policy.Breaker{}, Buckets: map[string]policy.Rate{}, Shared: policy.SharedSources{},
		Operations: []*api.Operation{
			operation("list", "GET", "/pets", 5), operation("create", "POST", "/pets", 9),
		},
	}
}

// sentences returns the sentences of changes, with the codes of those that are not of policies.
func sentences(list []Change) []string {
	var out []string
	for _, g := range Groups(list) {
		text := g.Sentence()
		if g.Code != "policy" {
			text = g.Code + " " + text
		}
		out = append(out, text)
	}
	return out
}

func TestBetween(t *testing.T) {
	file := func(line int) policy.Source {
		return policy.Source{Kind: policy.FromFile, Pos: in("policy.yaml", line)}
	}
	for _, tt := range []struct {
		name   string
		change func(*Client)
		want   []string
	}{
		{"nothing", func(*Client) {}, nil},
		{"class with a why", func(c *Client) {
			op := c.API.Operations[1]
			op.Policy.Idempotency, op.Policy.Why = policy.Idempotent, "once"
			op.Sources["idempotency"], op.Sources["why"] = file(3), file(4)
		}, []string{"create: unsafe → idempotent, policy.yaml:3:1 (was method POST (RFC 9110)); at most 1 → 4 requests a " +
			"call, refused ones not counted: looser"}},
		{"why alone", func(c *Client) {
			c.API.Operations[0].Policy.Why, c.API.Operations[0].Sources["why"] = "reads", file(4)
		}, []string{`list: why none → "reads", policy.yaml:4:1 (was not set)`}},
		{"attempts of all", func(c *Client) {
			c.API.Policy.Retry.Attempts, c.API.Sources["retry.attempts"] = 2, file(2)
			for _, op := range c.API.Operations {
				op.Policy.Retry.Attempts, op.Sources["retry.attempts"] = 2, file(2)
			}
		}, []string{
			"the defaults and create: retry.attempts 4 → 2, policy.yaml:2:1 (was built-in default): stricter",
			"list: retry.attempts 4 → 2, policy.yaml:2:1 (was built-in default); at most 4 → 2 requests a call, refused " +
				"ones not counted: stricter",
		}},
		{"a circuit", func(c *Client) {
			c.API.Circuits["main"] = policy.Breaker{Open: time.Second}
			c.API.Shared["circuit main"] = map[string]policy.Source{"": file(6)}
		}, []string{"circuit-added circuit main: was added, policy.yaml:6:1"}},
		{"renamed operation", func(c *Client) { c.API.Operations[0].ID = "all" }, []string{
			"operation-renamed GET /pets: operationId list → all, x.yaml:5:1",
		}},
		{"renamed method", func(c *Client) { c.API.Operations[0].Name = "All" }, []string{
			"method-renamed GET /pets: method List → All, x.yaml:5:1",
		}},
		{"removed operation", func(c *Client) { c.API.Operations = c.API.Operations[:1] }, []string{
			"operation-removed POST /pets: was removed, x.yaml (was x.yaml:9:1); breaks callers",
		}},
		{"added operation", func(c *Client) {
			op := *c.API.Operations[0]
			op.ID, op.Path, op.Pos = "get", "/pets/{id}", in("x.yaml", 20)
			c.API.Operations = append(c.API.Operations, &op)
		}, []string{
			"operation-added GET /pets/{id}: was added, x.yaml:20:1; safe, at most 4 requests a call, refused ones not " +
				"counted",
		}},
		{"added operation above its method", func(c *Client) {
			op := *c.API.Operations[1]
			op.ID, op.Path, op.Policy.Idempotency = "send", "/mails", policy.Keyed
			c.API.Operations = append(c.API.Operations, &op)
		}, []string{
			"operation-added POST /mails: was added, x.yaml:9:1; keyed, at most 4 requests a call, refused ones not " +
				"counted: looser",
		}},
		{"output and package", func(c *Client) { c.Output, c.API.Package = "out/y", "y" }, []string{
			"output out/y: output out/x → out/y, resgen.yaml:3:1", "package out/y: package x → y, resgen.yaml:3:1",
		}},
		{"document", func(c *Client) { c.API.Source = "y.yaml" }, []string{
			"document out/x: document x.yaml → y.yaml, resgen.yaml:3:1",
		}},
		{"version and title", func(c *Client) { c.API.Version, c.API.Title = "2", "X" }, []string{
			"title out/x: title none → X, x.yaml", "version out/x: version none → 2, x.yaml",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := Client{Output: "out/x", Pos: in("resgen.yaml", 3), API: newAPI()}
			changed := Client{Output: "out/x", Pos: in("resgen.yaml", 3), API: newAPI()}
			tt.change(&changed)
			if got := sentences(Between([]Client{old}, []Client{changed})); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// A response that is a stream is not requested twice at the same time.
func TestBetween_HedgedStream(t *testing.T) {
	client := func(hedged policy.Switch) Client {
		c := Client{Output: "out/x", API: newAPI()}
		op := c.API.Operations[0]
		op.Success = []*api.Outcome{{Status: 200, Decode: api.DecodeStream}}
		op.Policy.Hedge = policy.Hedge{Enabled: hedged, After: time.Second, Max: 1}
		op.Policy.Retry.Attempts = 2
		return c
	}
	old, changed := client(policy.Off), client(policy.On)
	changed.API.Operations[0].Policy.Retry.Attempts = 3
	for _, c := range Policies("out/x", old.API, changed.API) {
		const want = "at most 2 → 3 requests a call, refused ones not counted"
		if c.Key == "retry.attempts" && c.Effect != want {
			t.Errorf("got %q, want %q", c.Effect, want)
		}
	}
}

// Clients belong together by output, then by document, then by package.
func TestBetween_Clients(t *testing.T) {
	client := func(output, source, pkg string, line int) Client {
		a := newAPI()
		a.Source, a.Package = source, pkg
		return Client{Output: output, Pos: in("resgen.yaml", line), API: a}
	}
	old := []Client{client("a", "a.yaml", "a", 1), client("b", "b.yaml", "b", 2), client("c", "c.yaml", "c", 3)}
	for _, tt := range []struct {
		name string
		new  []Client
		want []string
	}{
		{"swapped documents", []Client{client("a", "b.yaml", "a", 1), client("b", "a.yaml", "b", 2), old[2]}, []string{
			"document a: document a.yaml → b.yaml, resgen.yaml:1:1",
			"document b: document b.yaml → a.yaml, resgen.yaml:2:1",
		}},
		{"added and removed", []Client{old[0], old[1], client("d", "d.yaml", "d", 3)}, []string{
			"client-removed c: the client was removed: 2 operations, was resgen.yaml:3:1",
			"client-added d: the client was added: 2 operations, resgen.yaml:3:1",
		}},
		{"moved", []Client{old[0], client("x", "b.yaml", "b", 2), old[2]}, []string{
			"output x: output b → x, resgen.yaml:2:1",
		}},
		{"moved with another document", []Client{old[0], client("x", "y.yaml", "b", 2), old[2]}, []string{
			"output x: output b → x, resgen.yaml:2:1", "document x: document b.yaml → y.yaml, resgen.yaml:2:1",
		}},
	} {
		if got := sentences(Between(old, tt.new)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

func TestGroup_Sentence(t *testing.T) {
	var list []Change
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		list = append(list, Change{Client: "x", Subject: name, What: "changed"})
	}
	for n, want := range map[int]string{
		1: "a: changed", 2: "a and b: changed", 4: "a, b, c and d: changed", 5: "a, b, c and 2 more: changed",
	} {
		if got := Groups(list[:n])[0].Sentence(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if n := len(Groups(append(list, Change{Client: "x", Subject: "f", What: "other"}))); n != 2 {
		t.Errorf("got %d groups, want 2", n)
	}
}

// A change is shown where the new version has it, else at its operation, else in the old file.
func TestChange_Pos(t *testing.T) {
	c := Change{OldAt: Place{Pos: in("old", 3)}}
	if got := c.Pos().String(); got != "old" {
		t.Errorf("got %s", got)
	}
	c.Shown = in("document", 4)
	if got := c.Pos().String(); got != "document:4:1" {
		t.Errorf("got %s", got)
	}
	c.NewAt.Pos = in("new", 5)
	if got := c.Pos().String(); got != "new:5:1" {
		t.Errorf("got %s", got)
	}
}

func TestFiles(t *testing.T) {
	const source = "package x\n\n// A is.\ntype A int\n\nfunc f() {}\n"
	for _, tt := range []struct {
		name, old, new string
		alone, beside  any // what is said of the file; nil: nothing
	}{
		{"x.go", source, source, nil, nil},
		{"x.go", source, strings.Replace(source, "A is", "A was", 1), "only comments differ", nil},
		{"x.go", source, strings.Replace(source, "\n\n", "\n\n\n", 1), "only formatting differs", nil},
		{"x.go", source, strings.Replace(source, "int", "string", 1), "changed: A", nil},
		{"x.go", source, strings.Replace(source, "type A", "type B", 1), "added: B; removed: A",
			"added: B; removed: A"},
		{"x.go", source, strings.Replace(source, "f()", "g()", 1), "added: g; removed: f", nil},
		{"x.go", "package", source, "did not parse as Go", nil},
		{"X.md", "a", "b", "the text differs", nil},
		{"x.go", "", source, "was added", "was added"}, {"x.go", source, "", "was removed", "was removed"},
	} {
		files := func(content string) map[string][]byte {
			if content == "" {
				return map[string][]byte{}
			}
			return map[string][]byte{tt.name: []byte(content)}
		}
		for explained, want := range map[bool]any{false: tt.alone, true: tt.beside} {
			var got any
			if list := Files("out", files(tt.old), files(tt.new), explained); len(list) > 0 {
				got = list[0].What
			}
			if got != want {
				t.Errorf("%q, explained %v: got %v, want %v", tt.new, explained, got, want)
			}
		}
	}
}
