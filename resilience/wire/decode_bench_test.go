package wire

// This file compares decoding with hand-written structs and encoding/json, for bodies of four
// sizes: an acknowledgment, a submission with issues, an item, and a page of items.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// A submission is a generated struct; plainSubmission is what one writes by hand.
type submission struct {
	SKU     string            `json:"sku"`
	Status  string            `json:"status"`
	ID      string            `json:"submissionId"`
	Issues  []submissionIssue `json:"issues,omitzero"`
	Unknown Unknown           `json:"-"`
}

func (s *submission) UnmarshalJSON(data []byte) error { return UnmarshalStruct(data, s) }

type submissionIssue struct {
	Code       string   `json:"code"`
	Message    string   `json:"message"`
	Severity   string   `json:"severity"`
	Attributes []string `json:"attributeNames,omitzero"`
	Unknown    Unknown  `json:"-"`
}

type plainSubmission struct {
	SKU    string       `json:"sku"`
	Status string       `json:"status"`
	ID     string       `json:"submissionId"`
	Issues []plainIssue `json:"issues,omitempty"`
}

type plainIssue struct {
	Code       string   `json:"code"`
	Message    string   `json:"message"`
	Severity   string   `json:"severity"`
	Attributes []string `json:"attributeNames,omitempty"`
}

type productPage struct {
	Total   int64     `json:"numberOfResults"`
	Next    *string   `json:"nextToken,omitzero"`
	Items   []product `json:"items"`
	Unknown Unknown   `json:"-"`
}

func (p *productPage) UnmarshalJSON(data []byte) error { return UnmarshalStruct(data, p) }

type product struct {
	ID         string           `json:"asin"`
	Attributes map[string]any   `json:"attributes,omitzero"`
	Sizes      []productSize    `json:"dimensions,omitzero"`
	Images     []productImage   `json:"images,omitzero"`
	Summaries  []productSummary `json:"summaries,omitzero"`
	Unknown    Unknown          `json:"-"`
}

func (p *product) UnmarshalJSON(data []byte) error { return UnmarshalStruct(data, p) }

type productSize struct {
	Unit    *string  `json:"unit,omitzero"`
	Value   *float64 `json:"value,omitzero"`
	Unknown Unknown  `json:"-"`
}

type productImage struct {
	Variant string  `json:"variant"`
	Link    string  `json:"link"`
	Height  int64   `json:"height"`
	Width   int64   `json:"width"`
	Unknown Unknown `json:"-"`
}

type productSummary struct {
	Marketplace string   `json:"marketplaceId"`
	Adult       *bool    `json:"adultProduct,omitzero"`
	Brand       *string  `json:"brand,omitzero"`
	Color       *string  `json:"color,omitzero"`
	Name        *string  `json:"itemName,omitzero"`
	Quantity    *int64   `json:"packageQuantity,omitzero"`
	Released    *Date    `json:"releaseDate,omitzero"`
	Size        *string  `json:"size,omitzero"`
	Keywords    []string `json:"keywords,omitzero"`
	Unknown     Unknown  `json:"-"`
}

type plainPage struct {
	Total int64          `json:"numberOfResults"`
	Next  *string        `json:"nextToken,omitempty"`
	Items []plainProduct `json:"items"`
}

type plainProduct struct {
	ID         string         `json:"asin"`
	Attributes map[string]any `json:"attributes,omitempty"`
	Sizes      []plainSize    `json:"dimensions,omitempty"`
	Images     []plainImage   `json:"images,omitempty"`
	Summaries  []plainSummary `json:"summaries,omitempty"`
}

type plainSize struct {
	Unit  *string  `json:"unit,omitempty"`
	Value *float64 `json:"value,omitempty"`
}

type plainImage struct {
	Variant string `json:"variant"`
	Link    string `json:"link"`
	Height  int64  `json:"height"`
	Width   int64  `json:"width"`
}

type plainSummary struct {
	Marketplace string   `json:"marketplaceId"`
	Adult       *bool    `json:"adultProduct,omitempty"`
	Brand       *string  `json:"brand,omitempty"`
	Color       *string  `json:"color,omitempty"`
	Name        *string  `json:"itemName,omitempty"`
	Quantity    *int64   `json:"packageQuantity,omitempty"`
	Released    *string  `json:"releaseDate,omitempty"`
	Size        *string  `json:"size,omitempty"`
	Keywords    []string `json:"keywords,omitempty"`
}

const benchDone = `{"sku":"GM-ZDPI-9B4E","status":"ACCEPTED","submissionId":"f1dc2914-75dd-11ea-bc55-0242ac130003",` +
	`"issues":[]}`

const benchIssues = `{"sku":"GM-ZDPI-9B4E","status":"INVALID","submissionId":"f1dc2914-75dd-11ea-bc55-0242ac130003",` +
	`"issues":[{"code":"90220","message":"'size_name' is required but not supplied.","severity":"ERROR",` +
	`"attributeNames":["size_name"]},{"code":"18027","message":"The value of 'color' is not one of the list.",` +
	`"severity":"WARNING","attributeNames":["color","color_map"]}]}`

// benchProduct is an item with a name, of about 1.8 KB.
func benchProduct(i int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"asin":"B07N4M%04d","attributes":{"item_weight":[{"unit":"pounds","value":107.6}],`+
		`"bullet_point":[{"language_tag":"en_US","value":"Smart TV with a 4K display, model %d, and four speakers"}]},`+
		`"dimensions":[{"unit":"inches","value":32.45},{"unit":"inches","value":10.75},`+
		`{"unit":"pounds","value":107.6}],"images":[`, i, i)
	for n := range 4 {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"variant":"PT0%d","link":"https://images.example.com/images/I/51dkLP4k%dL.jpg",`+
			`"height":%d,"width":%d}`, n, i, 500+n, 333+n)
	}
	b.WriteString(`],"summaries":[`)
	for n := range 3 {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"marketplaceId":"ATVPDKIKX0DER","adultProduct":false,"brand":"Example Brand",`+
			`"color":"black","itemName":"Example TV with \"4K\" display, %d inches","packageQuantity":%d,`+
			`"releaseDate":"2024-02-1%d","size":"%d-Inch","keywords":["tv","4k display","smart"]}`, 40+i, n+1, n, 40+i)
	}
	b.WriteString(`]}`)
	return b.String()
}

// benchPage is a page of 58 items, of about 88 KB.
func benchPage() []byte {
	var b bytes.Buffer
	b.WriteString(`{"numberOfResults":12247,"nextToken":"xsdflkj324lkjsdlkj3423klkjsdfkljlk2j34klj2l3k4jlksdjl234",` +
		`"items":[`)
	for i := range 58 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(benchProduct(i))
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// decodings are the bodies, with a decoding by this package and one by hand.
var decodings = []struct {
	name       string
	data       []byte
	wire, hand func(data []byte) error
	most       float64 // allocations
}{
	{"acknowledgment", []byte(benchDone), decodeJSON[submission], decodeByHand[plainSubmission], 8},
	{"issues", []byte(benchIssues), decodeJSON[submission], decodeByHand[plainSubmission], 12},
	{"item", []byte(benchProduct(7)), decodeJSON[product], decodeByHand[plainProduct], 62},
	{"page", benchPage(), decodeJSON[productPage], decodeByHand[plainPage], 3100},
}

func decodeJSON[T any](data []byte) error {
	var r Report
	_, err := JSONAs[*T](data, &r)
	return err
}

func decodeByHand[T any](data []byte) error { return json.Unmarshal(data, new(T)) }

func BenchmarkDecode(b *testing.B) {
	for _, d := range decodings {
		for _, way := range []struct {
			name   string
			decode func([]byte) error
		}{{"wire", d.wire}, {"hand", d.hand}} {
			b.Run(d.name+"/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(d.data)))
				for b.Loop() {
					if err := way.decode(d.data); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func TestDecode_Allocations(t *testing.T) {
	for _, d := range decodings {
		if n := testing.AllocsPerRun(20, func() { _ = d.wire(d.data) }); n > d.most {
			t.Errorf("%s: %v allocations, at most %v are allowed", d.name, n, d.most)
		}
	}
}
