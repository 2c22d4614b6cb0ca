package lossless

// This file reads JSON into Go values in one pass and loses nothing: what a field cannot hold is
// kept in the nearest [Unknown] around it. It starts in Decode; objects are read in
// decode_object.go, maps in decode_map.go, and scalars in decode_scalar.go.

import (
	"bytes"
	"encoding/json"
	"reflect"
	"sync"
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
// first value that is not of its type; err is set only if no Unknown keeps it. If data is not JSON,
// neither the value nor the report changes.
func Decode(data []byte, v any, report *Report) (fault *DecodeError, err error) {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() || !p.Elem().IsZero() && !isValid(data) {
		return nil, refusal(data, v)
	}
	return decode(data, p, report)
}

// DecodeNew does what [Decode] does with a new value of a type, and returns a pointer to it.
func DecodeNew(data []byte, t reflect.Type, report *Report) (v any, err error) {
	p := reflect.New(t)
	_, err = decode(data, p, report)
	return p.Interface(), err
}

// decode reads a JSON value into what p points to. If that is not its zero value, data is valid.
func decode(data []byte, p reflect.Value, report *Report) (fault *DecodeError, err error) {
	before := report.clone()
	d := decoders.Get().(*decoder)
	d.data, d.report = data, report
	d.space()
	if d.read(placeOfTarget(p), layoutOf(p.Type().Elem())) >= taken {
		err = d.lost
	}
	fault = d.fault
	if !d.ended() {
		p.Elem().SetZero()
		if report != nil {
			*report = before
		}
		fault, err = nil, refusal(data, p.Interface())
	}
	d.free()
	return fault, err
}

// isValid reports whether a text is a JSON value.
func isValid(data []byte) bool {
	s := scanner{data: data}
	s.space()
	s.pass()
	return s.ended()
}

// A decoder reads a JSON text. After a syntax error it reads nothing more, and what it returns has
// no meaning.
type decoder struct {
	scanner
	path    []string     // beyond its length it holds no text of a response
	report  *Report      // may be nil
	fault   *DecodeError // the first value that is not of its type
	lost    *DecodeError // the first one that nothing keeps
	slab    slab
	scratch []byte // memory for strings with escapes
	spare   listAt // a list while it grows
}

// decoders holds decoders that are not in use.
var decoders = sync.Pool{New: func() any { return &decoder{path: make([]string, 0, 16)} }}

// mostReused is how many bytes of scratch memory and steps of a path a decoder may keep.
const mostReused = 4096

// free lets the decoder be used again. It keeps nothing of what it has read.
func (d *decoder) free() {
	path, scratch := d.path[:cap(d.path)], d.scratch[:cap(d.scratch)]
	if len(path) > mostReused || len(scratch) > mostReused {
		return
	}
	clear(scratch)
	d.scanner, d.path, d.scratch, d.slab, d.spare = scanner{}, path[:0], scratch[:0], slab{}, listAt{}
	d.report, d.fault, d.lost = nil, nil, nil
	decoders.Put(d)
}

// read reads the next value.
func (d *decoder) read(p place, l *layout) fit {
	if d.peek() == 'n' {
		return d.null(p, l)
	}
	switch l.reads {
	case pointerForm:
		to := p.target(l)
		f := d.read(to, l.elem)
		if f == wrong && to.value(l.elem).IsZero() {
			p.setNil()
		}
		return f
	case objectForm:
		return d.object(p, l)
	case listForm:
		return d.list(p, l)
	case mapForm:
		return d.table(p, l)
	case anyForm:
		p.setAny(d.any())
		return fits
	case innerForm:
		return p.value(l).Addr().Interface().(innerValue).readValue(d, l.elem)
	case method:
		return d.method(p, l)
	case standard:
		at := d.at
		text := d.skip()
		if d.broken {
			return wrong
		}
		return d.refused(at, standardDecode(text, p.value(l).Addr().Interface()))
	}
	return d.scalar(p, l)
}

// method reads a value of a type that decodes itself.
func (d *decoder) method(p place, l *layout) fit {
	at := d.at
	text := d.skip()
	if d.broken {
		return wrong
	}
	f := fits
	if l.token && isShortest(text) {
		p.setText(d.text(text))
	} else {
		f = d.refused(at, p.value(l).Addr().Interface().(json.Unmarshaler).UnmarshalJSON(text))
	}
	if f == fits && l.writes == tokenForm {
		d.examine(text, l)
	}
	return f
}

// null reads null, which leaves a scalar or a struct unchanged.
func (d *decoder) null(p place, l *layout) fit {
	at := d.at
	if d.word("null"); d.broken {
		return wrong
	}
	switch l.reads {
	case pointerForm:
		p.setNil()
		return fits
	case anyForm:
		p.setAny(nil)
		return fits
	case innerForm:
		p.value(l).Addr().Interface().(innerValue).setNull()
		return fits
	case standard:
		return d.refused(at, standardDecode(d.data[at:d.at:d.at], p.value(l).Addr().Interface()))
	case method:
		return d.methodOfNull(at, p, l)
	}
	d.report.add(d.path, DriftNull, "")
	switch {
	case l.reads == listForm || l.reads == mapForm || l.reads == bytesForm:
		p.value(l).SetZero()
	case l.unknown >= 0:
		p.field(l.unknownAt).setUnknown(&remains{whole: "null"})
		return fits
	}
	return loses
}

// methodOfNull reads null into a type that decodes itself.
func (d *decoder) methodOfNull(at int, p place, l *layout) fit {
	if l.typ != rawType {
		d.report.add(d.path, DriftNull, "")
	}
	f := d.refused(at, p.value(l).Addr().Interface().(json.Unmarshaler).UnmarshalJSON(d.data[at:d.at:d.at]))
	if f == fits && l.writes == tokenForm {
		return loses // a token has no null
	}
	return f
}

var rawType = reflect.TypeFor[Raw]()

// list reads a list. It has an item for each item of the text, also for those that do not fit.
func (d *decoder) list(p place, l *layout) fit {
	if d.peek() != '[' {
		p.value(l).SetZero()
		return d.mismatch(l)
	}
	p.emptyList()
	worst, n := fits, 0
	d.path = append(d.path, listStep)
	d.enter()
	for start := d.at; d.next(n == 0, ']'); n++ {
		if n == p.capacity() {
			d.grow(p, l, d.itemsAhead(n, d.at-start))
		}
		worst = max(worst, d.read(p.item(l, n), l.elem))
	}
	d.path = d.path[:len(d.path)-1]
	return worst
}

// lookAhead is how many bytes of a list are read to count its items.
const lookAhead = 512

// itemsAhead estimates how many items of a list follow after n items of a size in bytes. It counts
// them if the list is short. Otherwise their number is at most doubled, and not more than what
// the rest of the text can have.
func (d *decoder) itemsAhead(n, size int) int {
	if n > 0 {
		return min(n, (len(d.data)-d.at)*n/size) + 1
	}
	return itemsIn(d.data[d.at:min(len(d.data), d.at+lookAhead)])
}

// any reads a value without a declared type. Numbers keep their digits as a [json.Number].
func (d *decoder) any() any {
	switch d.peek() {
	case '{':
		return d.anyObject()
	case '[':
		list := []any{}
		n := 0
		d.enter()
		for start := d.at; d.next(n == 0, ']'); n++ {
			if n == cap(list) {
				list = append(make([]any, 0, n+d.itemsAhead(n, d.at-start)), list...)
			}
			list = append(list, d.any())
		}
		return list
	case '"':
		text, _ := d.readText()
		return text
	case 't':
		d.word("true")
		return true
	case 'f':
		d.word("false")
		return false
	case 'n':
		d.word("null")
		return nil
	}
	return json.Number(d.text(d.skip()))
}

// mismatch skips a value that is not of the type.
func (d *decoder) mismatch(l *layout) fit {
	at := d.at
	text := d.skip()
	if d.broken {
		return wrong
	}
	return d.wrong(at, mismatch(jsonKindOf(text), l.typ), nil)
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
	d.forget()
	return f
}

// forget removes the last step of the path, which may come from a response.
func (d *decoder) forget() {
	last := len(d.path) - 1
	d.path[last] = ""
	d.path = d.path[:last]
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
	// not reached: encoding/json rejects what isValid rejects
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
