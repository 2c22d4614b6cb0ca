package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
)

// An operation is a call that is measured.
type operation int

const (
	deleteTool operation = iota
	patchTool
	getTool
	searchProducts
	operations // their number
)

var operationNames = [operations]string{"delete", "patch", "get", "search"}

func (o operation) String() string { return operationNames[o] }

// The sizes of the responses in bytes.
var sizes = [operations]int{108, 378, 1843, 88 << 10}

// payloads are the bodies of the responses.
var payloads = [operations][]byte{
	deleteTool: receipt(sizes[deleteTool], false),
	patchTool:  receipt(sizes[patchTool], true),
	getTool:    tool(sizes[getTool]),

	searchProducts: page(sizes[searchProducts]),
}

// operationOf returns the operation of a request.
func operationOf(r *http.Request) operation {
	switch {
	case r.Method == http.MethodDelete:
		return deleteTool
	case r.Method == http.MethodPatch:
		return patchTool
	case strings.HasPrefix(r.URL.Path, "/library/"):
		return searchProducts
	}
	return getTool
}

// padded returns the text with PAD replaced, so that it has a size.
func padded(text string, size int) []byte {
	missing := size - len(text) + len("PAD")
	if missing < 0 || !strings.Contains(text, "PAD") {
		panic(fmt.Sprintf("a payload has %d bytes without padding, want at most %d", len(text), size))
	}
	filler := strings.Repeat("long handle of ash ", missing/19+1)[:missing]
	return []byte(strings.Replace(text, "PAD", filler, 1))
}

// receipt returns the response to a change.
func receipt(size int, noticed bool) []byte {
	notices := ""
	if noticed {
		notices = `,"notices":[{"code":"40117","text":"The weight was rounded to grams. PAD","weight":"NOTE",` +
			`"attributes":["parcel_weight"],"groups":["INCOMPLETE","SHIPPING"]}]`
	}
	text := `{"toolId":"SAW-4711-07","state":"ACCEPTED","receiptId":"PAD"` + notices + `}`
	if noticed {
		text = strings.Replace(text, "PAD", "7c2f1e04-5a19", 1)
	}
	return padded(text, size)
}

// tool returns a tool with all parts.
func tool(size int) []byte {
	return padded(`{"toolId":"SAW-4711-07","summaries":[{"shop":"NORTH","productId":"P0000000042",`+
		`"category":"HAND_SAW","condition":"new","states":["VISIBLE","BUYABLE"],"name":"Panel saw 550 mm, PAD",`+
		`"created":"2026-01-17T08:15:30.000Z","changed":"2026-06-02T19:40:11.412Z",`+
		`"picture":{"side":"FRONT","link":"https://pictures.workshop.test/saw-4711-07/front.jpg","height":1600,`+
		`"width":1200}}],"details":{"teeth":[{"value":8,"unit":"per inch","shop":"NORTH"}],`+
		`"blade":[{"length":{"value":550.5,"unit":"mm"},"steel":"SK5","shop":"NORTH"}],`+
		`"remarks":[{"language":"en","text":"cuts on the push","shop":"NORTH"}],"folds":[{"value":false}]},`+
		`"notices":[{"code":"90220","text":"The name says nothing about the teeth.","weight":"WARNING",`+
		`"attributes":["name"],"groups":["INCOMPLETE"]},{"code":"18320","text":"A second picture is advised.",`+
		`"weight":"NOTE","attributes":["pictures"],"groups":["PICTURE","ADVICE"]}],`+
		`"prices":[{"shop":"NORTH","kind":"RETAIL","amount":"34.90","currency":"EUR"},`+
		`{"shop":"NORTH","kind":"TRADE","amount":"27.50","currency":"EUR"}],`+
		`"stock":[{"place":"HALL_2","quantity":118},{"place":"FRONT_DESK","quantity":3}]}`, size)
}

// products is the number of products of a page.
const products = 20

// page returns a page of products.
func page(size int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"total":1242,"next":"9HkIVcuuPmX_bm51o3-igBfN65pxW6Ru","filters":[`)
	for i := range 10 {
		separate(&b, i)
		fmt.Fprintf(&b, `{"count":%d,"maker":"Maker %d"}`, 311-17*i, i)
	}
	b.WriteString(`],"products":[`)
	for i := range products {
		separate(&b, i)
		product(&b, i)
	}
	b.WriteString(`]}`)
	return padded(b.String(), size)
}

// product adds a product.
func product(b *bytes.Buffer, n int) {
	fmt.Fprintf(b, `{"productId":"P%010d","codes":[{"shop":"NORTH","codes":[`, n)
	for i, kind := range []string{"EAN", "GTIN", "UPC"} {
		separate(b, i)
		fmt.Fprintf(b, `{"kind":%q,"value":"40%011d"}`, kind, 7*n+i)
	}
	b.WriteString(`]}],"pictures":[{"shop":"NORTH","pictures":[`)
	for i := range 18 {
		separate(b, i)
		fmt.Fprintf(b, `{"side":"SIDE_%d","link":"https://pictures.workshop.test/products/p%010d/%d-large.jpg",`+
			`"height":%d,"width":%d}`, i, n, i, 1600-i, 1200-i)
	}
	b.WriteString(`]}],"sizes":[{"shop":"NORTH",`)
	for i, what := range []string{"tool", "parcel"} {
		separate(b, i)
		fmt.Fprintf(b, `%q:{"height":{"unit":"mm","value":%d.5},"length":{"unit":"mm","value":%d.25},`+
			`"width":{"unit":"mm","value":%d},"weight":{"unit":"g","value":%d.75}}`, what, 30+n, 550+n, 140+n, 610+n)
	}
	b.WriteString(`}],"ranks":[{"shop":"NORTH","ranks":[`)
	for i := range 3 {
		separate(b, i)
		fmt.Fprintf(b, `{"shelf":"S%d","title":"Saws, part %d","link":"https://shelves.workshop.test/s%d","rank":%d}`,
			n*10+i, i, n*10+i, 1041*n+i)
	}
	filler := ""
	if n == 0 {
		filler = " PAD"
	}
	fmt.Fprintf(b, `]}],"summaries":[{"shop":"NORTH","electric":false,"signed":false,"maker":"Maker %d",`+
		`"shelf":{"shelfId":"S%d","title":"Saws for wood"},"color":"beech",`+
		`"name":"Panel saw with a backed blade, No. %d%s","model":"PS-%d","pieces":1,"released":"2026-02-%02d","size":"550 mm","style":"traditional"}],`+
		`"variants":[{"shop":"NORTH","variants":[{"kind":"SIZE","children":[`, n%10, n, n, filler, n, n%28+1)
	for i := range 8 {
		separate(b, i)
		fmt.Fprintf(b, `"P%010d"`, 1000+10*n+i)
	}
	b.WriteString(`]},{"kind":"SET","parents":["P0000009000"]}]}]}`)
}

// separate adds the comma between members of a list.
func separate(b *bytes.Buffer, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}
