package godiff

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
)

// A Change is one change of the exported API.
type Change struct {
	Name     string // what changed: "Pet.Name", "(*Client).AddPet"
	What     string // "added", "changed from string to int64"
	Breaking bool   // programs may fail to compile
}

// Compare returns the changes from old to new, breaking ones first. Methods of interfaces are left
// out: generated interfaces list the methods of the client, which are compared anyway, and fakes
// that embed an interface need not implement a new one.
func Compare(old, new *types.Package) []Change {
	var changes []Change
	shorten := shortNames(slices.Concat(old.Imports(), new.Imports()))
	for _, c := range apidiff.Changes(old, new).Changes {
		name, what, _ := strings.Cut(shorten.Replace(c.Message), ": ")
		if !isInterfaceMethod(old, name) {
			changes = append(changes, Change{Name: name, What: what, Breaking: !c.Compatible && what != notComparable})
		}
	}
	slices.SortFunc(changes, Change.compare)
	return changes
}

// notComparable is a change of structs that breaks only programs which compare whole structs.
const notComparable = "old is comparable, new is not"

// shortNames replaces the paths of packages by their names.
func shortNames(packages []*types.Package) *strings.Replacer {
	var pairs []string
	for _, p := range packages {
		pairs = append(pairs, p.Path()+".", p.Name()+".")
	}
	return strings.NewReplacer(pairs...)
}

// isInterfaceMethod reports whether a name such as "Operations.AddPet" is a method of an interface.
func isInterfaceMethod(p *types.Package, name string) bool {
	owner, _, isMember := strings.Cut(name, ".")
	obj := p.Scope().Lookup(owner)
	return isMember && obj != nil && types.IsInterface(obj.Type())
}

func (c Change) compare(d Change) int {
	switch {
	case c.Breaking && !d.Breaking:
		return -1
	case d.Breaking && !c.Breaking:
		return 1
	}
	return cmp.Or(strings.Compare(c.Name, d.Name), strings.Compare(c.What, d.What))
}
