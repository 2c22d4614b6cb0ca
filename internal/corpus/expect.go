package main

// This file says what request a document demands for given values. It reads the document with
// kin-openapi, not the generator's plan, and writes it as styles.go does.

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// base is the URL that the driver gives to WithBaseURL.
const base = "http://127.0.0.1:9/base/v0"

// An expected is a request. The order of pairs with different names is free, and so is that of the
// members of an object that is written as one value.
type expected struct {
	method, path string // path is escaped
	query        []string
	cookies      []string
	header       map[string]string // by canonical name
	open         map[string]bool   // names of parameters whose form the specification leaves open
	free         bool              // some value has members in any order
}

// parametersOf returns the parameters of an operation with those of its path item that it does not
// replace. OpenAPI ignores three header fields.
func parametersOf(item *openapi3.PathItem, op *openapi3.Operation) []*openapi3.Parameter {
	var list []*openapi3.Parameter
	for _, p := range op.Parameters {
		list = append(list, p.Value)
	}
	for _, p := range item.Parameters {
		if op.Parameters.GetByInAndName(p.Value.In, p.Value.Name) == nil {
			list = append(list, p.Value)
		}
	}
	return slices.DeleteFunc(list, func(p *openapi3.Parameter) bool {
		return p == nil || p.In == "header" && slices.Contains(
			[]string{"accept", "authorization", "content-type"}, strings.ToLower(p.Name),
		)
	})
}

// expect returns the request for values by location and name.
func (j *judge) expect(
	method, template string, item *openapi3.PathItem, op *openapi3.Operation, values map[string]any, greedy []string,
) (*expected, error) {
	e := &expected{method: method, header: map[string]string{}, open: map[string]bool{}}
	inPath := map[string]string{}
	for _, p := range parametersOf(item, op) {
		v, given := values[p.In+" "+p.Name]
		if !given {
			if p.In == "header" { // for example a key of idempotency
				e.open[http.CanonicalHeaderKey(p.Name)] = true
			}
			continue
		}
		s := shapeOf(p, j.collections[method+" "+template][p.In+" "+p.Name], j.converted)
		s.greedy = p.In == "path" && slices.Contains(greedy, p.Name)
		pieces, ok := s.expand(p.Name, v)
		if !ok {
			e.open[p.Name] = true
			continue
		}
		if m, is := v.(map[string]any); is {
			e.free = e.free || len(m) > 1
		}
		switch p.In {
		case "query":
			e.query = append(e.query, pieces...)
		case "cookie":
			e.cookies = append(e.cookies, pieces...)
		case "header":
			e.header[http.CanonicalHeaderKey(p.Name)] = strings.Join(pieces, "")
		case "path":
			inPath[p.Name] = pieces[0]
		}
	}
	address, err := j.address(item, op)
	if err != nil {
		return nil, err
	}
	path, _, _ := strings.Cut(template, "#")
	path, query, _ := strings.Cut(path, "?")
	if query != "" {
		e.query = append(e.query, strings.Split(expandPath(query, inPath), "&")...)
	}
	e.path = strings.TrimSuffix(address.EscapedPath(), "/") + expandPath(path, inPath)
	for name := range e.open {
		if strings.Contains(path, "{"+name+"}") {
			e.path = "" // any
		}
	}
	return e, nil
}

// address returns the URL of the server of an operation: the given one, against which servers that
// the operation or its path states without a host are resolved.
func (j *judge) address(item *openapi3.PathItem, op *openapi3.Operation) (*url.URL, error) {
	address, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	servers := item.Servers
	if op.Servers != nil && len(*op.Servers) > 0 {
		servers = *op.Servers
	}
	if len(servers) == 0 || strings.Contains(servers[0].URL, "//") || strings.Contains(servers[0].URL, "{") {
		return address, nil
	}
	return address.Parse(servers[0].URL)
}

// expandPath replaces the variables of a template. Other text is escaped where a path cannot
// contain it.
func expandPath(template string, values map[string]string) string {
	var b strings.Builder
	at := 0
	literal := func(text string) {
		b.WriteString(escapeLiteral(text))
	}
	for _, m := range variable.FindAllStringSubmatchIndex(template, -1) {
		literal(template[at:m[0]])
		if value, ok := values[template[m[2]:m[3]]]; ok {
			b.WriteString(value)
		} else {
			literal(template[m[0]:m[1]])
		}
		at = m[1]
	}
	literal(template[at:])
	return b.String()
}

// escapeLiteral escapes what a path cannot contain (pchar of RFC 3986), but not what is escaped.
func escapeLiteral(text string) string {
	parts := strings.Split(text, "%")
	for i := range parts {
		parts[i] = escapeBut(parts[i], "/:@!$&'()*+,;=?")
	}
	return strings.Join(parts, "%")
}

// differs returns the first difference of a request, or "".
func (e *expected) differs(got *sentRequest) string {
	u, err := url.Parse(got.URL)
	if err != nil {
		return err.Error()
	}
	home, _ := url.Parse(base)
	if u.Host != home.Host || u.Scheme != home.Scheme {
		return fmt.Sprintf("host: got %s://%s, want %s", u.Scheme, u.Host, base)
	}
	if got.Method != e.method {
		return fmt.Sprintf("method: got %s, want %s", got.Method, e.method)
	}
	if !e.same(u.EscapedPath(), e.path) && e.path != "" {
		return fmt.Sprintf("path: got %s, want %s", u.EscapedPath(), e.path)
	}
	if why := e.pairs("query", u.RawQuery, "&", e.query); why != "" {
		return why
	}
	if why := e.pairs("cookies", got.Header.Get("Cookie"), "; ", e.cookies); why != "" {
		return why
	}
	return e.fields(got.Header)
}

// same reports whether two texts are equal up to the order of members.
func (e *expected) same(got, want string) bool {
	if !e.free {
		return got == want
	}
	a, b := []byte(got), []byte(want)
	slices.Sort(a)
	slices.Sort(b)
	return string(a) == string(b)
}

// pairs compares pairs whose order matters only between those of one name.
func (e *expected) pairs(what, got, separator string, want []string) string {
	var sent []string
	if got != "" {
		sent = strings.Split(got, separator)
	}
	byName := func(a, b string) int {
		x, _, _ := strings.Cut(a, "=")
		y, _, _ := strings.Cut(b, "=")
		return strings.Compare(x, y)
	}
	sent = slices.DeleteFunc(sent, func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		name, _ = url.QueryUnescape(name)
		outer, _, _ := strings.Cut(name, "[")
		return e.open[name] || e.open[outer]
	})
	want = slices.Clone(want)
	slices.SortStableFunc(sent, byName)
	slices.SortStableFunc(want, byName)
	if !e.same(strings.Join(sent, separator), strings.Join(want, separator)) {
		return fmt.Sprintf("%s: got %s, want %s", what, strings.Join(sent, separator), strings.Join(want, separator))
	}
	return ""
}

// usual are header fields that a client sends in any case.
var usual = []string{"Accept", "Accept-Encoding", "Authorization", "Content-Type", "User-Agent", "Cookie"}

// fields compares header fields.
func (e *expected) fields(got http.Header) string {
	for _, name := range slices.Sorted(maps.Keys(e.header)) {
		if list := got[name]; len(list) != 1 || !e.same(list[0], e.header[name]) {
			return fmt.Sprintf("header %s: got %q, want %q", name, got[name], e.header[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, known := e.header[name]; !known && !e.open[name] && !slices.Contains(usual, name) {
			return fmt.Sprintf("header %s: got %q, want none", name, got[name])
		}
	}
	return ""
}
