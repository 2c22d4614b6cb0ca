package wire

import (
	"encoding/json"
	"errors"
	"io"
	"testing"
)

type chain struct {
	Name string
	Next *chain
}

type looseChain struct {
	Next *looseChain
	Rest any
}

type embedsAny struct{ looseChain }

// The digits of a number stay, wherever in a type the value of type any is.
func TestUnmarshal_KeepsDigits(t *testing.T) {
	const digits = "12345678901234567890.12345678901234567890"
	want := json.Number(digits)
	for _, c := range []struct {
		data string
		into any
		get  func(any) any
	}{
		{digits, new(any), func(v any) any { return *v.(*any) }},
		{`[` + digits + `]`, new([]any), func(v any) any { return (*v.(*[]any))[0] }},
		{`[` + digits + `]`, new([1]any), func(v any) any { return v.(*[1]any)[0] }},
		{`{"a":` + digits + `}`, new(map[string]any), func(v any) any { return (*v.(*map[string]any))["a"] }},
		{`{"Next":{"Rest":` + digits + `}}`, new(looseChain), func(v any) any { return v.(*looseChain).Next.Rest }},
		{`{"Rest":` + digits + `}`, new(embedsAny), func(v any) any { return v.(*embedsAny).Rest }},
		{`{"Rest":` + digits + `}`, new(*looseChain), func(v any) any { return (*v.(**looseChain)).Rest }},
	} {
		if err := Unmarshal([]byte(c.data), c.into); err != nil {
			t.Errorf("%T: %v", c.into, err)
		} else if got := c.get(c.into); got != want {
			t.Errorf("%T: got %v (%T), want all digits", c.into, got, got)
		}
	}
}

// What a decoder would copy is not copied where no digits can be lost.
func TestUnmarshal_AllocatesNoMoreThanTheStandard(t *testing.T) {
	data := []byte(`{"Name":"a","Next":{"Name":"b","Next":{"Name":"c"}}}`)
	standard := testing.AllocsPerRun(100, func() { _ = json.Unmarshal(data, new(chain)) })
	own := testing.AllocsPerRun(100, func() { _ = Unmarshal(data, new(chain)) })
	if own > standard {
		t.Errorf("got %g allocations, want %g as encoding/json", own, standard)
	}
}

// A type gets the same errors whether it can hold any or not.
func TestUnmarshal_SameErrors(t *testing.T) {
	for _, data := range []string{``, ` `, `{`, `{"Next":`, `{"Next":{}`, `{"Next":{}} x`, `{}{}`, `{"Next":7}`, `x`} {
		strict, loose := Unmarshal([]byte(data), new(chain)), Unmarshal([]byte(data), new(looseChain))
		var d *DecodeError
		if !errors.As(strict, &d) || loose == nil || errors.Is(strict, io.ErrUnexpectedEOF) != errors.Is(loose,
			io.ErrUnexpectedEOF) {
			t.Errorf("%q: got %v and %v", data, strict, loose)
			continue
		}
		if strict.Error() != loose.Error() {
			t.Errorf("%q: got %q, want %q", data, strict, loose)
		}
	}
}

func TestUnmarshal_IntoNothing(t *testing.T) {
	if err := Unmarshal([]byte(`{}`), nil); err == nil {
		t.Error("a value was decoded into nil")
	}
}
