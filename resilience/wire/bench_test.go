package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"testing"
)

var benchParams = []Param{
	{Name: "sellerId", In: Path, Required: true},
	{Name: "sku", In: Path, Required: true},
	{Name: "marketplaceIds", In: Query, Style: Form, Required: true},
	{Name: "issueLocale", In: Query, Style: Form, Explode: true},
	{Name: "pageSize", In: Query, Style: Form, Explode: true},
	{Name: "details", In: Query, Style: Form, Explode: true},
}

// benchTemplate and benchValues are a request with parameters of the usual types.
func benchTemplate() *Template {
	return NewTemplate("/listings/2021-08-01/items/{sellerId}/{sku}", benchParams)
}

func benchValues() []any {
	locale, size := "en_US", int32(20)
	return []any{"A1B2C3", "SKU 1/2", []string{"ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"}, &locale, &size, true}
}

func BenchmarkTemplate(b *testing.B) {
	t, values := benchTemplate(), benchValues()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Encode("", values); err != nil {
			b.Fatal(err)
		}
	}
}

// The smallest of several counts is that without the buffers that a pool has lost, which it does at
// random under the race detector.
func TestTemplate_Allocations(t *testing.T) {
	template, values := benchTemplate(), benchValues()
	least := math.Inf(1)
	for range 50 {
		least = min(least, testing.AllocsPerRun(1, func() { _, _ = template.Encode("/v1", values) }))
	}
	if least != 1 {
		t.Errorf("two path and four query parameters take %v allocations, want that of the result", least)
	}
}

func TestBuffer_KeepsNothingLarge(t *testing.T) {
	for size, kept := range map[int]bool{mostKept: true, mostKept + 1: false} {
		var path, query buffer
		path.keep(make([]byte, 0, size), nil)
		query.keep(nil, make([]byte, 0, size))
		if (path.path != nil) != kept || (query.query != nil) != kept {
			t.Errorf("buffers keep %d bytes of a path and %d of a query, want %d bytes kept: %t",
				cap(path.path), cap(query.query), size, kept)
		}
	}
}

// page is about 80 kB of JSON.
func page() []byte {
	var b bytes.Buffer
	b.WriteString(`{"items":[`)
	for i := range 1000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"name":"name of item %d","price":%d.50,"extra":{"k":[1,2,"x"]}}`, i, i, i)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

type pageOf struct {
	Items []item `json:"items"`
}

func BenchmarkUnmarshal(b *testing.B) {
	data := page()
	b.Run("wire", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if err := Unmarshal(data, new(pageOf)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if err := json.Unmarshal(data, new(pageOf)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkMarshal(b *testing.B) {
	var v pageOf
	if err := Unmarshal(page(), &v); err != nil {
		b.Fatal(err)
	}
	b.Run("wire", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Marshal(&v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(&v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkUnmarshalObject(b *testing.B) {
	data := []byte(`{"name":"n","a":1,"b":2,"c":3}`)
	b.ReportAllocs()
	for b.Loop() {
		var o open
		if err := o.UnmarshalJSON(data); err != nil {
			b.Fatal(err)
		}
	}
}

// nest is how generated structs hold one another.
type nest struct {
	ID      int64   `json:"id"`
	Name    *string `json:"name,omitzero"`
	Items   []nest  `json:"items,omitzero"`
	Unknown Unknown `json:"-"`
}

func (n nest) MarshalJSON() ([]byte, error)     { return MarshalStruct(&n) }
func (n *nest) UnmarshalJSON(data []byte) error { return UnmarshalStruct(data, n) }

// nested is 1111 objects in four levels.
func nested(width, depth int) nest {
	name := "a name of some length"
	n := nest{ID: int64(depth), Name: &name}
	for range width {
		if depth > 0 {
			n.Items = append(n.Items, nested(width, depth-1))
		}
	}
	return n
}

// What generated structs cost, here and through encoding/json, which calls the method of the
// outermost one alone.
func BenchmarkStruct(b *testing.B) {
	v := nested(10, 3)
	data, err := Marshal(v)
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"read":                func() error { return Unmarshal(data, new(nest)) },
		"read encoding/json":  func() error { return json.Unmarshal(data, new(nest)) },
		"write":               func() error { _, err := Marshal(v); return err },
		"write encoding/json": func() error { _, err := json.Marshal(v); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
