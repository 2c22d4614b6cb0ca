package paging

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Request is the request for the first page of a listing.
type Request struct {
	Params []wire.Param
	JSON   bool // the operation has a JSON body
	Input  wire.Input
}

// Argument returns the value of a parameter, or of a member of the body, as text.
func (r Request) Argument(name string) (text string, ok bool) {
	if name == "" {
		return "", false
	}
	if i := r.param(name); i >= 0 {
		return wire.PlainText(r.Input.Params[i])
	}
	v, ok := wire.Find(r.Input.Body, name)
	if !ok {
		return "", false
	}
	return wire.PlainText(v.Interface())
}

// param returns the index of a parameter, or -1. A path parameter is used only without
// another of that name.
func (r Request) param(name string) int {
	found := -1
	for i, p := range r.Params[:min(len(r.Params), len(r.Input.Params))] {
		if p.Name == name && (found < 0 || p.In != wire.Path) {
			found = i
		}
	}
	return found
}

// At returns the input of the request for the page with a token. The input is that of the first
// page if the token is empty or the target of a link.
func (r Request) At(rule *policy.Pagination, token string) (wire.Input, error) {
	if token == "" || rule.Style == "link" {
		return r.Input, nil
	}
	r.Input.Params = slices.Clone(r.Input.Params)
	if rule.Rule == "token-only" {
		r.Input.Body = nil
		for i := range r.Input.Params {
			if r.Params[i].In == wire.Query {
				r.Input.Params[i] = nil
			}
		}
	}
	for _, pair := range rule.With {
		name, value, _ := strings.Cut(pair, "=")
		if err := r.put(name, value); err != nil {
			return r.Input, err
		}
	}
	err := r.put(rule.Request, tokenValue(rule, token))
	return r.Input, err
}

// tokenValue returns a token in the form in which it is sent. Offsets and page numbers are numbers
// in a body.
func tokenValue(rule *policy.Pagination, token string) any {
	if rule.Style == "token" {
		return token
	}
	n, err := strconv.ParseInt(token, 10, 64)
	if err != nil {
		return token
	}
	return n
}

// put sets a parameter, or a member of the body.
func (r *Request) put(name string, value any) error {
	if i := r.param(name); i >= 0 {
		r.Input.Params[i] = value
		return nil
	}
	if !r.JSON {
		return fmt.Errorf("the operation has no parameter %q for the page", name)
	}
	body, err := wire.WithMember(r.Input.Body, name, value)
	r.Input.Body = body
	return err
}
