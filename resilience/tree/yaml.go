package tree

import (
	"errors"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/resgen/resgen/resilience/diag"
)

func parseYAML(file, src string) (*Node, diag.List) {
	y := &yamlReader{file: file}
	f, err := parser.ParseBytes([]byte(src), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var e yaml.Error
		p := diag.Position{File: file}
		what := err.Error()
		if errors.As(err, &e) {
			p, what = y.pos(e.GetToken()), e.GetMessage()
		}
		return nil, diag.List{{Pos: p, Code: "syntax", What: what}}
	}
	n := y.node(f.Docs[0].Body)
	return n, y.found
}

type yamlReader struct {
	file  string
	found diag.List
}

func (y *yamlReader) pos(t *token.Token) diag.Position {
	return diag.Position{File: y.file, Line: t.Position.Line, Column: t.Position.Column}
}

func (y *yamlReader) node(n ast.Node) *Node {
	out := &Node{Pos: y.pos(n.GetToken()), Text: n.GetToken().Value}
	switch v := n.(type) {
	case *ast.NullNode:
		out.Kind, out.Text = Null, "null"
	case *ast.BoolNode:
		out.Kind, out.Text = Bool, strings.ToLower(out.Text)
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.Kind = Number
	case *ast.StringNode:
		out.Kind, out.Text = String, v.Value
	case *ast.LiteralNode:
		out.Kind, out.Text = String, v.Value.Value
	case *ast.SequenceNode:
		out.Kind, out.Text = Sequence, ""
		for _, i := range v.Values {
			out.Items = append(out.Items, y.node(i))
		}
	case *ast.MappingNode:
		out.Kind, out.Text = Mapping, ""
		for _, p := range v.Values {
			k := y.node(p.Key)
			out.Pairs = append(out.Pairs, Pair{k.Text, k.Pos, y.node(p.Value)})
		}
		if len(out.Pairs) > 0 && !v.IsFlowStyle {
			out.Pos = out.Pairs[0].KeyPos
		}
		out.Pairs = unique(out.Pairs, &y.found)
	}
	return out
}
