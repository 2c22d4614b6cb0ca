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
)

// responses returns the declared responses of an operation that are successes and those that are
// failures. If no 2xx is declared, 3xx are successes, because redirects are not followed. Without
// these, default is a success.
func responses(o *spec.Operation) (success, failure []response) {
	for _, isSuccess := range []func(status int) bool{isOK, isRedirect} {
		if success == nil {
			success, failure = split(o, isSuccess)
		}
	}
	if success == nil {
		success = defaultSuccess(o)
	}
	sortByStatus(success)
	sortByStatus(failure)
	return success, failure
}

func isOK(status int) bool { return class(status) == 2 }

func isRedirect(status int) bool { return class(status) == 3 && status != http.StatusNotModified }

// split returns the responses of an operation by their status.
func split(o *spec.Operation, isSuccess func(status int) bool) (success, failure []response) {
	for _, r := range o.Responses {
		if failed := !isSuccess(parseStatus(r.Status)); failed {
			failure = append(failure, newResponses(o, r, failed)...)
		} else {
			success = append(success, newResponses(o, r, failed)...)
		}
	}
	return success, failure
}

// defaultSuccess returns the success of an operation that declares none: the default response as
// 2XX, or else any 2XX without a body.
func defaultSuccess(o *spec.Operation) []response {
	for _, r := range o.Responses {
		if parseStatus(r.Status) != 0 {
			continue
		}
		list := newResponses(o, r, false)
		for i := range list {
			list[i].status = 2
		}
		return list
	}
	return []response{{status: 2}}
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

// newResponses returns a declared response with each of its bodies, or once without a body.
func newResponses(o *spec.Operation, r *spec.Response, failure bool) []response {
	bare := response{
		status: parseStatus(r.Status), description: r.Description, component: r.Component, pos: r.Pos,
	}
	if len(r.Contents) == 0 || o.Method == http.MethodHead || slices.Contains(noBody, bare.status) {
		return []response{bare}
	}
	list := bodiesOf(r.Contents, failure)
	if failure {
		list = ofFailure(list)
	}
	for i := range list {
		list[i].status, list[i].description, list[i].component = bare.status, bare.description, bare.component
		list[i].pos = r.Pos
	}
	return list
}

// needResultStruct reports whether callers need a struct to distinguish the responses: there are
// several with different bodies.
func needResultStruct(list []response) bool {
	first := list[0]
	return slices.ContainsFunc(list[1:], func(r response) bool { return !sameType(r, first) })
}

// responsePlace returns the place of an inline schema: it is named after its component, or as the
// response of the operation, or after its status.
func responsePlace(op *operation, r response) naming.Place {
	root := "response " + statusName(r.status) + " of " + op.spec.Name()
	other := func(s response) bool { return s.status != r.status }
	switch {
	case r.component != "":
		return naming.Place{Name: withSuffix(r.component, "Response") + r.variant, Root: "response " + r.component}
	case !slices.ContainsFunc(op.success, other):
		return naming.Place{Name: op.api.Name + "Response" + r.variant, Root: root}
	}
	return naming.Place{Name: op.api.Name + statusName(r.status) + r.variant, Root: root}
}

// planResponses plans what a method returns.
func planResponses(op *operation, types *typing.Types) {
	a := op.api
	fields := naming.NewScope(nil, "Status")
	claimed := map[string]string{} // names of fields by what they are for
	for _, r := range op.success {
		o := outcome(r, types)
		if key := statusName(r.status) + r.variant; a.Result.Struct != "" && r.decode != api.DecodeNone {
			if claimed[key] == "" {
				claimed[key] = fields.Claim(key, naming.Owner{What: "response"}, "Response")
			}
			o.Field = claimed[key]
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
	o := &api.Outcome{
		Status: r.status, Media: r.media, Decode: r.decode, Unasked: r.unasked, Description: r.description,
		Pos: r.pos,
	}
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
