package resilience

// This file checks before a call, and where possible in New, that a fallback makes what its
// operation returns. A mistake would otherwise be noticed in the outage that the fallback is for.

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/resgen/resgen/resilience/wire"
)

// returns is what a call returns. The zero returns is nothing, or nothing that is known.
type returns struct {
	value reflect.Type
	built bool // from the value of a response; a fallback may make either
}

// makes is what a fallback makes. The zero makes is not known before it is called.
type makes struct {
	value reflect.Type
	null  bool // a nil interface
}

// makesOf returns what a fallback makes whose result has the type T. If T is an interface, known is
// the value, if it is known.
func makesOf[T any](known any) makes {
	m := makes{value: reflect.TypeFor[T]()}
	if m.value.Kind() == reflect.Interface {
		m.value = reflect.TypeOf(known)
		m.null = known == nil
	}
	return m
}

// fits reports whether the result can be returned as a value of the type.
func (m makes) fits(want reflect.Type) bool {
	switch {
	case m.null:
		return want.Kind() == reflect.Interface
	case want.Kind() == reflect.Interface:
		return m.value.Implements(want)
	}
	return m.value == want
}

// check returns an error if the fallback cannot serve a call of the operation.
func (f *Fallback) check(op *Operation, want returns) error {
	streams := func(o wire.Outcome) bool { return o.Stream }
	switch {
	case f.answer == nil && f.maxAge <= 0:
		return fmt.Errorf("the fallback of %s makes no result; FallbackLastGood needs an age of more than 0", op.ID)
	case f.maxAge > 0 && slices.ContainsFunc(op.Success, streams):
		return fmt.Errorf("%s streams its response, which is not kept; use FallbackFunc", op.ID)
	case f.maxAge > 0, want.value == nil, f.makes == makes{}, f.makes.fits(want.value):
		return nil
	}
	if want.built {
		for i := range op.Success {
			if body := typeOf(&op.Success[i]); body == nil || f.makes.fits(body) {
				return nil
			}
		}
	}
	made := "nil"
	if f.makes.value != nil {
		made = f.makes.value.String()
	}
	return fmt.Errorf("%s returns %s, but the fallback makes %s", op.ID, want.value, made)
}

// declared returns what the calls of an operation return, as far as its descriptor says so: with
// several outcomes it is a type of the caller.
func declared(op *Operation) returns {
	if len(op.Success) != 1 {
		return returns{}
	}
	return returns{value: typeOf(&op.Success[0])}
}

// samples are bodies of all kinds of JSON values. Each decoder accepts at least one.
var samples = []string{"{}", "[]", `""`, "0", "true", "null"}

// typeOf returns the type of the values that an outcome decodes to. It is found by decoding,
// because decoders are functions that return any value. It is nil if there is no value, if no
// sample can be decoded, or if the types differ, as those of any do.
func typeOf(o *wire.Outcome) reflect.Type {
	if o.Stream {
		return reflect.TypeFor[*Stream]()
	}
	var found reflect.Type
	for _, text := range samples {
		value, err := decodeSample(o, text)
		if err != nil {
			continue
		}
		t := reflect.TypeOf(value)
		if t == nil || found != nil && found != t {
			return nil
		}
		found = t
	}
	return found
}

// errNoSample is returned for an outcome that cannot decode a sample.
var errNoSample = errors.New("the sample cannot be decoded")

// decodeSample decodes a sample. A decoder that was written by hand may panic on it.
func decodeSample(o *wire.Outcome, text string) (value any, err error) {
	if o.Decode == nil {
		return nil, errNoSample
	}
	defer func() {
		if recover() != nil {
			err = errNoSample
		}
	}()
	return o.Decode([]byte(text), nil)
}
