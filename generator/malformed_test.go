package generator

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// seed makes the malformed documents of these tests the same in every run.
const seed = 20261129

// mutations returns how many mutated documents to try: 400, or the number in RESGEN_MUTATIONS.
func mutations() int {
	if n, err := strconv.Atoi(os.Getenv("RESGEN_MUTATIONS")); err == nil {
		return n
	}
	return 400
}

// Malformed path templates are findings at the path, or harmless.
func TestGenerate_MalformedPaths(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 1))
	paths := []string{
		"/a/b}", "/a/{b{c}}", "/a/}{b}", "/a/{{b}}", "/{}", "/a/{b", "{", "}", "/{a}{", "/{a}}{a}", "/a?x={",
		"/{a}/{a}",
	}
	pieces := []string{"{", "}", "{}", "{a}", "/", "a", "b", "?", "x=", "{a", "b}", "%7B", "{ü}", "{+a}", "#", ":"}
	for len(paths) < 200 {
		var b strings.Builder
		b.WriteString("/")
		for range 1 + r.IntN(7) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		paths = append(paths, b.String())
	}
	for i, path := range paths {
		for _, params := range []string{
			"", "parameters: [{name: a, in: path, required: true, schema: {type: string}}], ",
		} {
			doc := "openapi: 3.0.3\ninfo: {title: T, version: \"1\"}\npaths:\n  '" + path + "':\n    get: {" + params +
				"operationId: one, responses: {'204': {description: d}}}\n"
			found := survives(t, path, doc, i%10 == 0)
			malformed := strings.Count(path, "{") != strings.Count(path, "}") || strings.Contains(path, "{}")
			at := diag.Position{File: "a.yaml", Line: 4, Column: 3}
			if malformed &&
				!slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Pos == at && d.Code == "path" }) {
				t.Errorf("%s: no finding at the path, only %v", path, found)
			}
		}
	}
}

// Documents with nodes deleted, duplicated, moved and retyped give findings or clients.
func TestGenerate_MutatedDocuments(t *testing.T) {
	files, err := filepath.Glob("../testdata/*/spec.*")
	if err != nil || len(files) == 0 {
		t.Fatal("no documents", err)
	}
	var docs []*tree.Node
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n, found := tree.Parse(file, data); n != nil && !found.HasErrors() && len(data) < 20_000 {
			docs = append(docs, n)
		}
	}
	for i := range mutations() {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		doc := docs[i%len(docs)]
		for range 1 + r.IntN(3) {
			doc = mutate(r, doc)
		}
		survives(t, "mutation "+strconv.Itoa(i)+" of "+files[i%len(docs)], string(doc.JSON()), i%25 == 0)
	}
}

// survives plans the document, or generates from it if whole is set, and fails unless the result is
// a client or user mistakes.
func survives(t *testing.T, name, doc string, whole bool) diag.List {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "a.yaml", doc)
	c := Config{
		Dir: dir, DryRun: true, Clients: []Client{{Spec: Text{Value: "a.yaml"}, Output: Text{Value: "out/a"}}},
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	run := Plan
	if whole {
		run = Generate
	}
	r, err := run(ctx, c)
	if list := (diag.List)(nil); err != nil && !errors.As(err, &list) {
		t.Errorf("%s: %v\n%.2000s", name, err, doc)
	}
	return r.Diagnostics
}

// mutate returns a copy of a tree with one node changed.
func mutate(r *rand.Rand, root *tree.Node) *tree.Node {
	var all []*tree.Node
	var collect func(n *tree.Node)
	collect = func(n *tree.Node) {
		all = append(all, n)
		for _, p := range n.Pairs {
			collect(p.Value)
		}
		for _, item := range n.Items {
			collect(item)
		}
	}
	collect(root)
	target, other := all[r.IntN(len(all))], all[r.IntN(len(all))]
	kind := r.IntN(6)
	return rebuild(root, func(n *tree.Node) *tree.Node {
		if n != target {
			return n
		}
		return changeNode(r, kind, n, other)
	})
}

// changeNode returns n with one change of the given kind; other is a node from elsewhere in the
// document.
func changeNode(r *rand.Rand, kind int, n, other *tree.Node) *tree.Node {
	c := *n
	c.Pairs, c.Items = slices.Clone(n.Pairs), slices.Clone(n.Items)
	switch size := len(c.Pairs) + len(c.Items); {
	case kind == 0 && len(c.Pairs) > 0: // delete
		i := r.IntN(size)
		c.Pairs = slices.Delete(c.Pairs, i, i+1)
	case kind == 0 && size > 0:
		i := r.IntN(size)
		c.Items = slices.Delete(c.Items, i, i+1)
	case kind == 1 && len(c.Pairs) > 0: // duplicate
		p := c.Pairs[r.IntN(size)]
		p.Key += "2"
		c.Pairs = append(c.Pairs, p)
	case kind == 1 && size > 0:
		c.Items = append(c.Items, c.Items[r.IntN(size)])
	case kind == 2 && size > 0: // a list of a mapping or a value
		return &tree.Node{Kind: tree.Sequence, Items: []*tree.Node{n}}
	case kind == 3:
		return &tree.Node{Kind: tree.Mapping, Pairs: []tree.Pair{{Key: "$ref", Value: n}}}
	case kind == 4 && n != other: // another part of the document
		return other
	default:
		kinds := []tree.Node{
			{Kind: tree.Null}, {Kind: tree.Bool, Text: "true"}, {Kind: tree.Number, Text: "-1.5e3"},
			{Kind: tree.String},
			{Kind: tree.String, Text: "#/components/schemas/{}"}, {Kind: tree.Sequence}, {Kind: tree.Mapping},
		}
		return &kinds[r.IntN(len(kinds))]
	}
	return &c
}

// rebuild copies a tree with each node replaced by what swap returns. A swapped node is not
// searched again.
func rebuild(n *tree.Node, swap func(*tree.Node) *tree.Node) *tree.Node {
	if s := swap(n); s != n {
		return s
	}
	c := *n
	c.Pairs, c.Items = slices.Clone(n.Pairs), slices.Clone(n.Items)
	for i := range c.Pairs {
		c.Pairs[i].Value = rebuild(c.Pairs[i].Value, swap)
	}
	for i := range c.Items {
		c.Items[i] = rebuild(c.Items[i], swap)
	}
	return &c
}
