package resilience

import (
	"net/http"
	"slices"
)

// fields are the headers of the requests of a call, each with one value. The names are canonical.
// They are kept as a list, because each attempt needs a map that it may change.
type fields struct {
	list []field
	few  [3]field // memory of list, so that most calls allocate none
}

// A field is a header. Its value is a list for [http.Header], which shares it. Middleware should
// not change it in place.
type field struct {
	name  string
	value [1]string
	text  string // the value as it was set
}

// init makes the list empty.
func (f *fields) init() { f.list = f.few[:0] }

// set sets a header and replaces an earlier value.
func (f *fields) set(name, value string) {
	for i := range f.list {
		if f.list[i].name == name {
			f.list[i].value[0], f.list[i].text = value, value
			return
		}
	}
	f.list = append(f.list, field{name, [1]string{value}, value})
}

// get returns the value of a header, "" if there is none.
func (f *fields) get(name string) string {
	for i := range f.list {
		if f.list[i].name == name {
			return f.list[i].value[0]
		}
	}
	return ""
}

// without returns the fields without one of them. The list is a copy.
func (f *fields) without(name string) fields {
	return fields{list: slices.DeleteFunc(slices.Clone(f.list), func(h field) bool { return h.name == name })}
}

// header returns a new map with the fields and room for those of credentials.
func (f *fields) header() http.Header {
	h := make(http.Header, max(len(f.list)+2, 8))
	for i := range f.list {
		h[f.list[i].name] = f.list[i].value[:]
	}
	return h
}

// has reports whether values are those of a field, and not only equal to them. It returns false if
// the value was changed in place.
func (f *fields) has(name string, values []string) bool {
	for i := range f.list {
		if h := &f.list[i]; len(values) == 1 && &h.value[0] == &values[0] {
			return h.name == name && h.value[0] == h.text
		}
	}
	return false
}

// check returns an error if one of the headers must not be sent.
func (f *fields) check() error {
	for i := range f.list {
		if err := checkHeader(f.list[i].name, f.list[i].value[0]); err != nil {
			return err
		}
	}
	return nil
}
