package emit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// sharedFailures has the lists of failures that several operations declare alike. Most APIs repeat one list under every operation;
// it becomes one variable, so that descriptors stay readable.
type sharedFailures struct {
	names map[string]string // by fingerprint
	order []named           // in the order of the operations
}

// A named is a variable that holds a list.
type named struct {
	name string
	list []*api.Outcome
}

// share finds the lists that stand at least twice. Their variables are named failures, failures2 and so on, past names that are taken.
func share(a *api.API) *sharedFailures {
	uses := map[string]int{}
	for _, op := range a.Operations {
		uses[fingerprint(op.Failure)]++
	}
	taken := goNames(a)
	s := &sharedFailures{names: map[string]string{}}
	for _, op := range a.Operations {
		key := fingerprint(op.Failure)
		if len(op.Failure) < 2 || uses[key] < 2 || s.names[key] != "" {
			continue
		}
		name := "failures"
		for n := 2; taken[name]; n++ {
			name = "failures" + strconv.Itoa(n)
		}
		taken[name] = true
		s.names[key] = name
		s.order = append(s.order, named{name, op.Failure})
	}
	return s
}

// fingerprint is the same for lists that render alike, and for no others.
func fingerprint(list []*api.Outcome) string {
	var b strings.Builder
	for _, o := range list {
		fmt.Fprintf(&b, "%d %q %s", o.Status, o.Media, o.Decode)
		for t := o.Type; t != nil; t = t.Elem {
			fmt.Fprintf(&b, " %d%s", t.Kind, t.Name)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// goNames has the Go names at the top of the package.
func goNames(a *api.API) map[string]bool {
	taken := map[string]bool{a.Names.Client: true, a.Names.New: true, a.Names.Operations: true, a.Names.Defaults: true, a.Names.Description: true}
	for _, n := range a.Types {
		taken[n.Name] = true
		for _, v := range n.Values {
			taken[v.Go] = true
		}
	}
	for _, op := range a.Operations {
		taken[op.Var], taken[op.ParamsType] = true, true
		if op.Result != nil {
			taken[op.Result.Struct], taken[op.Result.Build] = true, true
		}
	}
	return taken
}

// of renders the failures of an operation: the variable if it is shared, else the list.
func (s *sharedFailures) of(op *api.Operation) jen.Code {
	if name := s.names[fingerprint(op.Failure)]; name != "" && len(op.Failure) > 1 {
		return jen.Id(name)
	}
	return outcomes(op.Failure)
}

// declarations renders the variables.
func (s *sharedFailures) declarations() []jen.Code {
	var code []jen.Code
	for _, n := range s.order {
		rows := make([]jen.Code, len(n.list))
		for i, o := range n.list {
			rows[i] = jen.Values(outcome(o)...)
		}
		code = append(code, doc(n.name+" are the failures that several operations declare alike.").
			Var().Id(n.name).Op("=").Index().Qual(wirePath, "Outcome").Add(multi(rows...)).Line())
	}
	return code
}
