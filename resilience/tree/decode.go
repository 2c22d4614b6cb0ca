package tree

// This file decodes a tree strictly into Go values. [Decode] is the entry; structs are in
// decode_struct.go.

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/diag"
)

// A NodeDecoder decodes itself from its node, for keys whose order or positions matter. The list
// that it returns is added to the findings of the run.
type NodeDecoder interface {
	DecodeNode(n *Node) diag.List
}

// An Option changes one run of [Decode].
type Option func(*decoder)

// Record fills set with the position of the value of each leaf in the document, by the keys on the
// way joined by dots: "retry.attempts". A leaf is any value except a struct or a map; a list is one
// leaf. Leaves with an error are left out.
func Record(set map[string]diag.Position) Option {
	return func(d *decoder) { d.set = set }
}

// About puts subject before the path in the subject of every finding: "operation addPet".
func About(subject string) Option {
	return func(d *decoder) { d.subject = subject }
}

// Also allows further keys at the top, which the caller reads.
func Also(keys ...string) Option {
	return func(d *decoder) { d.also = append(d.also, keys...) }
}

// Decode stores the value of n in the value that into points to and returns all mistakes of the
// document, unsorted.
//
// Structs are decoded by their yaml tags: `yaml:"name"`, and `yaml:",inline"` for a struct whose
// keys are on the level of its parent's; fields without a tag are ignored. Every key must be known.
// A null leaves a struct, map, list or pointer unchanged, and is a mistake elsewhere. Text, numbers
// and bools are not converted into one another. A [time.Duration] is text with a unit: 1m30s. Types
// with an UnmarshalText method get the text of a scalar and return what is wrong with it; a
// [NodeDecoder] gets the node. A field of type *Node keeps the node itself.
//
// A nil n changes nothing. Decode panics if into is not a pointer, or contains a type that no
// document can fill (a channel).
func Decode(n *Node, into any, opts ...Option) diag.List {
	var d decoder
	for _, o := range opts {
		o(&d)
	}
	if n != nil {
		d.decode(n, reflect.ValueOf(into).Elem(), "")
	}
	return d.found
}

type decoder struct {
	found   diag.List
	set     map[string]diag.Position
	subject string
	also    []string
}

// wrong records that the value at path is not the wanted one.
func (d *decoder) wrong(n *Node, path, what, cure string) {
	d.found.Add(diag.Diagnostic{Pos: n.Pos, Code: "wrong-type", Subject: d.about(path), What: what, Cure: cure})
}

// want is wrong with the words "want x, got y".
func (d *decoder) want(n *Node, path, want string) {
	d.wrong(n, path, "want "+want+", got "+n.Describe(), "")
}

func (d *decoder) about(path string) string {
	switch {
	case d.subject == "":
		return path
	case path == "":
		return d.subject
	}
	return d.subject + ": " + path
}

func (d *decoder) leaf(n *Node, path string) {
	if d.set != nil {
		d.set[path] = n.Pos
	}
}

// Describe names the value of a node for a message.
func (n *Node) Describe() string {
	switch n.Kind {
	case Null:
		return "nothing"
	case String:
		return strconv.Quote(shorten(n.Text))
	case Sequence:
		return "a list"
	case Mapping:
		return "a mapping"
	}
	return shorten(n.Text)
}

// shorten cuts text that is too long for a message.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

var (
	nodeType     = reflect.TypeFor[*Node]()
	durationType = reflect.TypeFor[time.Duration]()
)

// decode stores n in v. Findings do not stop it.
func (d *decoder) decode(n *Node, v reflect.Value, path string) {
	if d.hooked(n, v, path) {
		return
	}
	switch k := v.Kind(); {
	case n.Kind == Null:
		d.null(n, k, path)
	case v.Type() == durationType:
		d.duration(n, v, path)
	case k == reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.decode(n, p.Elem(), path)
		v.Set(p)
	case k == reflect.Struct:
		d.structure(n, v, path)
	case k == reflect.Map:
		d.mapping(n, v, path)
	case k == reflect.Slice:
		d.slice(n, v, path)
	case k == reflect.Interface && v.NumMethod() == 0:
		v.Set(reflect.ValueOf(n.value()))
		d.leaf(n, path)
	default:
		d.scalar(n, v, path)
	}
}

// hooked decodes the types that decode themselves.
func (d *decoder) hooked(n *Node, v reflect.Value, path string) bool {
	if v.Type() == nodeType {
		v.Set(reflect.ValueOf(n))
		d.leaf(n, path)
		return true
	}
	switch h := v.Addr().Interface().(type) {
	case NodeDecoder:
		d.found = append(d.found, h.DecodeNode(n)...)
		d.leaf(n, path)
		return true
	case encoding.TextUnmarshaler:
		d.text(n, h, path)
		return true
	}
	return false
}

func (d *decoder) text(n *Node, h encoding.TextUnmarshaler, path string) {
	if n.Kind == Null || n.Kind == Sequence || n.Kind == Mapping {
		d.want(n, path, "one value")
		return
	}
	if err := h.UnmarshalText([]byte(n.Text)); err != nil {
		d.wrong(n, path, err.Error(), "")
		return
	}
	d.leaf(n, path)
}

func (d *decoder) null(n *Node, k reflect.Kind, path string) {
	switch k {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Pointer, reflect.Interface:
	default:
		d.wrong(n, path, "has no value", "give it one or delete the key")
	}
}

func (d *decoder) duration(n *Node, v reflect.Value, path string) {
	if n.Kind == Number {
		d.wrong(n, path, n.Text+" has no unit", "write "+n.Text+"s")
		return
	}
	t, err := time.ParseDuration(n.Text)
	if n.Kind != String || err != nil {
		d.want(n, path, "a duration like 30s, 5m or 1h30m")
		return
	}
	v.SetInt(int64(t))
	d.leaf(n, path)
}

func (d *decoder) mapping(n *Node, v reflect.Value, path string) {
	if n.Kind != Mapping {
		d.want(n, path, "a mapping")
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Pairs)))
	}
	for _, p := range n.Pairs {
		e := reflect.New(v.Type().Elem()).Elem()
		d.decode(p.Value, e, join(path, p.Key))
		v.SetMapIndex(reflect.ValueOf(p.Key).Convert(v.Type().Key()), e)
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (d *decoder) slice(n *Node, v reflect.Value, path string) {
	if n.Kind != Sequence {
		d.want(n, path, "a list")
		return
	}
	before, set := len(d.found), d.set
	d.set = nil // the items are not leaves
	s := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		d.decode(item, s.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	d.set = set
	v.Set(s)
	if len(d.found) == before {
		d.leaf(n, path)
	}
}

func (d *decoder) scalar(n *Node, v reflect.Value, path string) {
	before := len(d.found)
	switch k := v.Kind(); {
	case k == reflect.String:
		d.string(n, v, path)
	case k == reflect.Bool:
		if n.Kind != Bool {
			d.want(n, path, "true or false")
			return
		}
		v.SetBool(n.Text == "true")
	case v.CanInt() || v.CanUint():
		d.integer(n, v, path)
	case v.CanFloat():
		d.float(n, v, path)
	default:
		panic("tree: no document can fill a " + v.Type().String())
	}
	if len(d.found) == before {
		d.leaf(n, path)
	}
}

func (d *decoder) string(n *Node, v reflect.Value, path string) {
	switch n.Kind {
	case String:
		v.SetString(n.Text)
	case Number, Bool:
		d.wrong(n, path, "want text, got "+n.Describe(), "write "+strconv.Quote(n.Text))
	default:
		d.want(n, path, "text")
	}
}

func (d *decoder) integer(n *Node, v reflect.Value, path string) {
	f, ok := n.Float()
	if written := strings.Trim(n.Text, "+-0123456789") == ""; !ok || f != math.Trunc(f) || math.IsInf(f, 0) &&
		!written {
		d.want(n, path, "a whole number")
		return
	}
	i, notInt := strconv.ParseInt(n.Text, 10, 64)
	u, notUint := strconv.ParseUint(n.Text, 10, 64)
	if notInt != nil && math.Abs(f) <= exactFloat { // 1e3, 0x1F
		i, notInt = int64(f), nil
	}
	if notUint != nil && f >= 0 && f <= exactFloat {
		u, notUint = uint64(f), nil
	}
	switch {
	case v.CanUint() && notUint == nil && !v.OverflowUint(u):
		v.SetUint(u)
	case v.CanInt() && notInt == nil && !v.OverflowInt(i):
		v.SetInt(i)
	default:
		d.wrong(n, path, n.Text+" is out of range", "")
	}
}

// exactFloat is the largest number up to which every whole number is a float64.
const exactFloat = 1 << 53

func (d *decoder) float(n *Node, v reflect.Value, path string) {
	f, ok := n.Float()
	if !ok {
		d.want(n, path, "a number")
		return
	}
	v.SetFloat(f)
}

func quote(s string) string { return strconv.Quote(shorten(s)) }
