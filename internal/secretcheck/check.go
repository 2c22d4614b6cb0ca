package secretcheck

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
)

// verbs are those of package fmt, with the flags that change what is printed.
var verbs = []string{
	"%v", "%+v", "%#v", "%T", "%t", "%b", "%c", "%d", "%o", "%O", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x",
	"%U", "%#U", "%e", "%E", "%f", "%F", "%g", "%G", "%s", "%10s", "%p", "%w", "%z",
}

// holder has the checked value in fields of both kinds. fmt calls no methods of unexported fields.
type holder[T any] struct {
	Shown  T
	hidden T
}

// Type fills the secrets of a new value with the marker, one after the other, and returns the path
// of each secret that is shown together with the ways of printing it.
func Type[T any]() map[string][]string {
	leaks := map[string][]string{}
	all := new(T)
	for _, path := range (filler{}).fill(reflect.ValueOf(all).Elem(), "", false, 0) {
		one := new(T)
		filler{only: path}.fill(reflect.ValueOf(one).Elem(), "", false, 0)
		if ways := Value(one); len(ways) > 0 {
			leaks[path] = ways
		}
	}
	return leaks
}

// Value returns the ways of printing a value, to which v points, that show [Marker]. A value that
// must not be copied is only printed through pointers.
func Value[T any](v *T) []string {
	shapes := map[string]any{
		"pointer": v, "hidden pointer": struct{ hidden *T }{v}, "pointer to holder": &holder[*T]{v, v},
		"any pointer": struct{ hidden any }{v}, "list of pointers": []*T{v},
		"map of pointers": struct{ hidden map[string]*T }{map[string]*T{"": v}},
	}
	if !unique(reflect.TypeFor[T]()) {
		for name, shape := range map[string]any{
			"value": *v, "holder": holder[T]{Shown: *v, hidden: *v}, "hidden": struct{ hidden T }{*v},
			"list": []T{*v}, "map": map[string]T{"": *v}, "any": struct{ hidden any }{*v},
			"hidden list": struct{ hidden []T }{[]T{*v}},
		} {
			shapes[name] = shape
		}
	}
	var leaks []string
	for name, shape := range shapes {
		for how, text := range printed(shape) {
			if shows(text) {
				leaks = append(leaks, fmt.Sprintf("%s as %s", how, name))
			}
		}
	}
	slices.Sort(leaks)
	return leaks
}

// unique reports whether values of a type must not be copied, because they have locks or channels.
func unique(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Chan:
		return true
	case reflect.Array:
		return unique(t.Elem())
	case reflect.Struct:
		if strings.HasPrefix(t.PkgPath(), "sync") {
			return true
		}
		for i := range t.NumField() {
			if unique(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// printed returns what fmt, slog and the encoder of JSON make of a value.
func printed(v any) map[string]string {
	texts := map[string]string{}
	for _, verb := range verbs {
		texts[verb] = fmt.Sprintf(verb, v)
	}
	texts["Sprint"], texts["Sprintln"] = fmt.Sprint(v), fmt.Sprintln(v)
	var text, lines bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("", "v", v, slog.Group("g", "v", v))
	slog.New(slog.NewJSONHandler(&lines, nil)).With("v", v).Info("", "v", v)
	texts["slog text"], texts["slog JSON"] = text.String(), lines.String()
	texts["JSON"] = encoded(v)
	texts["error"] = fmt.Errorf("%v", v).Error()
	return texts
}

// encoded returns the JSON of a value. Values that cannot be encoded have none.
func encoded(v any) (text string) {
	defer func() { _ = recover() }() // methods of filled values may panic
	data, _ := json.Marshal(v)
	return string(data)
}

// forms are the marker as the verbs of fmt and the encoders write it.
var forms = formsOf(Marker)

func formsOf(secret string) []string {
	hex := fmt.Sprintf("%x", secret)
	list := []string{
		secret, hex, strings.ToUpper(hex), fmt.Sprintf("% x", secret), fmt.Sprintf("%#x", []byte(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret)),
	}
	for _, verb := range []string{"%d", "%o", "%O", "%b", "%U", "%c", "%q", "%x", "%X", "%#x"} {
		var parts []string
		for _, b := range []byte(secret) {
			parts = append(parts, fmt.Sprintf(verb, b))
		}
		list = append(list, strings.Join(parts, " "), strings.Join(parts, ", "))
	}
	return list
}

// shows reports whether a text contains the marker in any form.
func shows(text string) bool {
	for _, form := range forms {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}
