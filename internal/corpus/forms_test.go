package main

import (
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// formContent declares members of all kinds.
func formContent() *openapi3.MediaType {
	no := false
	file := &openapi3.Schema{Type: &openapi3.Types{"string"}, Format: "binary"}
	list := &openapi3.Schema{Type: &openapi3.Types{"array"}, Items: &openapi3.SchemaRef{Value: file}}
	return &openapi3.MediaType{
		Schema: &openapi3.SchemaRef{Value: &openapi3.Schema{
			AllOf: openapi3.SchemaRefs{
				{Value: &openapi3.Schema{Properties: openapi3.Schemas{"file": {Value: file}}}},
			},
			Properties: openapi3.Schemas{"files": {Value: list}},
		}},
		Encoding: map[string]*openapi3.Encoding{
			"joined": {Explode: &no}, "data": {ContentType: "application/json"},
			"page": {ContentType: "text/html, text/*"},
		},
	}
}

func TestJudge_DiffersForm_Pairs(t *testing.T) {
	value := decode([]byte(`{"a":"x y","list":["1","2"],"joined":[3,4],"o":{"p":1},"data":[{"q":2}]}`))
	const rest = `&o=%7B%22p%22%3A1%7D&data=%5B%7B%22q%22%3A2%7D%5D`
	tests := []struct{ body, want string }{
		{"a=x+y&list=1&list=2&joined=3,4" + rest, ""},
		{"list=1&list=2&a=x%20y&joined=3%2C4" + rest, ""},
		{"list=1&list=2&a=x%20z&joined=3,4" + rest, `form: a: got "x z", want "x y"`},
		{"a=x+y&list=2&list=1&joined=3,4" + rest, `form: list: got "2", want "1"`},
		{"a=x+y&list=1&joined=3,4" + rest, "form: list is missing"},
		{"a=x+y&list=1&list=2&joined=3&joined=4" + rest, `form: joined: got "3", want "3,4"`},
		{"a=x+y&b=&list=1&list=2&joined=3,4" + rest, `form: b="" is new`},
		{"a=x y&list=1&list=2&joined=3,4" + rest, `form: "a=x y" is no pair of a form`},
		{"a&list=1&list=2&joined=3,4" + rest, `form: "a" is no pair of a form`},
		{"a=x+y&list=1&list=2&joined=3,4&z=" + rest, `form: z="" is new`},
		{"a=x+y&list=1&list=2&joined=3,4&o=%7B%22p%22%3A2%7D&data=%5B%7B%22q%22%3A2%7D%5D", "form: o: $.p: 1 became 2"},
	}
	j := &judge{}
	for _, tt := range tests {
		want, open := j.parts(formContent(), value.(map[string]any), nil, true)
		sent := &sentRequest{
			Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte(tt.body),
		}
		if got := j.differsForm(sent, want, open); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.body, got, tt.want)
		}
	}
}

func TestJudge_DiffersForm_Parts(t *testing.T) {
	value := decode([]byte(`{"file":"f","files":["g"],"page":"h","o":{"p":1},"joined":[1,2]}`))
	written := func(disposition, media, text string) string {
		if media != "" {
			media = "Content-Type: " + media + "\r\n"
		}
		return "--b\r\nContent-Disposition: form-data; name=" + disposition + "\r\n" + media + "\r\n" + text + "\r\n"
	}
	file, page := written("file; filename=a", "image/png", "f"), written("page", "text/html", "h")
	files := written("files; filename=a", "application/octet-stream", "g")
	object, end := written("o", "application/json", `{"p":1}`), "--b--\r\n"
	tests := []struct{ body, want string }{
		{file + files + page + object + end, ""},
		{page + object + files + file + written("joined", "", "open") + end, ""},
		{written("file", "", "f") + files + page + object + end, "form: file: a file: got false, want true"},
		{
			file + files + written("page; filename=a", "", "h") + object + end,
			"form: page: a file: got true, want false",
		},
		{
			file + files + written("page", "text/plain", "h") + object + end,
			"form: page: media type: got text/plain, want text/html",
		},
		{file + page + object + end, "form: files is missing"},
		{file + files + page + object, "unexpected EOF"},
	}
	j := &judge{}
	for _, tt := range tests {
		want, open := j.parts(formContent(), value.(map[string]any), nil, false)
		sent := &sentRequest{
			Header: http.Header{"Content-Type": {"multipart/form-data; boundary=b"}}, Body: []byte(tt.body),
		}
		if got := j.differsForm(sent, want, open); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.body, got, tt.want)
		}
	}
}

// Lists of Swagger 2.0 are one value with a separator unless they are multi.
func TestJudge_Parts_CollectionFormat(t *testing.T) {
	for format, want := range map[string]string{"": "1,2", "csv": "1,2", "pipes": "1|2", "ssv": "1 2", "tsv": "1\t2"} {
		j := &judge{converted: true}
		list, _ := j.parts(
			&openapi3.MediaType{}, map[string]any{"a": []any{"1", "2"}}, map[string]string{"formData a": format}, true,
		)
		if len(list) != 1 || list[0].text != want {
			t.Errorf("%s: got %+v, want %s", format, list, want)
		}
	}
	list, _ := (&judge{converted: true}).parts(
		&openapi3.MediaType{}, map[string]any{"a": []any{"1", "2"}}, map[string]string{"formData a": "multi"}, true,
	)
	if len(list) != 2 || list[1].text != "2" {
		t.Errorf("multi: got %+v", list)
	}
}
