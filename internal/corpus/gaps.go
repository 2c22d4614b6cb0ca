package main

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// A gap is a known case in which kin-openapi rejects a correct request or cannot check it.
type gap struct {
	why  string
	test func(r *refusal) bool
}

// A refusal is an error of kin-openapi about a request.
type refusal struct {
	judge     *judge
	text      string
	parameter *openapi3.Parameter // nil for the body
	header    http.Header
}

// gaps lists the known gaps. A refusal that matches none of them counts as a fault of the client.
var gaps = []gap{
	{"a header field that OpenAPI says to ignore as a parameter", func(r *refusal) bool {
		return r.parameter != nil && r.parameter.In == "header" &&
			slices.Contains([]string{"accept", "authorization", "content-type"}, strings.ToLower(r.parameter.Name))
	}},
	{"a parameter without a type", func(r *refusal) bool {
		return r.parameter != nil && r.schema() != nil && r.schema().Type == nil &&
			strings.Contains(r.text, "empty value")
	}},
	{"a parameter of several types is read as a text", func(r *refusal) bool {
		return r.schema() != nil && len(r.schema().OneOf)+len(r.schema().AnyOf) > 0
	}},
	{
		"an exploded label with a dot in a value",
		func(r *refusal) bool { return r.parameter != nil && r.parameter.Style == openapi3.SerializationLabel },
	},
	{"a form of composed or nested schemas", func(r *refusal) bool {
		return r.form() && strings.Contains(r.text, "unsupported schema of request body")
	}},
	{
		"a list of objects as a parameter",
		func(r *refusal) bool { return r.parameter != nil && strings.Contains(r.text, "non primitive type") },
	},
	{
		"a form with additional properties",
		func(r *refusal) bool { return r.form() && strings.HasSuffix(r.text, ": undefined") },
	},
	{
		"a member of a form without a type is read as null",
		func(r *refusal) bool { return r.form() && strings.Contains(r.text, "Value is not nullable") },
	},
	{"the conversion of Swagger 2.0 loses collectionFormat of forms", func(r *refusal) bool {
		return r.judge.converted && r.form() && strings.Contains(r.text, "invalid syntax")
	}},
}

// schema returns the schema of the parameter at fault, or nil.
func (r *refusal) schema() *openapi3.Schema {
	if r.parameter == nil || r.parameter.Schema == nil {
		return nil
	}
	return r.parameter.Schema.Value
}

// form reports whether the fault is in a form body.
func (r *refusal) form() bool {
	media := r.header.Get("Content-Type")
	return r.parameter == nil &&
		(strings.HasPrefix(media, "application/x-www-form-urlencoded") || strings.HasPrefix(media, "multipart/"))
}

// known returns the name of the gap that a refusal matches, or "".
func (j *judge) known(err error, sent *sentRequest) string {
	r := &refusal{judge: j, text: err.Error(), header: sent.Header}
	var e *openapi3filter.RequestError
	if !errors.As(err, &e) {
		return ""
	}
	r.parameter = e.Parameter
	for _, g := range gaps {
		if g.test(r) {
			return g.why
		}
	}
	return ""
}
