package wire_test

import (
	"fmt"
	"io"

	"github.com/resgen/resgen/resilience/wire"
)

func ExampleEncodeRequest() {
	params := []wire.Param{
		{Name: "sku", In: wire.Path, Required: true},
		{Name: "marketplaceIds", In: wire.Query, Style: wire.Form, Required: true},
	}
	for _, sku := range []string{"A/1", "100% café", ".."} {
		request, err := wire.EncodeRequest("/items/{sku}", params, []any{sku, []string{"DE", "FR"}})
		fmt.Println(request.Target(), err)
	}
	// Output:
	// /items/A%2F1?marketplaceIds=DE,FR <nil>
	// /items/100%25%20caf%C3%A9?marketplaceIds=DE,FR <nil>
	//  path parameter "sku" is "." or "..", which would address another resource; give it another value
}

func ExampleBody_Encode() {
	body := wire.Body{Format: wire.FormURL, Parts: []wire.Part{{Name: "metadata", Style: wire.DeepObject}}}
	payload, err := body.Encode(map[string]any{"name": "a b", "metadata": map[string]int{"k": 1},
		"tags": []string{"x", "y"}})
	if err != nil {
		panic(err)
	}
	r, _ := payload.Open()
	text, _ := io.ReadAll(r)
	fmt.Println(payload.ContentType, payload.Length)
	fmt.Println(string(text))
	// Output:
	// application/x-www-form-urlencoded 40
	// metadata%5Bk%5D=1&name=a+b&tags=x&tags=y
}

// Label is how a generated object with additional properties and an odd property name looks.
type Label struct {
	Text                 string            `json:"text"`
	WidthHeight          *string           `json:"-" wire:"omitzero,width,height"`
	AdditionalProperties map[string]string `json:"-" wire:"*"`
	Unknown              wire.Unknown      `json:"-"`
}

func (l Label) MarshalJSON() ([]byte, error) { return wire.MarshalStruct(&l) }

func (l *Label) UnmarshalJSON(data []byte) error { return wire.UnmarshalStruct(data, l) }

func ExampleMarshalStruct() {
	var l Label
	if err := wire.Unmarshal([]byte(`{"zone":"b","text":"t","width,height":"4x6","colour":"red"}`), &l); err != nil {
		panic(err)
	}
	fmt.Println(l.Text, *l.WidthHeight, l.AdditionalProperties)
	data, err := wire.Marshal(l)
	fmt.Println(string(data), err)
	// Output:
	// t 4x6 map[colour:red zone:b]
	// {"text":"t","width,height":"4x6","colour":"red","zone":"b"} <nil>
}

// Circle and Square are the types of Shape, which is how a generated union looks.
type (
	Circle struct {
		Kind   string  `json:"kind"`
		Radius float64 `json:"radius"`
	}
	Square struct {
		Kind string  `json:"kind"`
		Side float64 `json:"side"`
	}
	Shape struct{ wire.Union }
)

func (s Shape) AsCircle() (Circle, error)  { return wire.As[Circle](s.Union) }
func (s *Shape) FromCircle(v Circle) error { return s.Set(v, "kind", "circle") }
func (s Shape) Discriminator() string      { return s.Member("kind") }
func (s Shape) Value() (any, error) {
	return s.Pick(&wire.Variants{Discriminator: "kind", List: []wire.Variant{
		{Name: "Circle", Tags: []string{"circle"}, Required: []string{"radius"}, Decode: wire.JSONAs[*Circle]},
		{Name: "Square", Tags: []string{"square"}, Required: []string{"side"}, Decode: wire.JSONAs[*Square]},
	}})
}

func ExampleUnion() {
	var s Shape
	if err := s.FromCircle(Circle{Radius: 2}); err != nil {
		panic(err)
	}
	fmt.Println(s, s.Discriminator())
	for _, text := range []string{`{"kind":"square","side":1}`, `{"radius":3}`, `{"kind":"cone"}`} {
		if err := wire.Unmarshal([]byte(text), &s); err != nil {
			panic(err)
		}
		switch v, err := s.Value(); v := v.(type) {
		case *Circle:
			fmt.Println("circle of radius", v.Radius)
		case *Square:
			fmt.Println("square of side", v.Side)
		default:
			fmt.Println(err)
		}
	}
	// Output:
	// {"kind":"circle","radius":2} circle
	// square of side 1
	// circle of radius 3
	// member kind selects none of the 2 types of the union; use Raw
}

func ExampleTime() {
	var t wire.Time
	if err := t.UnmarshalJSON([]byte(`"2024-01-01T00:00Z"`)); err != nil {
		panic(err)
	}
	parsed, err := t.Time()
	fmt.Println(parsed.Year(), err, t)
	// Output: 2024 <nil> 2024-01-01T00:00Z
}
