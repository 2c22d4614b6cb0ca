package main

// This file replays the cases of sandboxes through generated clients: each request must match its
// own case, and each success must be decoded.

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/tree"
)

// replay calls the method of every case.
func replay(ctx context.Context, work string, docs []*document, out io.Writer) error {
	var clients []*document
	var trials []*trial
	var settled []func(*trace, *score)
	for _, d := range docs {
		if d.api == nil || len(d.failures) > 0 {
			continue
		}
		cases := d.sandboxes(ctx)
		for _, op := range d.api.Operations {
			for _, c := range cases[op] {
				trials = append(trials, d.trialOf(op, c, len(clients)))
				settled = append(settled, func(got *trace, s *score) { s.settle(d, op, cases[op], c, got) })
			}
		}
		clients = append(clients, d)
	}
	traces, err := drive(ctx, work, clients, trials)
	if err != nil {
		return err
	}
	var s score
	for i := range traces {
		settled[i](&traces[i], &s)
	}
	return s.report(out)
}

// trialOf returns the call for a case, with any values for what is required and not in the case.
func (d *document) trialOf(op *api.Operation, c *sandboxCase, client int) *trial {
	f := filler{types: d.api.Types}
	t := &trial{
		Client: client, Method: op.Name, Base: "https://server.example", Status: c.status, Answer: c.answer, op: op,
		doc: d, Token: tokenFor(d.api),
	}
	if c.answer != nil {
		t.Media = "application/json"
	}
	for _, o := range op.Success {
		if o.Status == c.status && op.Result != nil && op.Result.Struct != "" {
			t.Field = o.Field
		}
	}
	for _, p := range op.PathParams {
		t.Args = append(t.Args, f.argument(p.Type, c.of(p)))
	}
	if op.ParamsType != "" {
		t.Params = map[string]json.RawMessage{}
	}
	for _, p := range op.Params {
		if value := c.of(p); value != nil || p.Required {
			t.Params[p.Go] = f.argument(p.Type, value)
		}
	}
	if op.Body != nil {
		t.HasBody = true
		if value := c.of(nil); value != nil {
			t.Body = value.JSON()
		} else if op.Body.Required {
			t.Body = f.anything(op.Body.Type)
		}
	}
	return t
}

// A filler converts the values of a case to JSON that fits the Go type of an argument.
type filler struct {
	types []*api.Named
	depth int // of objects
}

// plain follows names and pointers to the underlying type.
func (f filler) plain(t *api.Type) *api.Type {
	for {
		switch t.Kind {
		case api.Pointer, api.Nullable:
			t = t.Elem
			continue
		case api.NamedType:
			at := slices.IndexFunc(f.types, func(n *api.Named) bool { return n.Name == t.Name })
			if at >= 0 && f.types[at].Underlying != nil {
				t = f.types[at].Underlying
				continue
			}
		}
		return t
	}
}

// argument returns a value of the type: the given one, or any.
func (f filler) argument(t *api.Type, n *tree.Node) json.RawMessage {
	if n == nil {
		return f.anything(t)
	}
	switch t = f.plain(t); t.Kind {
	case api.Slice:
		items := n.Items
		if n.Kind != tree.Sequence {
			items = []*tree.Node{n}
		}
		list := []json.RawMessage{}
		for _, item := range items {
			list = append(list, f.argument(t.Elem, item))
		}
		return raw(list)
	case api.String, api.Time, api.Date:
		return raw(n.Text)
	case api.Bool, api.Int32, api.Int64, api.Uint64, api.Float64, api.Decimal:
		if json.Valid([]byte(n.Text)) {
			return json.RawMessage(n.Text)
		}
	}
	return n.JSON()
}

// anything returns some value of the type.
func (f filler) anything(t *api.Type) json.RawMessage {
	switch t = f.plain(t); t.Kind {
	case api.Slice:
		return raw([]json.RawMessage{f.anything(t.Elem)})
	case api.Bool:
		return raw(true)
	case api.Int32, api.Int64, api.Uint64, api.Float64, api.Decimal:
		return raw(1)
	case api.String, api.Time, api.Date, api.Bytes:
		return raw("any")
	case api.NamedType:
		return raw(f.required(t))
	}
	return raw(map[string]any{})
}

// required returns the members that an object must have.
func (f filler) required(t *api.Type) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	at := slices.IndexFunc(f.types, func(n *api.Named) bool { return n.Name == t.Name })
	if at < 0 || f.depth == maxDepth {
		return members
	}
	f.depth++
	for _, field := range f.types[at].Fields {
		if !field.OmitZero {
			members[field.Name] = f.anything(field.Type)
		}
	}
	return members
}

// maxDepth bounds objects that require one of their own kind.
const maxDepth = 10

// A score counts the results of all cases.
type score struct {
	Cases, Hit, Twins int // twins have the same request as an earlier case, which matches instead
	Unsendable        int // cases with a path that no client sends
	Successes, Read   int // cases of 2xx, and those whose response is decoded without loss
	Refused           int // of those read, the ones that a policy counts as failures; their error has the response
	Failures, Decoded int // cases of other statuses, and those whose error has the response without loss
	Needed, Signed    int // requests of operations that require a credential, and those that carry the token
	notes             []string
}

// settle counts the result of a case.
func (s *score) settle(d *document, op *api.Operation, cases []*sandboxCase, c *sandboxCase, got *trace) {
	object := func(why string) {
		s.notes = append(
			s.notes, fmt.Sprintf("%s/%s: %s %d, case %d: %s", d.set, d.name, op.Name, c.status, c.number, why),
		)
	}
	for _, name := range c.foreign {
		object("the operation has no parameter " + name)
	}
	s.Cases++
	switch {
	case len(got.Requests) == 0 && c.unsendable():
		s.Unsendable++
		object(got.Error)
	case len(got.Requests) != 1:
		object(strconv.Itoa(len(got.Requests)) + " requests: " + got.Error)
	default:
		s.settleRequest(op, cases, c, &got.Requests[0], object)
		s.settleToken(d.api, op, &got.Requests[0], object)
		s.settleAnswer(op, c, got, object)
	}
}

// settleRequest compares the case with the one that its request matches.
func (s *score) settleRequest(
	op *api.Operation, cases []*sandboxCase, c *sandboxCase, sent *sentRequest, object func(string),
) {
	switch other, why := answering(cases, op, sent), c.unmet(op, sent); {
	case other == c:
		s.Hit++
	case why != "":
		object("its own case does not answer: " + why)
	case len(other.conditions) == len(c.conditions):
		s.Twins++
		object(fmt.Sprintf("case %d has the same request", other.number))
	default:
		object(fmt.Sprintf("case %d, which asks for more, answers", other.number))
	}
}

// settleToken counts a request that requires a credential.
func (s *score) settleToken(a *api.API, op *api.Operation, sent *sentRequest, object func(string)) {
	if len(op.Security) == 0 {
		return
	}
	s.Needed++
	why := unsigned(a, op, sent)
	s.Signed += one(why == "")
	if why != "" {
		object(why)
	}
}

// settleAnswer counts what is lost of a response.
func (s *score) settleAnswer(op *api.Operation, c *sandboxCase, got *trace, object func(string)) {
	why := unread(op, c, got)
	if why != "" {
		object(why)
	}
	if c.status < 300 {
		s.Successes++
		s.Read += one(why == "")
		s.Refused += one(why == "" && got.Error != "")
		return
	}
	s.Failures++
	s.Decoded += one(why == "")
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// unread returns what is lost of a response. An error that has the response has lost nothing, and
// bodies that the document does not declare are not read.
func unread(op *api.Operation, c *sandboxCase, got *trace) string {
	result := decode(got.Result)
	switch {
	case c.status < 300 && result == nil && got.Error != "":
		return got.Error
	case c.status >= 300 && got.Error == "":
		return "no error"
	case c.answer == nil || !declares(op, c.status):
		return ""
	}
	return lost(decode(c.answer), result, false, "answer")
}

// declares reports whether a status has a body.
func declares(op *api.Operation, status int) bool {
	return slices.ContainsFunc(slices.Concat(op.Success, op.Failure), func(o *api.Outcome) bool {
		return o.Status == status && o.Type != nil
	})
}

func (s *score) report(out io.Writer) error {
	for _, note := range s.notes {
		fmt.Fprintln(out, note)
	}
	fmt.Fprintf(
		out,
		"\n%d of %d cases answer their request, %d have a twin before them, %d ask for a path that is never sent\n",
		s.Hit, s.Cases, s.Twins, s.Unsendable,
	)
	fmt.Fprintf(out, "%d of %d requests that require a token carry it\n", s.Signed, s.Needed)
	fmt.Fprintf(
		out, "%d of %d successes are read, %d of them as failures by policy\n%d of %d failures are read\n", s.Read,
		s.Successes, s.Refused, s.Decoded, s.Failures,
	)
	if s.Hit+s.Twins+s.Unsendable != s.Cases || s.Signed != s.Needed || s.Read != s.Successes ||
		s.Decoded != s.Failures {
		return errNotOK
	}
	return nil
}
