package plan

// This file plans the methods that iterate over the values of a stream.

import (
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/media"
)

// A stream is a method that is being planned.
type stream struct {
	status  int
	content *spec.Content
	api     *api.Streaming
}

// streamedContents returns the media types of an operation's success that are streams of values,
// server-sent events first, and the status.
func streamedContents(o *spec.Operation) (status int, list []*spec.Content) {
	responses := ofClass(o.Responses, 2)
	if len(responses) == 0 {
		responses = ofClass(o.Responses, 0)
	}
	for _, r := range responses {
		for _, c := range r.Contents {
			switch {
			case media.IsEvents(c.Media):
				list = slices.Insert(list, 0, c)
			case media.IsLines(c.Media):
				list = append(list, c)
			}
		}
		if list != nil {
			return max(parseStatus(r.Status), 2), list
		}
	}
	return 0, nil
}

// ofClass returns the responses of a class of statuses, or the default response for 0.
func ofClass(list []*spec.Response, wanted int) []*spec.Response {
	return slices.DeleteFunc(slices.Clone(list), func(r *spec.Response) bool {
		return class(parseStatus(r.Status)) != wanted
	})
}

// nameStreams claims the names of the methods. The plain method of an operation that only streams
// has the same descriptor.
func nameStreams(op *operation, n names) {
	status, list := streamedContents(op.spec)
	if op.spec.Method == "HEAD" {
		return
	}
	for i, c := range list {
		name := op.api.Name + "Stream"
		if i > 0 {
			name += mediaSuffix(c.Media)
		}
		owner := naming.Owner{What: "stream of operation " + op.spec.Name(), Pos: op.spec.IDPos}
		s := &api.Streaming{Events: media.IsEvents(c.Media)}
		s.Name = n.methods.Claim(name, owner, "Values")
		s.Var = n.pkg.Quiet().Claim(naming.Unexported(s.Name), owner, "Operation")
		op.streams = append(op.streams, stream{status: status, content: c, api: s})
		op.api.Streams = append(op.api.Streams, s)
	}
}

// itemOf returns the schema of one value of a stream. Without itemSchema, which is new in OpenAPI
// 3.2, documents describe one value, or all of them as an array.
func itemOf(c *spec.Content) *spec.Schema {
	if c.Item != nil || c.Schema == nil {
		return c.Item
	}
	if t := c.Schema.Target(); t.Items != nil && slices.Equal(t.Types, []string{"array"}) {
		return t.Items
	}
	return c.Schema
}

// planStreams plans the values of the streams of an operation. The data of an event without a
// schema is text.
func planStreams(op *operation, types *typing.Types) {
	for _, s := range op.streams {
		s.api.Success = &api.Outcome{Status: s.status, Media: s.content.Media, Decode: api.DecodeStream}
		s.api.Success.Type = api.Of(api.Stream, nil)
		if len(op.success) == 1 && op.success[0].media == s.content.Media && op.success[0].status == s.status {
			s.api.Var = op.api.Var
		}
		item := itemOf(s.content)
		if s.api.Events && (item == nil || isPlainText(item) || typing.IsBinary(item.Target())) {
			s.api.Type = api.Of(api.String, nil)
			continue
		}
		types.Place(item, naming.Place{Name: op.api.Name + "Event", Root: "stream of " + op.spec.Name()})
		types.Returned(&s.api.Type, item)
	}
}
