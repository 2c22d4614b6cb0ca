package wire

// This file writes members of multipart/form-data in a style (OpenAPI 3.1, "Encoding Object"). The
// values are those of a query, without escapes.

import (
	"fmt"
	"strconv"
)

// styled writes a member with a style: one part, or one for each value of an exploded list or
// object.
func (w *partWriter) styled(p Part, n node) error {
	s := styled{name: p.Name, style: p.Style, in: Header, escape: escapeNone, inner: p.Inner}
	switch {
	case n.isEmpty():
		return nil
	case p.Style == DeepObject:
		w.deep(p.Name, n)
		return nil
	case !p.Explode || n.kind == scalar:
		text, err := appendStyled(nil, s, n)
		return w.pair(p.Name, text, err)
	}
	s.style = Form
	for i := range n.len() {
		name := p.Name
		if n.kind == object {
			name = n.keys[i]
		}
		value := newStyleWriter(s)
		value.value(n.item(i))
		if err := w.pair(name, value.dst, value.err); err != nil {
			return err
		}
	}
	return nil
}

// pair writes a part with a text.
func (w *partWriter) pair(name string, text []byte, err error) error {
	if err != nil {
		return fmt.Errorf("member %q: %w", name, err)
	}
	w.text(Part{Name: name}, "", textNode(string(text)))
	return nil
}

// deep writes a part name[key] for every leaf, and for lists name[0].
func (w *partWriter) deep(name string, n node) {
	if n.kind == scalar {
		w.text(Part{Name: name}, "", n)
		return
	}
	for i := range n.len() {
		key := strconv.Itoa(i)
		if n.kind == object {
			key = n.keys[i]
		}
		w.deep(name+"["+key+"]", n.item(i))
	}
}
