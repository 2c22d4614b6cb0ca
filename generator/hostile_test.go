package generator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// hostiles are texts that no author means and every document may hold.
var hostiles = []string{
	"", "-", "type", "Client", "😀", "../../x", "a,b", "{id}",
	"\"`*/\n//go:generate rm\r//line x:1\u2028+build x\x00\\", strings.Repeat("long ", 2000),
}

// Every key and every text of a document, replaced by hostile ones in turn, gives findings or
// harmless Go.
func TestGenerate_HostileTexts(t *testing.T) {
	const path = "../testdata/petstore/spec.yaml"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	node, found := tree.Parse(path, data)
	if found.HasErrors() {
		t.Fatal(found)
	}
	places := 0
	render(node, func(string) (string, bool) { places++; return "", false })
	for i := 0; i < places; i += 3 { // every third place meets every text, and takes a second
		replaced(t, node, i, hostiles[i%len(hostiles)])
	}
}

// replaced generates from the document with its i-th text replaced.
func replaced(t *testing.T, node *tree.Node, i int, text string) {
	t.Helper()
	at, was := -1, ""
	doc := render(node, func(old string) (string, bool) {
		if at++; at == i {
			was = old
		}
		return text, at == i
	})
	dir := t.TempDir()
	put(t, dir, "spec.yaml", doc)
	r, err := Generate(context.Background(), Config{
		Dir: dir, DryRun: true, Clients: []Client{{Spec: Text{Value: "spec.yaml"}, Output: Text{Value: "hostile"}}},
	})
	var list diag.List
	switch {
	case errors.As(err, &list):
	case err != nil:
		t.Errorf("text %d, %q, replaced by %.40q: %v", i, was, text, err)
	default:
		for name, source := range r.Packages[0].Files {
			harmless(t, fmt.Sprintf("%s with %q replaced by %.40q", name, was, text), source)
		}
	}
}

// render writes a node as JSON; swap may replace each text and each key.
func render(n *tree.Node, swap func(string) (string, bool)) string {
	quote := func(s string) string {
		if other, ok := swap(s); ok {
			s = other
		}
		q, _ := json.Marshal(s)
		return string(q)
	}
	switch n.Kind {
	case tree.String:
		return quote(n.Text)
	case tree.Sequence:
		items := make([]string, len(n.Items))
		for i, item := range n.Items {
			items[i] = render(item, swap)
		}
		return "[" + strings.Join(items, ",") + "]"
	case tree.Mapping:
		pairs := make([]string, len(n.Pairs))
		for i, p := range n.Pairs {
			pairs[i] = quote(p.Key) + ":" + render(p.Value, swap)
		}
		return "{" + strings.Join(pairs, ",") + "}"
	}
	return n.Text
}
