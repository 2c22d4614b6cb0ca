package lossless

// This file reads JSON into Go values in one pass and loses nothing: what a field cannot hold is
// kept in the nearest [Unknown] around it. It starts in Decode; scalars are read in
// decode_scalar.go.

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// A fit says how much of the text that was read is in the value.
type fit uint8

const (
	fits  fit = iota // written again, it is equal
	loses            // something is lost when it is written again, though encoding/json would not mind: digits, a null
	taken            // it is of another type, but what it says is taken: "12" for a number
	wrong            // it is not of the type
)

// Decode reads a JSON value, and nothing after it, into the value that v points to. fault is the
// first value that is not of its type; err is set only if no Unknown keeps it.
func Decode(data []byte, v any, report *Report) (fault *DecodeError, err error) {
	p := reflect.ValueOf(v)
	if !json.Valid(data) || p.Kind() != reflect.Pointer || p.IsNil() {
		return nil, refusal(data, v)
	}
	d := decoder{data: data, report: report}
	d.path = d.room[:0]
	d.space()
	if d.read(p.Elem(), layoutOf(p.Type().Elem())) >= taken {
		err = d.lost
	}
	return d.fault, err
}

// A decoder walks through JSON that is known to be valid.
type decoder struct {
	data   []byte
	at     int
	path   []string
	room   [16]string   // of path, for most values
	report *Report      // may be nil
	fault  *DecodeError // the first value that is not of its type
	lost   *DecodeError // the first one that nothing keeps
}

// space skips white space.
func (d *decoder) space() {
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case ' ', '\t', '\r', '\n':
			d.at++
		default:
			return
		}
	}
}

// more moves to the next item of a list or object, past a comma; false at its end, which it passes.
func (d *decoder) more() bool {
	d.space()
	switch d.data[d.at] {
	case ',':
		d.at++
		d.space()
	case ']', '}':
		d.at++
		return false
	}
	return true
}

// skip skips the next value and returns its text.
func (d *decoder) skip() []byte {
	rest, n := d.data[d.at:], 0
	switch rest[0] {
	case '"':
		n = textEnd(rest)
	case '{', '[':
		n = compositeEnd(rest)
	default:
		n = wordEnd(rest)
	}
	d.at += n
	return rest[:n:n]
}

// wordEnd is the length of the number, bool or null that data begins with.
func wordEnd(data []byte) int {
	for i, c := range data {
		switch c {
		case ',', '}', ']', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return len(data)
}

// read reads the next value.
func (d *decoder) read(v reflect.Value, l *layout) fit {
	if d.data[d.at] == 'n' {
		return d.null(v, l)
	}
	switch l.reads {
	case pointerForm:
		if v.IsNil() {
			v.Set(reflect.New(l.elem.typ))
		}
		f := d.read(v.Elem(), l.elem)
		if f == wrong && v.Elem().IsZero() {
			v.SetZero()
		}
		return f
	case objectForm:
		return d.object(v, l)
	case listForm:
		return d.list(v, l)
	case mapForm:
		return d.table(v, l)
	case anyForm:
		v.Set(reflect.ValueOf(d.any()))
		return fits
	case innerForm:
		return v.Addr().Interface().(innerValue).readValue(d)
	case method:
		at := d.at
		text := d.skip()
		f := d.refused(at, v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(text))
		if f == fits && l.writes == tokenForm {
			d.examine(text, l)
		}
		return f
	case standard:
		at := d.at
		return d.refused(at, standardDecode(d.skip(), v.Addr().Interface()))
	}
	return d.scalar(v, l)
}

// null reads null, which leaves a scalar or a struct unchanged.
func (d *decoder) null(v reflect.Value, l *layout) fit {
	at := d.at
	word := d.skip()
	switch l.reads {
	case pointerForm, anyForm:
		v.SetZero()
		return fits
	case innerForm:
		v.Addr().Interface().(innerValue).setNull()
		return fits
	case standard:
		return d.refused(at, standardDecode(word, v.Addr().Interface()))
	case method:
		if l.typ != rawType {
			d.report.add(d.path, DriftNull, "")
		}
		f := d.refused(at, v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(word))
		if f == fits && l.writes == tokenForm {
			return loses // a token has no null
		}
		return f
	}
	d.report.add(d.path, DriftNull, "")
	switch {
	case l.reads == listForm || l.reads == mapForm || l.reads == bytesForm:
		v.SetZero()
	case l.unknown >= 0:
		v.Field(l.unknown).Set(reflect.ValueOf(Unknown{&remains{whole: "null"}}))
		return fits
	}
	return loses
}

var rawType = reflect.TypeFor[Raw]()

// list reads a list. It has an item for each item of the text, also for those that do not fit.
func (d *decoder) list(v reflect.Value, l *layout) fit {
	if d.data[d.at] != '[' {
		v.SetZero()
		return d.mismatch(l)
	}
	v.Set(reflect.MakeSlice(l.typ, 0, 0))
	d.path = append(d.path, listStep)
	worst := fits
	d.at++
	for n := 0; d.more(); n++ {
		if n == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(n + 1)
		worst = max(worst, d.read(v.Index(n), l.elem))
	}
	d.path = d.path[:len(d.path)-1]
	return worst
}

// table reads an object into a map.
func (d *decoder) table(v reflect.Value, l *layout) fit {
	if d.data[d.at] != '{' {
		v.SetZero()
		return d.mismatch(l)
	}
	v.Set(reflect.MakeMap(l.typ))
	worst := fits
	d.at++
	for d.more() {
		_, f := d.entry(v, l, string(d.name()))
		worst = max(worst, f)
	}
	return worst
}

// entry reads a value into a map and returns its text.
func (d *decoder) entry(v reflect.Value, l *layout, name string) (text []byte, f fit) {
	d.path = append(d.path, "*")
	from := d.at
	value := reflect.New(l.elem.typ).Elem()
	f = d.read(value, l.elem)
	v.SetMapIndex(reflect.ValueOf(name).Convert(l.typ.Key()), value)
	d.path = d.path[:len(d.path)-1]
	return d.data[from:d.at], f
}

// name reads the name of a member and moves to its value. The result may be a part of the text that
// is read.
func (d *decoder) name() []byte {
	text := d.skip()
	d.space()
	d.at++ // the colon
	d.space()
	if bytes.IndexByte(text, '\\') < 0 {
		return text[1 : len(text)-1]
	}
	name, _ := unquote(text)
	return []byte(name)
}

// any reads a value without a declared type. Numbers keep their digits as a [json.Number].
func (d *decoder) any() any {
	switch d.data[d.at] {
	case '{':
		m := map[string]any{}
		for d.at++; d.more(); {
			name := string(d.name())
			m[name] = d.any()
		}
		return m
	case '[':
		list := []any{}
		for d.at++; d.more(); {
			list = append(list, d.any())
		}
		return list
	case '"':
		text, _ := unquote(d.skip())
		return text
	case 't', 'f':
		return d.skip()[0] == 't'
	case 'n':
		d.skip()
		return nil
	}
	return json.Number(d.skip())
}

// mismatch skips a value that is not of the type.
func (d *decoder) mismatch(l *layout) fit {
	at := d.at
	return d.wrong(at, mismatch(jsonKindOf(d.skip()), l.typ), nil)
}

// refused returns wrong if err, which a type's own decoding returned, is not nil.
func (d *decoder) refused(at int, err error) fit {
	e, ok := err.(*DecodeError)
	switch {
	case err == nil:
		return fits
	case !ok:
		return d.wrong(at, "the type of the value rejects it", err)
	case e.Member == "":
		return d.wrong(at+int(e.Offset), e.Reason, e.Err)
	}
	d.path = append(d.path, e.Member)
	f := d.wrong(at+int(e.Offset), e.Reason, e.Err)
	d.path = d.path[:len(d.path)-1]
	return f
}

// wrong notes that the value at a place is not of its type.
func (d *decoder) wrong(at int, reason string, err error) fit {
	if d.fault == nil || d.lost == nil {
		e := &DecodeError{Offset: int64(at), Member: joinPath(d.path), Reason: reason, Err: err}
		if d.fault == nil {
			d.fault = e
		}
		if d.lost == nil {
			d.lost = e
		}
	}
	d.report.add(d.path, DriftType, reason)
	return wrong
}

// refusal returns the reason why a text cannot be read.
func refusal(data []byte, v any) error {
	if err := standardDecode(data, v); err != nil {
		return err
	}
	// not reached: encoding/json rejects what json.Valid rejects
	return &DecodeError{Offset: int64(len(data)), Reason: "the text is no JSON value"}
}

// standardDecode reads one JSON value, and nothing after it, through encoding/json. A number in a
// value of type any is a [json.Number].
func standardDecode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return decodeError(err, d.InputOffset(), len(data))
	}
	end := d.InputOffset()
	if rest := data[end:]; len(bytes.TrimLeft(rest, " \t\r\n")) > 0 {
		return &DecodeError{Offset: end, Reason: "more data follows the JSON value"}
	}
	return nil
}
