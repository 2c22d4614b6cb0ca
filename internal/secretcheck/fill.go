package secretcheck

import (
	"reflect"
	"regexp"
	"strings"
	"unsafe"

	"github.com/resgen/resgen/resilience/auth"
)

// Marker is the secret that values are filled with.
const Marker = "qZ7wXv"

// secretName matches the names of fields that hold secrets.
var secretName = regexp.MustCompile(`(?i)secret|passw|passphrase|token|session|credential|refresh|cookie|private|nonce`)

// tokenOfJSON reports whether a field holds a token of JSON, as the tolerant types of package wire
// do.
func tokenOfJSON(t reflect.Type, name string) bool {
	return name == "token" && t.PkgPath() == module+"resilience/wire"
}

// foreign reports whether a struct is of the standard library or another module.
func foreign(t reflect.Type) bool {
	return t.PkgPath() != "" && !strings.HasPrefix(t.PkgPath(), module)
}

const module = "github.com/resgen/resgen/"

// deepest limits how far types that contain themselves are filled.
const deepest = 6

var secretType = reflect.TypeFor[auth.Secret]()

// A filler fills values with the marker.
type filler struct {
	only string // path of the secret to fill; empty: all
}

func (f filler) wants(path string) bool { return f.only == "" || f.only == path }

// fill sets every secret of a value to the marker: those of type [auth.Secret], and texts and bytes
// in fields whose names say so. Pointers, lists and maps get one element. It returns the paths of
// the secrets.
func (f filler) fill(v reflect.Value, path string, secret bool, depth int) (filled []string) {
	if depth > deepest {
		return nil
	}
	if v.Type() == secretType {
		if !f.wants(path) {
			return nil
		}
		v.Set(reflect.ValueOf(auth.NewSecret(Marker)))
		return []string{path}
	}
	switch v.Kind() {
	case reflect.String:
		if !secret || !f.wants(path) {
			return nil
		}
		v.SetString(Marker)
		return []string{path}
	case reflect.Struct:
		if foreign(v.Type()) {
			return nil
		}
		for i := range v.NumField() {
			field := reflect.NewAt(v.Type().Field(i).Type, unsafe.Pointer(v.Field(i).UnsafeAddr())).Elem()
			name := v.Type().Field(i).Name
			named := secretName.MatchString(name) && !tokenOfJSON(v.Type(), name)
			filled = append(filled, f.fill(field, path+"."+name, named, depth+1)...)
		}
		return filled
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return f.elements(v, path, secret, depth)
	}
	return nil
}

// elements fills a pointer, list or map, and leaves it as it was if there is nothing to fill.
func (f filler) elements(v reflect.Value, path string, secret bool, depth int) (filled []string) {
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		if !secret || !f.wants(path) {
			return nil
		}
		v.SetBytes([]byte(Marker))
		return []string{path}
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			filled = append(filled, f.fill(v.Index(i), path, secret, depth+1)...)
		}
		return filled
	}
	element := reflect.New(v.Type().Elem()).Elem()
	if filled = f.fill(element, path, secret, depth+1); len(filled) == 0 {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(element.Addr())
	case reflect.Slice:
		v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), element))
	case reflect.Map:
		made := reflect.MakeMap(v.Type())
		made.SetMapIndex(reflect.New(v.Type().Key()).Elem(), element)
		v.Set(made)
	}
	return filled
}
