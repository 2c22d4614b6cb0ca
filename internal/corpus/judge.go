package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/resgen/resgen/resilience/tree"
)

// A judge checks requests against a document with kin-openapi, which shares no code with the
// generator.
type judge struct {
	doc       *openapi3.T
	options   []openapi3.SchemaValidationOption
	converted bool // from Swagger 2.0
	// collectionFormat of lists of Swagger 2.0, which the conversion loses: by method and path,
	// then by location and name
	collections map[string]map[string]string
}

// newJudge reads a document. Swagger 2.0 is converted.
func newJudge(file string) (*judge, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	root, found := tree.Parse(file, data)
	if err := found.Err(); err != nil {
		return nil, err
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	j := &judge{}
	data = readable(root.JSON())
	if root.Get("swagger") != nil {
		j.converted = true
		j.doc, j.collections, err = convert(data, loader)
	} else {
		j.doc, err = loader.LoadFromDataWithPath(data, &url.URL{Path: filepath.ToSlash(file)})
	}
	if err == nil && strings.HasPrefix(text(root.Get("openapi")), "3.1") {
		j.options = append(j.options, openapi3.EnableJSONSchema2020())
	}
	return j, err
}

// readable changes what kin-openapi does not read: the paths of x-ms-paths are moved to the others,
// and a list of schemas for the items of an array becomes any schema.
func readable(data []byte) []byte {
	doc, _ := decode(data).(map[string]any)
	if more, ok := doc["x-ms-paths"].(map[string]any); ok {
		if paths, ok := doc["paths"].(map[string]any); ok {
			maps.Copy(paths, more)
		}
	}
	loosenItems(doc)
	return raw(doc)
}

// untyped marks a schema that has a list of schemas for items and no type. What it describes is not
// known: documents mean a list by it, or one of the schemas.
const untyped = "x-untyped"

func loosenItems(v any) {
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["items"].([]any); ok && len(list) > 0 {
			v["items"] = map[string]any{}
			if v["type"] == nil {
				v["type"], v[untyped] = "array", true
			}
		}
		for name, w := range v {
			if name != "example" && name != "examples" && !strings.HasPrefix(name, "x-") {
				loosenItems(w)
			}
		}
	case []any:
		for _, w := range v {
			loosenItems(w)
		}
	}
}

// convert converts Swagger 2.0 to OpenAPI 3. By default, a list in a query is one value with
// commas.
func convert(data []byte, loader *openapi3.Loader) (*openapi3.T, map[string]map[string]string, error) {
	var old openapi2.T
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, nil, err
	}
	collections := collectionFormats(&old)
	for _, p := range old.Parameters {
		spellOut(p)
	}
	for _, item := range old.Paths {
		for _, p := range item.Parameters {
			spellOut(p)
		}
		for _, op := range item.Operations() {
			for _, p := range op.Parameters {
				spellOut(p)
			}
		}
	}
	doc, err := openapi2conv.ToV3WithLoader(&old, loader, nil)
	return doc, collections, err
}

// collectionFormats returns the collectionFormat of the parameters of each operation.
func collectionFormats(old *openapi2.T) map[string]map[string]string {
	all := map[string]map[string]string{}
	for template, item := range old.Paths {
		for method, op := range item.Operations() {
			formats := map[string]string{}
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				if shared := old.Parameters[strings.TrimPrefix(p.Ref, "#/parameters/")]; shared != nil {
					p = shared
				}
				formats[p.In+" "+p.Name] = p.CollectionFormat
			}
			all[method+" "+template] = formats
		}
	}
	return all
}

// text returns the text of a scalar, or "" for nil.
func text(n *tree.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}

func spellOut(p *openapi2.Parameter) {
	if p.In == "query" && p.Type.Is("array") && p.CollectionFormat == "" {
		p.CollectionFormat = "csv"
	}
}

// operation returns the operation with its path item, or nil if kin-openapi does not know it.
func (j *judge) operation(method, template string) (*openapi3.PathItem, *openapi3.Operation) {
	item := j.doc.Paths.Value(template)
	if item == nil {
		return nil, nil
	}
	return item, item.GetOperation(method)
}

// A sentRequest is a request as the driver received it.
type sentRequest struct {
	Method, URL, Host string
	Header            http.Header
	Body              []byte
}

// accept returns what kin-openapi finds wrong with a request for an operation.
func (j *judge) accept(ctx context.Context, template string, greedy []string, sent *sentRequest) error {
	item, op := j.operation(sent.Method, template)
	if op == nil {
		return fmt.Errorf("kin-openapi has no operation %s %s", sent.Method, template)
	}
	u, err := url.Parse(sent.URL)
	if err != nil {
		return err
	}
	address, err := j.address(item, op)
	if err != nil {
		return err
	}
	root := strings.TrimSuffix(address.EscapedPath(), "/")
	values, err := match(template, greedy, strings.TrimPrefix(u.EscapedPath(), root))
	if err != nil {
		return err
	}
	q, err := http.NewRequestWithContext(ctx, sent.Method, sent.URL, strings.NewReader(string(sent.Body)))
	if err != nil {
		return err
	}
	q.Header = sent.Header
	if len(sent.Body) == 0 {
		q.Body = http.NoBody
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, RejectWhenRequestBodyNotSpecified: true,
		SkipSettingDefaults: true, SchemaValidationOptions: j.options,
		ExcludeRequestBody: strings.Contains(sent.Header.Get("Content-Type"), "xml"), // kin-openapi does not read XML
	}
	options.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return fmt.Sprintf("%s at /%s in %s", err.Reason, strings.Join(err.JSONPointer(), "/"), clip(err.Value))
	})
	return openapi3filter.ValidateRequest(ctx, &openapi3filter.RequestValidationInput{
		Request: q, PathParams: values, Options: options,
		Route: &routers.Route{Spec: j.doc, Path: template, PathItem: item, Method: sent.Method, Operation: op},
	})
}

var variable = regexp.MustCompile(`\{([^{}]*)\}`)

// match returns the unescaped values of the variables of a template. Those of greedy variables may
// contain slashes.
func match(template string, greedy []string, escaped string) (map[string]string, error) {
	template, _, _ = strings.Cut(template, "#")
	template, _, _ = strings.Cut(template, "?")
	var names []string
	var pattern strings.Builder
	at := 0
	for _, m := range variable.FindAllStringSubmatchIndex(template, -1) {
		literal := (&url.URL{Path: template[at:m[0]]}).EscapedPath()
		pattern.WriteString(regexp.QuoteMeta(literal))
		names = append(names, template[m[2]:m[3]])
		if slices.Contains(greedy, template[m[2]:m[3]]) {
			pattern.WriteString("(.+)")
		} else {
			pattern.WriteString("([^/]+)")
		}
		at = m[1]
	}
	pattern.WriteString(regexp.QuoteMeta((&url.URL{Path: template[at:]}).EscapedPath()))
	found := regexp.MustCompile("^" + pattern.String() + "$").FindStringSubmatch(escaped)
	if found == nil {
		return nil, fmt.Errorf("the path %s is not of %s", escaped, template)
	}
	values := map[string]string{}
	for i, name := range names {
		value, err := url.PathUnescape(found[i+1])
		if err != nil {
			return nil, err
		}
		values[name] = value
	}
	return values, nil
}

// fits returns what a schema finds wrong with a value. kin-openapi panics on a schema with a part
// that it has not read.
func (j *judge) fits(schema *openapi3.Schema, value any, more ...openapi3.SchemaValidationOption) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("kin-openapi panics: %v", p)
		}
	}()
	return schema.VisitJSON(value, append(more, j.options...)...)
}

// init registers the media types that kin-openapi has no decoder for. Their bodies are strings.
func init() {
	openapi3filter.RegisterBodyDecoder("*/*", func(
		body io.Reader, header http.Header, schema *openapi3.SchemaRef, enc openapi3filter.EncodingFn,
	) (any, error) {
		if media := header.Get("Content-Type"); strings.Contains(media, "json") {
			var v any
			err := json.NewDecoder(body).Decode(&v)
			return v, err
		} else if path.Dir(media) == "multipart" {
			return openapi3filter.RegisteredBodyDecoder("multipart/form-data")(body, header, schema, enc)
		}
		data, err := io.ReadAll(body)
		return string(data), err
	})
}
