package tree

import (
	"reflect"
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// A field is one key of a struct and the index path of its Go field.
type field struct {
	key   string
	index []int
}

// fieldsOf lists the keys of a struct in the order of its fields, those of inlined structs in their
// place.
func fieldsOf(t reflect.Type) []field {
	var fs []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case opts == "inline":
			for _, in := range fieldsOf(f.Type) {
				fs = append(fs, field{in.key, append([]int{i}, in.index...)})
			}
		case key != "" && key != "-":
			fs = append(fs, field{key, []int{i}})
		}
	}
	return fs
}

func (d *decoder) structure(n *Node, v reflect.Value, path string) {
	if n.Kind != Mapping {
		d.want(n, path, "a mapping")
		return
	}
	fs := fieldsOf(v.Type())
	for _, p := range n.Pairs {
		i := slices.IndexFunc(fs, func(f field) bool { return f.key == p.Key })
		switch {
		case i >= 0:
			d.decode(p.Value, v.FieldByIndex(fs[i].index), join(path, p.Key))
		case path != "" || !slices.Contains(d.also, p.Key):
			d.unknown(p, fs, path)
		}
	}
}

func (d *decoder) unknown(p Pair, fs []field, path string) {
	var keys []string
	for _, f := range fs {
		keys = append(keys, f.key)
	}
	if path == "" {
		keys = append(keys, d.also...)
	}
	d.found.Add(UnknownKey(p, d.about(path), keys))
}

// UnknownKey returns the finding that p's key is none of keys, with a suggestion if one of them is
// spelled much like it, else with the list of them.
func UnknownKey(p Pair, subject string, keys []string) diag.Diagnostic {
	cure := "the keys are " + strings.Join(keys, ", ")
	if s := diag.Suggest(p.Key, keys); s != "" {
		cure = `did you mean "` + s + `"?`
	} else if len(keys) == 0 {
		cure = "delete it"
	}
	return diag.Diagnostic{Pos: p.KeyPos, Code: "unknown-key", Subject: subject, What: "unknown key " + quote(p.Key),
		Cure: cure}
}
