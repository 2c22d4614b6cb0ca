package wire

// This file encodes multipart bodies. It begins in Body.encodeMultipart.

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// encodeMultipart writes each member of v as a part, and a list as one part for each item. Members
// are in the order of the struct, those of a map in the order of their names. The boundary belongs
// to the payload, so that every opening returns the same bytes.
func (b *Body) encodeMultipart(v any) (*Payload, error) {
	w := partWriter{body: b, boundary: rand.Text(), form: isFormData(b.mediaOr("multipart/form-data"))}
	if err := eachMember(reflect.ValueOf(v), w.member); err != nil {
		return nil, err
	}
	if err := w.unset.Err(); err != nil {
		return nil, err
	}
	w.raw([]byte("--" + w.boundary + "--\r\n"))
	return joinSources(w.pieces).payload(b.mediaOr("multipart/form-data") + "; boundary=" + w.boundary), nil
}

func isFormData(media string) bool { return MediaType(media) == "multipart/form-data" }

// A partWriter collects the pieces of a multipart body.
type partWriter struct {
	body     *Body
	boundary string
	form     bool // multipart/form-data, where a text needs no content type
	pieces   []source
	unset    UnsetError
}

func (w *partWriter) raw(data []byte) { w.pieces = append(w.pieces, bytesSource(data)) }

// member writes the part or parts of one member.
func (w *partWriter) member(name string, v reflect.Value) error {
	v, ok := held(v)
	switch {
	case !ok:
		return nil
	case lossless.IsUnset(v):
		w.unset.Add(name)
		return nil
	case isFileList(v):
		return w.files(name, v)
	}
	if f, ok := fileOf(v.Interface()); ok {
		if f.IsZero() {
			w.unset.Add(name)
			return nil
		}
		return w.file(name, f)
	}
	return w.value(name, v)
}

// held follows pointers, interfaces and nullables to a value. It reports false for nil and null.
// Bytes and readers that an interface holds are files.
func held(v reflect.Value) (reflect.Value, bool) {
	for {
		inner, isOptional := lossless.Held(v)
		switch {
		case isOptional:
			v = inner
		case v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface:
			return v, true
		case v.IsNil():
			return v, false
		default:
			if f, ok := fileIn(v); ok {
				return reflect.ValueOf(f), true
			}
			v = v.Elem()
		}
		if !v.IsValid() {
			return v, false
		}
	}
}

// fileIn returns the bytes or the reader that an interface holds as a file. A [File] is one
// already.
func fileIn(v reflect.Value) (File, bool) {
	if v.Kind() != reflect.Interface {
		return File{}, false
	}
	switch x := v.Interface().(type) {
	case File, *File:
	case []byte:
		return File{Content: bytes.NewReader(x)}, true
	case io.Reader:
		return File{Content: x}, true
	}
	return File{}, false
}

// isFileList reports whether v is a list of files, or a list of any with a file.
func isFileList(v reflect.Value) bool {
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return false
	}
	t := v.Type().Elem()
	if t.Kind() == reflect.Interface {
		for i := range v.Len() {
			if _, ok := fileOf(v.Index(i).Interface()); ok {
				return true
			}
		}
	}
	return t == fileType || t == reflect.PointerTo(fileType)
}

// files writes the items of a list. Files that are unset are reported by their index.
func (w *partWriter) files(name string, list reflect.Value) error {
	for i := range list.Len() {
		item := list.Index(i)
		f, ok := fileOf(item.Interface())
		var err error
		switch {
		case ok && !f.IsZero():
			err = w.file(name, f)
		case ok || item.Kind() == reflect.Pointer:
			w.unset.Add(name + "." + strconv.Itoa(i))
		default:
			err = w.member(name, item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *partWriter) file(name string, f File) error {
	s, err := sourceOf(f.Content)
	if err != nil {
		return fmt.Errorf("member %q: %w", name, err)
	}
	fileName := f.Name
	if fileName == "" {
		fileName = name
	}
	media := f.ContentType
	if media == "" {
		media = firstConcrete(w.body.part(name).Media, "application/octet-stream")
	}
	w.header(name, fileName, media, false)
	w.pieces = append(w.pieces, s)
	w.raw([]byte("\r\n"))
	return nil
}

// firstConcrete returns the first media type of a comma-separated list that is not a range, or
// other.
func firstConcrete(list, other string) string {
	for m := range strings.SplitSeq(list, ",") {
		if m = strings.TrimSpace(m); m != "" && !strings.Contains(m, "*") {
			return m
		}
	}
	return other
}

// value writes any other member.
func (w *partWriter) value(name string, v reflect.Value) error {
	p := w.body.part(name)
	media := firstConcrete(p.Media, "")
	if IsJSON(media) && p.Style == 0 {
		return w.json(name, media, v)
	}
	n, err := nodeOf(v.Interface())
	if err != nil {
		return w.failed(name, err)
	}
	if v.Type() == reflect.TypeFor[[]byte]() {
		n = textNode(n.text) // nil bytes are no bytes
	}
	if p.Style != 0 {
		return w.styled(p, n)
	}
	if n.kind != list {
		w.text(p, media, n)
		return nil
	}
	for i := range n.len() {
		w.text(p, media, n.item(i))
	}
	return nil
}

// failed returns the error of a member. Members without a value are collected.
func (w *partWriter) failed(name string, err error) error {
	var unset *UnsetError
	if errors.As(err, &unset) {
		w.unset.Join(name, unset)
		return nil
	}
	return fmt.Errorf("member %q: %w", name, err)
}

// text writes a scalar as text and all other values as JSON.
func (w *partWriter) text(p Part, media string, n node) {
	switch {
	case n.kind == absent:
		return
	case media == "" && n.kind != scalar:
		media = "application/json"
	case media == "" && !w.form:
		media = "text/plain; charset=utf-8"
	}
	w.header(p.Name, "", media, p.Base64)
	w.raw([]byte(n.flat() + "\r\n"))
}

// json writes a member that is declared as JSON, each item of a list on its own.
func (w *partWriter) json(name, media string, v reflect.Value) error {
	data, err := marshalSent(v.Interface())
	if err != nil {
		return w.failed(name, err)
	}
	items := []json.RawMessage{data}
	if data[0] == '[' {
		if err := Unmarshal(data, &items); err != nil {
			return fmt.Errorf("member %q: %w", name, err)
		}
	}
	for _, item := range items {
		if string(item) == "null" {
			continue
		}
		w.header(name, "", media, false)
		w.raw(append(item, "\r\n"...))
	}
	return nil
}

// header writes the boundary and the header fields of a part.
func (w *partWriter) header(name, fileName, media string, base64 bool) {
	h := "--" + w.boundary + "\r\nContent-Disposition: form-data; name=" + quoted(name)
	if fileName != "" {
		h += "; filename=" + quoted(fileName)
	}
	if media != "" {
		h += "\r\nContent-Type: " + oneLine(media)
	}
	if base64 {
		h += "\r\nContent-Transfer-Encoding: base64"
	}
	w.raw([]byte(h + "\r\n\r\n"))
}

// quoted writes a name as a quoted string. A line break, which would end the header field, is
// escaped as browsers do.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "%0D", "\n", "%0A", "\x00", "%00").Replace(s) + `"`
}

// oneLine drops line breaks.
func oneLine(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }

// joinSources makes one source of many.
func joinSources(pieces []source) source {
	all := source{}
	for _, p := range pieces {
		if p.length < 0 || all.length < 0 {
			all.length = -1
		} else {
			all.length += p.length
		}
		all.oneShot = all.oneShot || p.oneShot
		all.foreign = all.foreign || p.foreign
	}
	all.open = func() (io.Reader, error) {
		readers := make([]io.Reader, 0, len(pieces))
		for _, p := range pieces {
			r, err := p.open()
			if err != nil {
				return nil, err
			}
			readers = append(readers, r)
		}
		return io.MultiReader(readers...), nil
	}
	return all
}

// eachMember calls f for the members of a struct, in order, or of a map, by name.
func eachMember(v reflect.Value, f func(name string, v reflect.Value) error) error {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch {
	case v.Type() == fileType:
		break
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		return lossless.EachEntry(v, f)
	case v.Kind() == reflect.Struct && marshalsItself(v.Type()) && !lossless.IsGenerated(v.Type()):
		return eachJSONMember(v, f)
	case v.Kind() == reflect.Struct:
		return lossless.EachField(v, f)
	}
	return errors.New("a multipart body is made from a struct or a map")
}

// eachJSONMember calls f for the members of the JSON of a type that decides on its own JSON.
func eachJSONMember(v reflect.Value, f func(name string, v reflect.Value) error) error {
	data, err := marshalSent(v.Interface())
	if err != nil {
		return err
	}
	members, err := lossless.SplitObject(data)
	if err != nil {
		return err
	}
	for _, m := range members {
		if err := f(m.Name, reflect.ValueOf(m.Value)); err != nil {
			return err
		}
	}
	return nil
}
