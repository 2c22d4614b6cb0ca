package kinopenapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// Check returns what kin-openapi finds wrong with a document, sorted. It leaves out lines that
// known has a finding for.
func Check(ctx context.Context, doc *spec.Document, known diag.List) diag.List {
	if doc.Version.IsSwagger() {
		return nil
	}
	if named := doc.Root.Get("components").Get("schemas"); named != nil && len(named.Pairs) > mostSchemas {
		return diag.List{{
			Pos: named.Pos, Severity: diag.Warning, Code: "kin-openapi", Subject: "kin-openapi",
			What: fmt.Sprintf("does not examine documents with more than %d schemas", mostSchemas),
		}}
	}
	r := &reader{
		files: doc.Files, file: doc.File, root: doc.Root, lines: within(mostWithLines, doc), texts: map[string]*text{},
		known: map[diag.Position]bool{},
	}
	for _, d := range known {
		r.known[lineOf(d.Pos)] = true
	}
	if err := r.validate(ctx, doc); err != nil {
		r.all(err, nil)
	}
	r.found.Sort()
	return r.found
}

// mostSchemas is the largest number of schemas of a document that kin-openapi validates. It follows
// the references of each, so that a chain of schemas takes time with the cube of its length.
const mostSchemas = 2000

// mostWithLines is the largest number of nodes of a document for which kin-openapi keeps the lines.
// With lines it needs four times the memory, about 4 kB for each node.
const mostWithLines = 100_000

// within reports whether the files of a document have at most a number of nodes in all.
func within(most int, doc *spec.Document) bool {
	left := most - count(doc.Root)
	for name, n := range doc.Files {
		if name != doc.File {
			left -= count(n)
		}
	}
	return left >= 0
}

func count(n *tree.Node) int {
	sum := 1
	for _, p := range n.Pairs {
		sum += count(p.Value)
	}
	for _, item := range n.Items {
		sum += count(item)
	}
	return sum
}

// lineOf returns a position without its column. Two findings in one line count as the same.
func lineOf(p diag.Position) diag.Position { return diag.Position{File: p.File, Line: p.Line} }

// A reader renders trees as text for kin-openapi, and maps lines of that text back to positions.
// Without lines it renders JSON, and errors have the position of the path, operation or component.
type reader struct {
	files map[string]*tree.Node
	file  string // the main one
	root  *tree.Node
	lines bool
	texts map[string]*text
	known map[diag.Position]bool
	found diag.List
}

// validate reads the rendered document with kin-openapi and validates it. A panic of kin-openapi is
// an error.
func (r *reader) validate(ctx context.Context, doc *spec.Document) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot validate the document: %v", p)
		}
	}()
	loader := &openapi3.Loader{
		Context: ctx, IsExternalRefsAllowed: true, IncludeOrigin: r.lines, ReadFromURIFunc: r.read,
	}
	kin, err := loader.LoadFromDataWithPath(r.render(doc.File, doc.Root), &url.URL{Path: doc.File})
	if err != nil {
		return fmt.Errorf("it cannot read the document: %w", err)
	}
	return kin.Validate(ctx, openapi3.EnableMultiError(), openapi3.AllowExtensionsWithRef())
}

// read returns the files that the document was read with. Other files are errors.
func (r *reader) read(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
	name := location.String()
	if location.Host == "" {
		name = location.Path
	}
	n := r.files[name]
	if n == nil {
		return nil, errors.New("there is no file " + name)
	}
	return r.render(name, n), nil
}

// render returns the text of a file.
func (r *reader) render(name string, n *tree.Node) []byte {
	if !r.lines {
		return n.JSON()
	}
	if r.texts[name] == nil {
		r.texts[name] = textOf(n)
	}
	return r.texts[name].Bytes()
}

// all adds each of the errors that err consists of; around lists the errors that contain err, the
// outermost first.
func (r *reader) all(err error, around []error) {
	if list, ok := err.(openapi3.MultiError); ok && !hasCode(around) {
		for _, e := range list {
			r.all(e, around)
		}
		return
	}
	around = append(around[:len(around):len(around)], err)
	if inner := errors.Unwrap(err); inner != nil {
		r.all(inner, around)
		return
	}
	r.add(around)
}

func hasCode(chain []error) bool {
	for _, err := range chain {
		if _, ok := err.(openapi3.CodedError); ok {
			return true
		}
	}
	return false
}

// add adds one error, unless its line has a finding already.
func (r *reader) add(chain []error) {
	pos := r.position(chain)
	if r.known[lineOf(pos)] {
		return
	}
	r.known[lineOf(pos)] = true
	r.found.Add(diag.Diagnostic{
		Pos: pos, Severity: diag.Warning, Code: "kin-openapi", Subject: "kin-openapi", What: what(chain),
	})
}

// what returns the innermost text with a code: "schema-items-required: …".
func what(chain []error) string {
	for i := len(chain) - 1; i >= 0; i-- {
		if coded, ok := chain[i].(openapi3.CodedError); ok {
			return coded.Code() + ": " + short(coded.Error())
		}
	}
	return short(chain[0].Error())
}

// most is the maximum number of letters of a finding. Some errors contain a whole schema.
const most = 200

func short(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}

// position returns the position of the field that the innermost error with an origin names, or that
// of the key of the whole object. Without an origin it is the path or component that the errors
// name, or the document.
func (r *reader) position(chain []error) diag.Position {
	for i := len(chain) - 1; i >= 0; i-- {
		o, _ := field(chain[i], "Origin").(*openapi3.Origin)
		if o == nil || o.Key == nil {
			continue
		}
		for _, name := range []string{"Field", "ValueKind"} {
			key, _ := field(chain[i], name).(string)
			if at, ok := o.Fields.Lookup(key[strings.LastIndexByte(key, '.')+1:]); ok {
				return r.place(&at)
			}
		}
		return r.place(o.Key)
	}
	return r.around(chain)
}

// field returns a field of the value that an error points to, or nil.
func field(err error, name string) any {
	v := reflect.ValueOf(err)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	if f := v.FieldByName(name); f.IsValid() && f.CanInterface() {
		return f.Interface()
	}
	return nil
}

// place maps a line of a rendered text to a position in the file.
func (r *reader) place(l *openapi3.Location) diag.Position {
	if t := r.texts[l.File]; t != nil {
		return t.place(l.Line)
	}
	return r.texts[r.file].place(l.Line)
}

// around follows the sections that an error names down the tree, as far as they exist.
func (r *reader) around(chain []error) diag.Position {
	n, pos := r.root, r.root.Pos
	for _, err := range chain {
		for _, name := range []string{"Section", "Path", "Method", "Name"} {
			key, _ := field(err, name).(string)
			for _, k := range []string{key, strings.ToLower(key), key + "s"} {
				if at := n.Get(k); at != nil && key != "" {
					pos = n.KeyPos("/" + strings.ReplaceAll(strings.ReplaceAll(k, "~", "~0"), "/", "~1"))
					n = at
					break
				}
			}
		}
	}
	return pos
}
