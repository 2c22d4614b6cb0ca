package main

// This file reads the cases of a sandbox from a document: requests and their responses.

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// A sandboxCase is one request of a sandbox with its response.
type sandboxCase struct {
	number     int // within its operation, from 1
	status     int
	answer     []byte // nil for no body
	conditions []condition
	foreign    []string // parameters of the case that the operation does not have
}

// A condition is a value that a request must have in a place.
type condition struct {
	param *api.Param // nil for the body
	value *tree.Node
}

// sandboxes returns the cases of all operations with cases.
func (d *document) sandboxes(ctx context.Context) map[*api.Operation][]*sandboxCase {
	doc, _ := spec.Load(ctx, spec.Options{Dir: filepath.Dir(d.file), File: filepath.Base(d.file)})
	if doc == nil {
		return nil
	}
	known := map[string]*spec.Operation{}
	for _, op := range doc.Operations {
		known[op.Method+" "+op.Path] = op
	}
	cases := map[*api.Operation][]*sandboxCase{}
	for _, op := range d.api.Operations {
		if list := casesOf(op, known[op.Method+" "+op.Path]); len(list) > 0 {
			cases[op] = list
		}
	}
	return cases
}

// casesOf returns the cases of one operation in the order of the document.
func casesOf(op *api.Operation, written *spec.Operation) []*sandboxCase {
	if written == nil {
		return nil
	}
	body := ""
	if written.Body != nil {
		body = written.Body.Arg
	}
	var list []*sandboxCase
	for _, r := range written.Node.Get("responses").Entries() {
		static := r.Value.Get("x-amzn-api-sandbox").Get("static")
		if static == nil {
			continue
		}
		status, err := strconv.Atoi(r.Key)
		if err != nil {
			continue
		}
		for _, n := range static.Items {
			c := &sandboxCase{number: len(list) + 1, status: status}
			// 204 has no body
			if answer := n.Get("response"); answer != nil && status != http.StatusNoContent {
				c.answer = answer.JSON()
			}
			for _, p := range n.Get("request").Get("parameters").Entries() {
				c.ask(op, body, p.Key, p.Value)
			}
			list = append(list, c)
		}
	}
	return list
}

// ask adds the condition of a case for one parameter. A case may name the body "body" in any
// document, and may give the body itself instead of a mapping with the key value. An empty mapping
// adds no condition.
func (c *sandboxCase) ask(op *api.Operation, body, name string, n *tree.Node) {
	value := n.Get("value")
	param := paramOf(op, name)
	isBody := param == nil && op.Body != nil && (name == body || name == "body")
	if value == nil && isBody && len(n.Pairs) > 0 {
		value = n
	}
	switch {
	case value == nil:
	case param != nil || isBody:
		c.conditions = append(c.conditions, condition{param: param, value: value})
	default:
		c.foreign = append(c.foreign, name)
	}
}

// paramOf returns a parameter that is not the body.
func paramOf(op *api.Operation, name string) *api.Param {
	for _, list := range [][]*api.Param{op.PathParams, op.Params} {
		for _, p := range list {
			if p.Name == name {
				return p
			}
		}
	}
	return nil
}

// unsendable reports whether a case has a path parameter that would lead to another path, which
// clients refuse to send.
func (c *sandboxCase) unsendable() bool {
	return slices.ContainsFunc(c.conditions, func(asked condition) bool {
		return asked.param != nil && asked.param.In == api.InPath &&
			slices.Contains([]string{"", ".", ".."}, asked.value.Text)
	})
}

// of returns the value that a case requires in a place, or nil.
func (c *sandboxCase) of(p *api.Param) *tree.Node {
	for _, asked := range c.conditions {
		if asked.param == p {
			return asked.value
		}
	}
	return nil
}

var staticCases = regexp.MustCompile(`x-amzn-api-sandbox[\s\S]*?\bstatic\b`)

// hasCases reports whether a document has cases of a sandbox.
func hasCases(d *document) bool {
	data, err := os.ReadFile(d.file)
	return err == nil && staticCases.Match(data)
}
