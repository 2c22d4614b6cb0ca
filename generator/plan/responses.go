package plan

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/media"
)

// responses returns the declared responses of an operation that are successes and those that are
// failures. If no 2xx is declared, 3xx are successes, because redirects are not followed. Without
// these, default is a success.
func responses(o *spec.Operation) (success, failure []response) {
	for _, r := range o.Responses {
		one := newResponse(o, r)
		if class(one.status) == 2 {
			success = append(success, one)
		} else {
			failure = append(failure, one)
		}
	}
	if success == nil {
		success, failure = splitRedirects(failure)
	}
	if success == nil {
		success = []response{defaultSuccess(failure)}
	}
	sortByStatus(success)
	sortByStatus(failure)
	return success, failure
}

// splitRedirects returns 3xx responses as successes and all others as failures.
func splitRedirects(list []response) (success, failure []response) {
	for _, r := range list {
		if class(r.status) == 3 && r.status != http.StatusNotModified {
			success = append(success, r)
		} else {
			failure = append(failure, r)
		}
	}
	return success, failure
}

// defaultSuccess returns the success of an operation that declares none: the default response as
// 2XX, or else any 2XX without a body.
func defaultSuccess(failure []response) response {
	success := response{status: 2}
	for _, r := range failure {
		if r.status == 0 {
			success = r
			success.status = 2
		}
	}
	return success
}

// class returns the first digit of a status.
func class(status int) int {
	if status >= 100 {
		return status / 100
	}
	return status
}

// sortByStatus sorts responses: statuses, then classes, then default.
func sortByStatus(list []response) {
	order := func(r response) int {
		switch {
		case r.status == 0:
			return 2000
		case r.status < 10:
			return 1000 + r.status
		}
		return r.status
	}
	slices.SortStableFunc(list, func(a, b response) int { return cmp.Compare(order(a), order(b)) })
}

// parseStatus returns the status for a key of responses.
func parseStatus(key string) int {
	if key == "default" {
		return 0
	}
	if strings.HasSuffix(key, "XX") {
		key = key[:1]
	}
	n, _ := strconv.Atoi(key)
	return n
}

// noBody are the statuses whose responses never have a body.
var noBody = []int{http.StatusNoContent, http.StatusResetContent, http.StatusNotModified}

func newResponse(o *spec.Operation, r *spec.Response) response {
	out := response{status: parseStatus(r.Status), description: r.Description, component: r.Component}
	c := preferred(r.Contents)
	if c == nil || o.Method == http.MethodHead || slices.Contains(noBody, out.status) {
		return out
	}
	out.media, out.decode, out.schema = c.Media, decoding(c), c.Schema
	if class(out.status) > 3 && out.decode == api.DecodeStream {
		out.decode = api.DecodeBytes
	}
	return out
}

// preferred returns the media type that the client accepts: JSON, then text, then anything.
func preferred(list []*spec.Content) *spec.Content {
	order := func(c *spec.Content) int {
		switch d := decoding(c); {
		case media.Base(c.Media) == "application/json":
			return 0
		case d == api.DecodeJSON && c.Media != "*/*":
			return 1
		case d == api.DecodeJSON:
			return 2
		case d == api.DecodeText:
			return 3
		}
		return 4
	}
	var best *spec.Content
	for _, c := range list {
		if best == nil || order(c) < order(best) {
			best = c
		}
	}
	return best
}

// decoding returns how a response body of a media type is read.
func decoding(c *spec.Content) api.Decode {
	s := c.Schema
	if s != nil {
		s = s.Target()
	}
	anyMedia := media.Base(c.Media) == "*/*"
	switch {
	case typing.IsBinary(s):
		return api.DecodeStream
	case media.IsJSON(c.Media):
		return api.DecodeJSON
	case anyMedia && s != nil && slices.Equal(s.Types, []string{"string"}):
		return api.DecodeText
	case anyMedia && s != nil:
		return api.DecodeJSON
	case isText(c.Media):
		return api.DecodeText
	}
	return api.DecodeStream
}

// needResultStruct reports whether callers need a struct to distinguish the responses: there are
// several with different bodies.
func needResultStruct(list []response) bool {
	first := list[0]
	return slices.ContainsFunc(list[1:], func(r response) bool {
		return r.decode != first.decode || r.decode == api.DecodeJSON && !r.schema.SameAs(first.schema)
	})
}

// responsePlace returns the place of an inline schema: it is named after its component, or as the
// response of the operation, or after its status.
func responsePlace(op *operation, r response) naming.Place {
	root := "response " + statusName(r.status) + " of " + op.spec.Name()
	switch {
	case r.component != "":
		return naming.Place{Name: withSuffix(r.component, "Response"), Root: "response " + r.component}
	case len(op.success) == 1 && op.success[0].status == r.status:
		return naming.Place{Name: op.api.Name + "Response", Root: root}
	}
	return naming.Place{Name: op.api.Name + statusName(r.status), Root: root}
}

// planResponses plans what a method returns.
func planResponses(op *operation, types *typing.Types) {
	a := op.api
	fields := naming.NewScope(nil, "Status")
	for _, r := range op.success {
		o := outcome(r, types)
		if a.Result.Struct != "" && r.decode != api.DecodeNone {
			o.Field = fields.Claim(statusName(r.status), naming.Owner{What: "response"}, "Response")
		}
		a.Success = append(a.Success, o)
	}
	for _, r := range op.failure {
		a.Failure = append(a.Failure, outcome(r, types))
	}
	if a.Result.Struct == "" && op.success[0].decode != api.DecodeNone {
		setBodyType(&a.Result.Type, op.success[0], types)
	}
}

func outcome(r response, types *typing.Types) *api.Outcome {
	o := &api.Outcome{Status: r.status, Media: r.media, Decode: r.decode, Description: r.description}
	if r.decode != api.DecodeNone {
		setBodyType(&o.Type, r, types)
	}
	return o
}

// decodedKinds are the kinds of bodies that are not JSON.
var decodedKinds = map[api.Decode]api.Kind{
	api.DecodeText: api.String, api.DecodeBytes: api.Bytes, api.DecodeStream: api.Stream,
}

// setBodyType sets *at to the type of a response body, at once or when all types are finished.
func setBodyType(at **api.Type, r response, types *typing.Types) {
	if kind := decodedKinds[r.decode]; kind != 0 {
		*at = api.Of(kind, nil)
		return
	}
	types.Returned(at, r.schema)
}

// statusNames are the names of statuses that have no status text.
var statusNames = map[int]string{
	0: "Default", 1: "Informational", 2: "Success", 3: "Redirection", 4: "ClientError", 5: "ServerError",
}

// statusName returns the Go name of a status: 201 is Created, 2XX is Success.
func statusName(status int) string {
	if name := statusNames[status]; name != "" {
		return name
	}
	if text := http.StatusText(status); text != "" {
		return naming.Exported(strings.ReplaceAll(text, "'", ""))
	}
	return "Status" + strconv.Itoa(status)
}
