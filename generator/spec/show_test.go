package spec

// This file writes what Load returns as short text, so that tests can say what they expect on one
// line.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

// show writes a schema: string/date, integer?, object{id*:string}, [string], →Pet, &(a b), ^(a b)
// for oneOf, |(a b) for anyOf.
func show(s *Schema) string {
	switch {
	case s == nil:
		return "nothing"
	case s.Ref != nil && s.Ref.Name != "":
		return "→" + s.Ref.Name + flags(s)
	case s.Ref != nil:
		return "→" + show(s.Ref) + flags(s)
	}
	var b strings.Builder
	b.WriteString(strings.Join(s.Types, "|"))
	if s.Format != "" {
		b.WriteString("/" + s.Format)
	}
	b.WriteString(flags(s))
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			values = append(values, v.Text)
		}
		b.WriteString("(" + strings.Join(values, ",") + ")")
	}
	if len(s.Properties) > 0 || s.Additional != nil || s.Closed {
		b.WriteString(showMembers(s))
	}
	if s.Items != nil {
		b.WriteString("[" + show(s.Items) + "]")
	}
	b.WriteString(showList("tuple", s.Tuple) + showList("&", s.AllOf) + showList("^", s.OneOf) + showList("|", s.AnyOf))
	if d := s.Discriminator; d != nil {
		b.WriteString("@" + d.Property)
		for _, m := range d.Mapping {
			b.WriteString("," + m.Value + "=" + m.Schema.Name)
		}
	}
	if b.Len() == 0 {
		return "anything"
	}
	return b.String()
}

func flags(s *Schema) string {
	var b strings.Builder
	for _, f := range []struct {
		set  bool
		sign string
	}{{s.Nullable, "?"}, {s.ReadOnly, " ro"}, {s.WriteOnly, " wo"}, {s.Deprecated, " old"}, {s.Never, " never"}} {
		if f.set {
			b.WriteString(f.sign)
		}
	}
	return b.String()
}

func showMembers(s *Schema) string {
	var list []string
	for _, p := range s.Properties {
		star := ""
		if s.IsRequired(p.Name) {
			star = "*"
		}
		list = append(list, p.Name+star+":"+show(p.Schema))
	}
	if s.Additional != nil {
		list = append(list, "…:"+show(s.Additional))
	}
	if s.Closed {
		list = append(list, "!")
	}
	return "{" + strings.Join(list, " ") + "}"
}

func showList(sign string, list []*Schema) string {
	if len(list) == 0 {
		return ""
	}
	var parts []string
	for _, s := range list {
		parts = append(parts, show(s))
	}
	return sign + "(" + strings.Join(parts, " ") + ")"
}

// showParam writes a parameter: "query ids form explode required [string]".
func showParam(p *Param) string {
	words := []string{p.In, p.Name, p.Style}
	for _, f := range []struct {
		set  bool
		word string
	}{
		{p.Explode, "explode"}, {p.Required, "required"}, {p.AllowReserved, "reserved"}, {p.AllowEmpty, "empty"},
		{p.Deprecated, "old"},
	} {
		if f.set {
			words = append(words, f.word)
		}
	}
	if p.Inner != "" {
		words = append(words, "inner"+p.Inner)
	}
	if p.Component != "" {
		words = append(words, "#"+p.Component)
	}
	words = append(words, p.Media, show(p.Schema))
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// showContents writes media types: "application/json→string text/plain→nothing".
func showContents(list []*Content) string {
	var out []string
	for _, c := range list {
		var text strings.Builder
		text.WriteString(c.Media + "→" + show(c.Schema))
		for _, e := range c.Encodings {
			text.WriteString(fmt.Sprintf("<%s %s %s %v", e.Name, e.Media, e.Style, e.Explode))
			if e.AllowReserved {
				text.WriteString(" reserved")
			}
			if e.Inner != "" {
				text.WriteString(" inner " + e.Inner)
			}
			text.WriteString(">")
		}
		out = append(out, text.String())
	}
	return strings.Join(out, " ")
}

// showOperation writes an operation, a line each part.
func showOperation(o *Operation) string {
	lines := []string{strings.TrimSpace(o.Method + " " + o.Path + " " + o.ID)}
	for _, p := range o.Params {
		lines = append(lines, showParam(p))
	}
	if o.Body != nil {
		required := ""
		if o.Body.Required {
			required = "required "
		}
		lines = append(lines, "body "+required+strings.TrimSpace(o.Body.Component+" "+showContents(o.Body.Contents)))
	}
	for _, r := range o.Responses {
		lines = append(
			lines, strings.TrimSpace(r.Status+" "+strings.TrimSpace(r.Component+" "+showContents(r.Contents))),
		)
	}
	return strings.Join(lines, "\n")
}

// load reads a document from text and returns it with its findings as lines.
func load(t *testing.T, text string) (*Document, []string) {
	t.Helper()
	doc, found := loadQuietly(Options{File: "a.yaml", Data: []byte(text)})
	var lines []string
	for _, d := range found {
		lines = append(lines, d.Error())
	}
	return doc, lines
}

// loadQuietly is Load for incomplete documents: it drops findings about missing keys and keys of
// other versions.
func loadQuietly(o Options) (*Document, diag.List) {
	doc, found := Load(context.Background(), o)
	return doc, slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return d.Code == "missing-key" || d.Code == "other-version"
	})
}

// mustLoad is load for a document without findings.
func mustLoad(t *testing.T, text string) *Document {
	t.Helper()
	doc, lines := load(t, text)
	if doc == nil || len(lines) > 0 {
		t.Fatalf("findings: %s", strings.Join(lines, "\n"))
	}
	return doc
}

// same fails the test unless got is want, line by line.
func same(t *testing.T, got, want string) {
	t.Helper()
	if got, want = strings.TrimSpace(got), strings.TrimSpace(want); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
