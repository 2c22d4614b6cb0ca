package lossless

// This file reads scalars. A scalar of another type is converted if its meaning is certain ("12"
// for a number), but it does not fit: the text is kept.

import (
	"encoding/base64"
	"reflect"
	"strconv"
	"strings"
)

// scalar reads a string, number, bool or Base64.
func (d *decoder) scalar(p place, l *layout) fit {
	switch c := d.peek(); l.reads {
	case textForm:
		if c == '"' {
			text, whole := d.readText()
			p.setText(text)
			return fitIf(whole)
		}
	case intForm:
		if i, n := shortInteger(d.data[d.at:]); n > 0 && p.setInt(i, l.size) {
			d.at += n
			return fits
		}
	case floatForm:
		if f, n := shortFloat(d.data[d.at:]); n > 0 && l.size == 8 {
			p.setFloat(f)
			d.at += n
			return fits
		}
	case boolForm:
		if c == 't' || c == 'f' {
			p.setBool(c == 't')
			d.pass()
			return fits
		}
	}
	return d.otherScalar(p.value(l), l)
}

// otherScalar reads a scalar that is not in the most common form of its type, or of another type.
func (d *decoder) otherScalar(v reflect.Value, l *layout) fit {
	at := d.at
	text := d.skip()
	if d.broken {
		return wrong
	}
	kind := jsonKindOf(text)
	word := string(text)
	if kind == "string" {
		word = string(appendUnquoted(nil, text[1:len(text)-1]))
	}
	f := wrong
	if kind != "object" && kind != "array" && (l.reads != bytesForm || kind == "string") {
		f = convert(v, l, word)
	}
	switch {
	case f == wrong:
		v.SetZero()
	case kind == jsonKind(l.typ):
		return f
	default:
		f = taken
	}
	d.wrong(at, mismatch(kind, l.typ), nil)
	return f
}

// fitIf returns fits if nothing was lost.
func fitIf(whole bool) fit {
	if whole {
		return fits
	}
	return loses
}

// convert sets v to the meaning of a scalar's text in its type. It returns wrong if the text has
// none.
func convert(v reflect.Value, l *layout, text string) fit {
	switch l.reads {
	case boolForm:
		if text != "true" && text != "false" {
			return wrong
		}
		v.SetBool(text == "true")
		return fits
	case textForm:
		v.SetString(text)
		return fits
	case intForm:
		return convertInt(v, text)
	case uintForm:
		return convertUint(v, text)
	case floatForm:
		return convertFloat(v, text)
	case bytesForm:
		return convertBytes(v, text)
	}
	return wrong
}

func convertInt(v reflect.Value, text string) fit {
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !IsNumber(text) {
		r, ok := Rat(Token(text).String()) // a number that is quoted once more is taken, too
		if !ok || !r.IsInt() || !r.Num().IsInt64() {
			return wrong
		}
		i = r.Num().Int64()
	}
	if v.OverflowInt(i) {
		return wrong
	}
	v.SetInt(i)
	return fits
}

func convertUint(v reflect.Value, text string) fit {
	i, err := strconv.ParseUint(text, 10, 64)
	if err != nil || !IsNumber(text) {
		r, ok := Rat(Token(text).String()) // a number that is quoted once more is taken, too
		if !ok || !r.IsInt() || !r.Num().IsUint64() {
			return wrong
		}
		i = r.Num().Uint64()
	}
	if v.OverflowUint(i) {
		return wrong
	}
	v.SetUint(i)
	return fits
}

// sureDigits is the number of digits that a float64 always represents exactly.
const sureDigits = 15

func convertFloat(v reflect.Value, text string) fit {
	if !IsNumber(text) {
		return wrong
	}
	f, err := strconv.ParseFloat(text, v.Type().Bits())
	if err != nil {
		return wrong
	}
	v.SetFloat(f)
	if v.Kind() == reflect.Float64 && len(text) <= sureDigits && !strings.ContainsAny(text, "eE") {
		return fits
	}
	back, _ := FloatText(f, v.Type().Bits())
	return fitIf(text == back || SameNumber(text, back))
}

// alphabets are the Base64 encodings, the declared one first.
var alphabets = []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding}

func convertBytes(v reflect.Value, text string) fit {
	for _, a := range alphabets {
		if data, err := a.DecodeString(text); err == nil {
			v.SetBytes(data)
			return fitIf(a == base64.StdEncoding && a.EncodeToString(data) == text)
		}
	}
	return wrong
}

// jsonKindOf returns the kind of a JSON value.
func jsonKindOf(data []byte) string {
	switch data[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}
