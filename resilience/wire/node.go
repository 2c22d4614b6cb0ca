package wire

// This file turns a value into a small ordered tree of texts, from which parameter styles and forms
// are written. It starts in nodeOf.

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

type nodeKind uint8

const (
	absent nodeKind = iota // nil, null, or a zero value of a type of this package
	scalar
	list
	object
)

// A node is a value in the form that parameters and forms need. A list or object contains no null
// and no empty list or object, because no style can write them.
type node struct {
	kind  nodeKind
	text  string   // of a scalar
	keys  []string // of an object, in order
	items []node   // of a list; values of an object
	texts []string // of a list of scalars, in place of items
	raw   []byte   // JSON of a list or object that was read from JSON
}

// isEmpty reports whether nothing would be written for the node.
func (n node) isEmpty() bool {
	return n.kind == absent || n.kind != scalar && n.len() == 0
}

// len returns the number of items.
func (n *node) len() int { return len(n.items) + len(n.texts) }

// item returns the item at an index.
func (n *node) item(i int) node {
	if n.texts != nil {
		return textNode(n.texts[i])
	}
	return n.items[i]
}

func textNode(s string) node { return node{kind: scalar, text: s} }

// A texter is a type of this package that has a text on the wire. ok is false for an absent value.
type texter interface {
	wireText() (text string, ok bool)
}

// nodeOf reads v. The common types are read directly, all others by way of [Marshal].
func nodeOf(v any) (node, error) {
	switch x := v.(type) {
	case nil:
		return node{}, nil
	case string:
		return textNode(x), nil
	case int:
		return textNode(strconv.Itoa(x)), nil
	case int64:
		return textNode(strconv.FormatInt(x, 10)), nil
	case bool:
		return textNode(strconv.FormatBool(x)), nil
	case []string:
		return node{kind: list, texts: x}, nil
	}
	return reflectNode(reflect.ValueOf(v))
}

// reflectNode reads values of any other type, through pointers.
func reflectNode(v reflect.Value) (node, error) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return node{}, nil
		}
		v = v.Elem()
	}
	if v.Kind() == reflect.Struct {
		return structNode(v.Interface())
	}
	if marshalsItself(v.Type()) {
		return jsonNode(v.Interface())
	}
	return kindNode(v)
}

// structNode reads a struct: a type that has a text, or one that is read from its JSON.
func structNode(v any) (node, error) {
	switch x := v.(type) {
	case texter:
		text, ok := x.wireText()
		if !ok {
			return node{}, nil
		}
		return textNode(text), nil
	case time.Time:
		return textNode(x.Format(time.RFC3339Nano)), nil
	}
	return jsonNode(v)
}

// marshalsItself reports whether a type encodes itself as JSON or text.
func marshalsItself(t reflect.Type) bool {
	if t.PkgPath() == "" {
		return false // it has no methods
	}
	if known, ok := marshalers.Load(t); ok {
		return known.(bool)
	}
	p := reflect.PointerTo(t)
	itself := p.Implements(reflect.TypeFor[json.Marshaler]()) || p.Implements(reflect.TypeFor[encoding.TextMarshaler]())
	marshalers.Store(t, itself)
	return itself
}

// marshalers keeps the results of marshalsItself, because reflection takes long to find them.
var marshalers sync.Map // reflect.Type → bool

func kindNode(v reflect.Value) (node, error) {
	switch v.Kind() {
	case reflect.String:
		return textNode(v.String()), nil
	case reflect.Bool:
		return textNode(strconv.FormatBool(v.Bool())), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return textNode(strconv.FormatInt(v.Int(), 10)), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return textNode(strconv.FormatUint(v.Uint(), 10)), nil
	case reflect.Float32, reflect.Float64:
		text, err := lossless.FloatText(v.Float(), v.Type().Bits())
		return textNode(text), err
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return sliceNode(v)
		}
	}
	return jsonNode(v.Interface())
}

// sliceNode reads a slice of scalars item by item, and a slice of other values from its JSON.
func sliceNode(v reflect.Value) (node, error) {
	if elem := v.Type().Elem(); elem.Kind() == reflect.String && !marshalsItself(elem) {
		n := node{kind: list, texts: make([]string, v.Len())}
		for i := range n.texts {
			n.texts[i] = v.Index(i).String()
		}
		return n, nil
	}
	n := node{kind: list, items: make([]node, 0, v.Len())}
	for i := range v.Len() {
		item, err := reflectNode(v.Index(i))
		if err != nil {
			return node{}, err
		}
		if item.kind == list || item.kind == object {
			return jsonNode(v.Interface())
		}
		if item.kind == scalar {
			n.items = append(n.items, item)
		}
	}
	return n, nil
}

// jsonNode reads the JSON of v. A nil list, map or slice of bytes is absent.
func jsonNode(v any) (node, error) {
	if isNil(v) {
		return node{}, nil
	}
	data, err := marshalSent(v)
	if err != nil {
		return node{}, err
	}
	return parseNode(data)
}

// parseNode reads a JSON text that is known to be valid.
func parseNode(data []byte) (node, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readNode(d, data)
}

func readNode(d *json.Decoder, data []byte) (node, error) {
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case string:
		return textNode(t), nil
	case json.Number:
		return textNode(t.String()), nil
	case bool:
		return textNode(strconv.FormatBool(t)), nil
	case json.Delim:
		return readComposite(d, data, t)
	}
	return node{}, nil
}

// readComposite reads the rest of a list or object after its opening bracket.
func readComposite(d *json.Decoder, data []byte, open json.Delim) (node, error) {
	start := d.InputOffset() - 1
	n := node{kind: list}
	if open == '{' {
		n.kind = object
	}
	for d.More() {
		key, item, err := readMember(d, data, n.kind)
		if err != nil {
			return node{}, err
		}
		if item.isEmpty() {
			continue
		}
		n.items = append(n.items, item)
		if n.kind == object {
			n.keys = append(n.keys, key)
		}
	}
	if _, err := d.Token(); err != nil {
		return node{}, err
	}
	n.raw = data[start:d.InputOffset()]
	return n, nil
}

// readMember reads the next item of a list, or of an object with its key.
func readMember(d *json.Decoder, data []byte, kind nodeKind) (key string, item node, err error) {
	if kind == object {
		token, err := d.Token()
		if err != nil {
			return "", node{}, err
		}
		key, _ = token.(string)
	}
	item, err = readNode(d, data)
	return key, item, err
}
