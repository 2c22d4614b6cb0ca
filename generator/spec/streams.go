package spec

import (
	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/media"
	"github.com/resgen/resgen/resilience/tree"
)

// item reads the schema of the values of a stream. That of server-sent events describes the fields
// of an event, of which only the data needs a type. A schema without data is that of the data.
func (l *loader) item(mediaType string, n *tree.Node) *Schema {
	if !media.IsEvents(mediaType) {
		return l.schema(n)
	}
	var found eventData
	found.collect(l, n, eventDepth)
	switch {
	case len(found.content) == 1 && found.variants < 2:
		return l.schema(found.content[0])
	case len(found.data) > 0:
		return l.schema(found.data[0])
	}
	return l.schema(n)
}

// eventDepth is how deep schemas are searched for the data of an event: that of an event is flat.
const eventDepth = 4

// eventData is what the schemas of an event say about its data.
type eventData struct {
	data     []*tree.Node // schemas of the member data
	content  []*tree.Node // schemas of the JSON in it
	variants int
}

// collect adds what a schema and its parts say.
func (e *eventData) collect(l *loader, n *tree.Node, depth int) {
	if n == nil || depth == 0 {
		return
	}
	if data := n.Get("properties").Get("data"); data != nil {
		e.data = append(e.data, data)
		kind := node.Text(data, "contentMediaType")
		if content := data.Get("contentSchema"); content != nil && (kind == "" || media.IsJSON(kind)) {
			e.content = append(e.content, content)
		}
	}
	if target, _ := l.deref(n); target != n {
		e.collect(l, target, depth-1)
	}
	for _, part := range node.Items(n.Get("allOf")) {
		e.collect(l, part, depth-1)
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		for _, variant := range node.Items(n.Get(key)) {
			e.variants++
			e.collect(l, variant, depth-1)
		}
	}
}
