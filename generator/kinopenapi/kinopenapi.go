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

// Check returns what kin-openapi has against a document, except at places of which told has
// something already. The list is sorted.
func Check(ctx context.Context, doc *spec.Document, told diag.List) diag.List {
	if doc.Version == "2.0" {
		return nil
	}
	r := &reader{files: doc.Files, texts: map[string]*text{}, told: map[diag.Position]bool{}}
	for _, d := range told {
		r.told[lineOf(d.Pos)] = true
	}
	if err := r.validate(ctx, doc); err != nil {
		r.all(err, nil)
	}
	r.found.Sort()
	return r.found
}

// lineOf is a position without its column: two opinions of one line are taken for one.
func lineOf(p diag.Position) diag.Position { return diag.Position{File: p.File, Line: p.Line} }

// A reader hands trees to kin-openapi as texts, and takes its lines back to them.
type reader struct {
	files map[string]*tree.Node
	texts map[string]*text
	main  *text
	told  map[diag.Position]bool
	found diag.List
}

// validate reads the document once more and validates it. A panic of kin-openapi is its opinion
// too.
func (r *reader) validate(ctx context.Context, doc *spec.Document) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot validate the document: %v", p)
		}
	}()
	loader := &openapi3.Loader{Context: ctx, IsExternalRefsAllowed: true, IncludeOrigin: true, ReadFromURIFunc: r.read}
	r.main = textOf(doc.Root)
	r.texts[doc.File] = r.main
	kin, err := loader.LoadFromDataWithPath(r.main.Bytes(), &url.URL{Path: doc.File})
	if err != nil {
		return fmt.Errorf("it cannot read the document: %w", err)
	}
	return kin.Validate(ctx, openapi3.EnableMultiError(), openapi3.AllowExtensionsWithRef())
}

// read hands out the files that the document has been read with, and no others.
func (r *reader) read(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
	name := location.String()
	if location.Host == "" {
		name = location.Path
	}
	n := r.files[name]
	if n == nil {
		return nil, errors.New("there is no file " + name)
	}
	if r.texts[name] == nil {
		r.texts[name] = textOf(n)
	}
	return r.texts[name].Bytes(), nil
}

// all tells each of the errors that err is made of; around are those that it stands in, the
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
	r.tell(around)
}

func hasCode(chain []error) bool {
	for _, err := range chain {
		if _, ok := err.(openapi3.CodedError); ok {
			return true
		}
	}
	return false
}

// tell adds one error, unless something is told of its line already.
func (r *reader) tell(chain []error) {
	pos := r.position(chain)
	if r.told[lineOf(pos)] {
		return
	}
	r.told[lineOf(pos)] = true
	r.found.Add(diag.Diagnostic{
		Pos: pos, Severity: diag.Warning, Code: "kin-openapi", Subject: "kin-openapi", What: what(chain),
	})
}

// what is the innermost text with a code: "schema-items-required: …".
func what(chain []error) string {
	for i := len(chain) - 1; i >= 0; i-- {
		if coded, ok := chain[i].(openapi3.CodedError); ok {
			return coded.Code() + ": " + short(coded.Error())
		}
	}
	return short(chain[0].Error())
}

// most is how many letters of a text are told. Some hold a whole schema.
const most = 200

func short(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}

// position returns where the innermost error with an origin says that it is: at the field that it
// names, else at the key of the whole. Without any it is the path or component that the error
// stands in, else the document.
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

// field returns a field of what an error points to, nil if it has none of that name.
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

// place takes a line of a text back to the file that it was made of.
func (r *reader) place(l *openapi3.Location) diag.Position {
	if t := r.texts[l.File]; t != nil {
		return t.place(l.Line)
	}
	return r.main.place(l.Line)
}

// around follows the sections that an error names down the tree, as far as they lead.
func (r *reader) around(chain []error) diag.Position {
	n, pos := r.root(), r.main.place(1)
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

func (r *reader) root() *tree.Node {
	for name, t := range r.texts {
		if t == r.main {
			return r.files[name]
		}
	}
	return nil
}
