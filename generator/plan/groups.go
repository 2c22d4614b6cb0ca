package plan

// This file plans the groups of operations with the same tag: client.Pets.List next to
// client.ListPets.
//
// The field of a group claims its name right after the first operation of the group, so that a
// later operation changes no name of the client. The same holds for the methods of a group.

import (
	"cmp"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

// groups has the groups that are being planned. All methods of a nil *groups do nothing.
type groups struct {
	tags   []spec.Tag            // those that the document describes
	byTag  map[string]*api.Group // by the key of the tag
	list   []*api.Group          // in the order of the first operations
	owners []naming.Owner        // of the names of the groups
}

func newGroups(doc *spec.Document) *groups {
	return &groups{tags: doc.Tags, byTag: map[string]*api.Group{}}
}

// described returns the description of a tag, which is empty if the document has none.
func (g *groups) described(tag string) spec.Tag {
	i := slices.IndexFunc(g.tags, func(t spec.Tag) bool { return strings.TrimSpace(t.Name) == tag })
	if i < 0 {
		return spec.Tag{}
	}
	return g.tags[i]
}

// tagOf returns the tag that groups an operation, the first one that is not blank, and its
// position. An operation without a tag is in no group.
func tagOf(o *spec.Operation) (tag string, pos diag.Position) {
	pos = o.Pos
	for i, t := range o.Tags {
		if tag = strings.TrimSpace(t); tag == "" {
			continue
		}
		if n := o.Node.Get("tags"); n != nil && i < len(n.Items) {
			pos = n.Items[i].Pos
		}
		return tag, pos
	}
	return "", pos
}

// tagKey returns the same text for tags that have the same group: they differ only in case, spaces,
// hyphens and underscores.
func tagKey(tag string) string { return strings.ToLower(tagSpaces.Replace(tag)) }

var tagSpaces = strings.NewReplacer(" ", "", "-", "", "_", "")

// has reports whether a group has a field of the client.
func (g *groups) has(field string) bool {
	return g != nil && slices.ContainsFunc(g.list, func(one *api.Group) bool { return one.Field == field })
}

// claim claims the field for the group of an operation, if it is the first one of the group.
func (g *groups) claim(o *spec.Operation, n names) {
	if g == nil {
		return
	}
	tag, pos := tagOf(o)
	if tag == "" || g.byTag[tagKey(tag)] != nil {
		return
	}
	described := g.described(tag)
	name := n.chosen.Name("", tag, described.Node)
	others := []string{naming.Exported(tag), name + "Group"}
	if g.has(name) { // C and C++
		others = slices.Insert(others, 1, naming.Spelled(tag))
	}
	owner := naming.Owner{What: "tag " + tag, Pos: pos}
	one := &api.Group{Tag: tag, Description: described.Description}
	one.Field = n.methods.Claim(name, owner, "Group", others...)
	g.byTag[tagKey(tag)] = one
	g.owners, g.list = append(g.owners, owner), append(g.list, one)
}

// nameTypes claims the names of the types of all groups.
func (g *groups) nameTypes(n names) {
	if g == nil {
		return
	}
	for i, one := range g.list {
		owner := g.owners[i]
		base := cmp.Or(strings.TrimSuffix(one.Field, "Group"), one.Field)
		one.Type = n.pkg.Claim(base+"Group", owner, "")
		one.Interface = n.pkg.Claim(base+"Operations", owner, "")
	}
}

// nameMethods names the methods of all groups, in the order of the operations in the document, and
// returns the groups. A method whose short name is taken in its group has the name that it has in
// the client.
func (g *groups) nameMethods(ops []*operation, order []*spec.Operation) []*api.Group {
	if g == nil {
		return nil
	}
	index := make(map[*spec.Operation]int, len(order))
	for i, o := range order {
		index[o] = i
	}
	ops = slices.Clone(ops)
	slices.SortStableFunc(ops, func(a, b *operation) int { return cmp.Compare(index[a.spec], index[b.spec]) })
	scopes := map[*api.Group]*naming.Scope{}
	for _, op := range ops {
		tag, _ := tagOf(op.spec)
		one := g.byTag[tagKey(tag)]
		if one == nil {
			continue
		}
		if scopes[one] == nil {
			scopes[one] = naming.NewScope(nil)
		}
		op.api.Group, op.api.Grouped = one.Field, groupedNames(op, one, scopes[one])
	}
	return g.list
}

// groupedNames claims the names that the methods of an operation have in its group.
func groupedNames(op *operation, one *api.Group, scope *naming.Scope) map[string]string {
	a, owner := op.api, naming.Owner{What: "operation " + op.spec.Name()}
	wanted := naming.Within(op.wanted, one.Tag, one.Field)
	if main := op.main; main != nil {
		wanted = main.api.Grouped[main.api.Name] + op.suffix
	}
	short := scope.Claim(wanted, owner, "", a.Name)
	names := map[string]string{a.Name: short}
	for _, name := range a.Iterators() {
		wanted := name
		if end, ok := strings.CutPrefix(name, a.Name); ok {
			wanted = short + end
		}
		names[name] = scope.Claim(wanted, owner, "", name)
	}
	return names
}
