package plan

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

// An answer is one declared response with the media type that the client asks for.
type answer struct {
	status      int // 200; 2 for 2XX; 0 for default
	description string
	component   string
	media       string
	decode      string       // json, text, bytes, stream; empty: no body
	schema      *spec.Schema // of a JSON body; nil: none or unknown
}

// answers sorts the responses of an operation into those that are returned as values and those that are errors.
// Where no 2xx is declared, a 3xx is a success (redirects are not followed), and without one default is.
func answers(o *spec.Operation) (success, failure []answer) {
	for _, r := range o.Responses {
		a := newAnswer(o, r)
		if class(a.status) == 2 {
			success = append(success, a)
		} else {
			failure = append(failure, a)
		}
	}
	if success == nil {
		success, failure = promote(failure, 3)
	}
	if success == nil {
		success = standIn(failure)
	}
	byStatus(success)
	byStatus(failure)
	return success, failure
}

// promote takes the answers of a class for successes.
func promote(list []answer, as int) (success, failure []answer) {
	for _, a := range list {
		if class(a.status) == as && a.status != http.StatusNotModified {
			success = append(success, a)
		} else {
			failure = append(failure, a)
		}
	}
	return success, failure
}

// standIn lets default describe a success that the document does not declare. Without default any 2xx will do.
func standIn(failure []answer) []answer {
	any2xx := answer{status: 2}
	for _, a := range failure {
		if a.status == 0 {
			any2xx = a
			any2xx.status = 2
		}
	}
	return []answer{any2xx}
}

// class returns the first digit of a status.
func class(status int) int {
	if status >= 100 {
		return status / 100
	}
	return status
}

// byStatus sorts answers: statuses, then classes, then default.
func byStatus(list []answer) {
	order := func(a answer) int {
		switch {
		case a.status == 0:
			return 2000
		case a.status < 10:
			return 1000 + a.status
		}
		return a.status
	}
	slices.SortStableFunc(list, func(a, b answer) int { return cmp.Compare(order(a), order(b)) })
}

// statusOf reads a key of responses.
func statusOf(key string) int {
	if key == "default" {
		return 0
	}
	if strings.HasSuffix(key, "XX") {
		key = key[:1]
	}
	n, _ := strconv.Atoi(key)
	return n
}

// bodiless are statuses whose answers have no body, whatever a document says.
var bodiless = []int{http.StatusNoContent, http.StatusResetContent, http.StatusNotModified}

func newAnswer(o *spec.Operation, r *spec.Response) answer {
	a := answer{status: statusOf(r.Status), description: r.Description, component: r.Component}
	c := preferred(r.Contents)
	if c == nil || o.Method == http.MethodHead || slices.Contains(bodiless, a.status) {
		return a
	}
	a.media, a.decode, a.schema = c.Media, decoding(c), c.Schema
	if class(a.status) > 3 && a.decode == "stream" {
		a.decode = "bytes"
	}
	return a
}

// preferred returns the media type that the client asks for: JSON, then text, then anything.
func preferred(list []*spec.Content) *spec.Content {
	order := func(c *spec.Content) int {
		switch d := decoding(c); {
		case baseMedia(c.Media) == "application/json":
			return 0
		case d == "json" && c.Media != "*/*":
			return 1
		case d == "json":
			return 2
		case d == "text":
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

// decoding returns how a body of a media type is read.
func decoding(c *spec.Content) string {
	s := c.Schema
	if s != nil {
		s = s.Target()
	}
	any := baseMedia(c.Media) == "*/*"
	switch {
	case isBinary(s):
		return "stream"
	case isJSON(c.Media):
		return "json"
	case any && s != nil && slices.Equal(s.Types, []string{"string"}):
		return "text"
	case any && s != nil:
		return "json"
	case isText(c.Media):
		return "text"
	}
	return "stream"
}

// several reports whether the answers need a struct to tell them apart: there is more than one, and they do not all have the same body.
func several(list []answer) bool {
	for _, a := range list[1:] {
		if a.decode != list[0].decode || a.decode == "json" && !a.schema.SameAs(list[0].schema) {
			return true
		}
	}
	return false
}

// results plans what a method returns.
func (p *planner) results(op *operation) {
	a := op.api
	fields := newScope(nil, "Status")
	for _, s := range op.success {
		o := p.outcome(s)
		if a.Result.Struct != "" && s.decode != "" {
			o.Field = fields.claim(statusName(s.status), owner{what: "answer"}, "Answer")
		}
		a.Success = append(a.Success, o)
	}
	for _, s := range op.failure {
		a.Failure = append(a.Failure, p.outcome(s))
	}
	if a.Result.Struct == "" && op.success[0].decode != "" {
		p.wrapAnswer(&a.Result.Type, op.success[0])
	}
}

func (p *planner) outcome(s answer) *api.Outcome {
	o := &api.Outcome{Status: s.status, Media: s.media, Decode: api.Decode(s.decode), Description: s.description}
	if s.decode != "" {
		p.wrapAnswer(&o.Type, s)
	}
	return o
}

// wrapAnswer sets the type of a body when all types are known: a pointer to a struct or union, all else as it is.
func (p *planner) wrapAnswer(at **api.Type, s answer) {
	switch s.decode {
	case "text":
		*at = kind(api.String)
	case "bytes":
		*at = kind(api.Bytes)
	case "stream":
		*at = kind(api.Stream)
	default:
		p.answers = append(p.answers, wrapped{at: at, base: p.typeOf(s.schema), nullable: s.schema != nil && p.nullable(s.schema)})
	}
}

// statusNames are the names of answers that have no status text.
var statusNames = map[int]string{0: "Default", 1: "Informational", 2: "Success", 3: "Redirection", 4: "ClientError", 5: "ServerError"}

// statusName returns the status text as a name: 201 is Created, 2XX Success.
func statusName(status int) string {
	if name := statusNames[status]; name != "" {
		return name
	}
	if text := http.StatusText(status); text != "" {
		return exported(strings.ReplaceAll(text, "'", ""))
	}
	return "Status" + strconv.Itoa(status)
}
