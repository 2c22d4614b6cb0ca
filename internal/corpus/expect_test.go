package main

import (
	"net/http"
	"path/filepath"
	"testing"
)

const requested = `openapi: 3.0.3
info: {title: a, version: "1"}
paths:
  /a b/{id}:go?fixed={id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: tag, in: query, schema: {type: string}}
    get:
      parameters:
        - {name: tag, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: X-Level, in: header, schema: {type: integer}}
        - {name: Accept, in: header, schema: {type: string}}
        - {name: seen, in: cookie, schema: {type: boolean}}
        - {name: where, in: query, explode: false, schema: {type: object}}
        - {name: nested, in: query, style: deepObject, explode: true, schema: {type: object}}
      responses: {"204": {description: ok}}
  /elsewhere:
    servers: [{url: 'https://other.example/b'}]
    get: {responses: {"204": {description: ok}}}
    put: {servers: [{url: ../up}], responses: {"204": {description: ok}}}
`

// A request differs from the expected one in each place that is changed.
func TestExpected_Differs(t *testing.T) {
	j, err := newJudge(filepath.Join(folder(t, map[string]string{"a.yaml": requested}), "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const template = "/a b/{id}:go?fixed={id}"
	item, op := j.operation("GET", template)
	want, err := j.expect("GET", template, item, op, map[string]any{
		"path id": "x/y", "query tag": []any{"q", "r s"}, "header X-Level": decode([]byte("5")), "cookie seen": true,
		"query where": map[string]any{"a": "1", "b": "2"}, "query nested": map[string]any{"c": []any{"d"}},
		"header Accept": "text/plain",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const path, query = base + "/a%20b/x%2Fy:go", "?tag=q,r%20s&fixed=x%2Fy&where=b,2,a,1&nested%5Bc%5D=e"
	fields := http.Header{"X-Level": {"5"}, "Cookie": {"seen=true"}, "Accept": {"*/*"}}
	with := func(name, value string) http.Header {
		h := fields.Clone()
		h.Set(name, value)
		return h
	}
	tests := []struct {
		sent sentRequest
		want string
	}{
		{sentRequest{Method: "GET", URL: path + query, Header: fields}, ""},
		{sentRequest{Method: "PUT", URL: path + query, Header: fields}, "method: got PUT, want GET"},
		{
			sentRequest{Method: "GET", URL: "https://127.0.0.1:9/" + query},
			"host: got https://127.0.0.1:9, want " + base,
		},
		{sentRequest{Method: "GET", URL: "http://a.example/" + query}, "host: got http://a.example, want " + base},
		{
			sentRequest{Method: "GET", URL: base + "/a%20b/x/y:go" + query, Header: fields},
			"path: got /base/v0/a%20b/x/y:go, want /base/v0/a%20b/x%2Fy:go",
		},
		{
			sentRequest{Method: "GET", URL: path, Header: fields},
			"query: got , want fixed=x%2Fy&tag=q,r%20s&where=a,1,b,2",
		},
		{
			sentRequest{Method: "GET", URL: path + query, Header: with("Cookie", "seen=1")},
			"cookies: got seen=1, want seen=true",
		},
		{
			sentRequest{Method: "GET", URL: path + query, Header: with("X-Level", "6")},
			`header X-Level: got ["6"], want "5"`,
		},
		{
			sentRequest{Method: "GET", URL: path + query, Header: with("X-Other", "6")},
			`header X-Other: got ["6"], want none`,
		},
	}
	for _, tt := range tests {
		if got := want.differs(&tt.sent); got != tt.want {
			t.Errorf("%+v:\ngot  %s\nwant %s", tt.sent, got, tt.want)
		}
	}
}

// The given address replaces servers with a host, and relative servers are resolved against it.
func TestJudge_Address(t *testing.T) {
	j, err := newJudge(filepath.Join(folder(t, map[string]string{"a.yaml": requested}), "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for method, want := range map[string]string{"GET": base, "PUT": "http://127.0.0.1:9/up"} {
		item, op := j.operation(method, "/elsewhere")
		if got, err := j.address(item, op); err != nil || got.String() != want {
			t.Errorf("%s: got %v %v, want %s", method, got, err, want)
		}
	}
}
