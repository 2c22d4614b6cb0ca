package emit

import "github.com/resgen/resgen/generator/api"

// Types prints types.gen.go: the types that oapi-codegen cannot print, and the JSON methods of all
// structs. It returns nil if there are none.
func Types(a *api.API) ([]byte, error) {
	f, empty := file(a), true
	for _, n := range a.Types {
		switch {
		case n.Shape == api.Union:
			f.Add(union(n))
		case n.NeedsMethods():
			f.Add(structure(n))
		default:
			continue
		}
		empty = false
	}
	if empty {
		return nil, nil
	}
	return render(f)
}
