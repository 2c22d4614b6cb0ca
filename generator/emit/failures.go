package emit

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// sharedFailures holds the tables of failures that several operations declare alike. Most APIs
// repeat one table under every operation; as one variable it keeps the descriptors readable.
type sharedFailures struct {
	names map[string]string // by fingerprint
	order []failureTable    // in the order of the operations
}

// A failureTable is a variable with a table of failures.
type failureTable struct {
	name string
	list []*api.Outcome
}

// share finds the tables that at least two operations have.
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
		base := failuresName(op.Failure)
		name := base
		for n := 2; taken[name]; n++ {
			name = base + "V" + strconv.Itoa(n)
		}
		taken[name] = true
		s.names[key] = name
		s.order = append(s.order, failureTable{name, op.Failure})
	}
	return s
}

// longestStatuses is the largest number of characters for statuses in a name.
const longestStatuses = 48

// failuresName returns the name of a table: the types of the error bodies, and the statuses. It
// depends on the table alone, so that a new operation does not rename the tables of others. A table
// that the words do not determine gets a checksum at the end of its name.
func failuresName(list []*api.Outcome) string {
	var types, statuses []string
	determined := true
	for _, o := range list {
		statuses = append(statuses, statusName(o.Status))
		name := typeName(o.Type)
		if name != "" && !slices.Contains(types, name) {
			types = append(types, name)
		}
		determined = determined && usualFailure(o) && (o.Type == nil) == (list[0].Type == nil)
	}
	words := strings.Join(types, "And")
	if len(types) > 2 {
		words = "mixed"
	}
	numbers := strings.Join(statuses, "_")
	if len(numbers) > longestStatuses {
		numbers = statuses[0] + "To" + statuses[len(statuses)-1]
		determined = false
	}
	name := lowerFirst(words + "Failures")
	name += "On" + numbers
	if len(types) > 1 || !determined {
		sum := fnv.New32a()
		sum.Write([]byte(fingerprint(list)))
		name += fmt.Sprintf("_%04x", sum.Sum32()&0xffff)
	}
	return name
}

// usualFailure reports whether type and status determine a failure: its body, if it has one, is
// JSON that decodes to a named type or a pointer to one.
func usualFailure(o *api.Outcome) bool {
	if o.Type == nil {
		return o.Media == "" && o.Decode == api.DecodeNone
	}
	return o.Media == "application/json" && o.Decode == api.DecodeJSON && !o.Unasked && typeName(o.Type) != ""
}

// typeName returns the name of a declared type or of one behind a pointer; empty for other types.
func typeName(t *api.Type) string {
	switch {
	case t == nil:
		return ""
	case t.Kind == api.Pointer:
		return typeName(t.Elem)
	}
	return t.Name
}

// statusName returns a status inside an identifier: 404, 4XX, Default.
func statusName(status int) string {
	if status == 0 {
		return "Default"
	}
	return statusWord(status)
}

// lowerFirst returns an identifier with its leading capitals in lower case: ErrorList becomes
// errorList, APIError becomes apiError.
func lowerFirst(name string) string {
	for i, r := range name {
		next, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(r):])
		if !unicode.IsUpper(r) || i > 0 && unicode.IsLower(next) {
			return strings.ToLower(name[:i]) + name[i:]
		}
	}
	return strings.ToLower(name)
}

// fingerprint returns the same text for tables that render alike, and for no others.
func fingerprint(list []*api.Outcome) string {
	var b strings.Builder
	for _, o := range list {
		fmt.Fprintf(&b, "%d %q %s", o.Status, o.Media, o.Decode)
		if o.Unasked {
			b.WriteString(" unasked")
		}
		for t := o.Type; t != nil; t = t.Elem {
			fmt.Fprintf(&b, " %d%s", t.Kind, t.Name)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// goNames returns the Go names in the scope of the package.
func goNames(a *api.API) map[string]bool {
	taken := map[string]bool{
		a.Names.Client: true, a.Names.New: true, a.Names.Operations: true,
		a.Names.Defaults: true, a.Names.Description: true, a.Names.Rules: true,
	}
	for _, n := range a.Types {
		taken[n.Name] = true
		for _, v := range n.Values {
			taken[v.Go] = true
		}
	}
	for _, op := range a.Operations {
		taken[op.Var], taken[op.ParamsType] = true, true
		for _, s := range op.Streams {
			taken[s.Var] = true
		}
		if op.Result != nil {
			taken[op.Result.Struct], taken[op.Result.Build] = true, true
		}
	}
	return taken
}

// of renders the failures of an operation: the name of a shared table, or a table.
func (s *sharedFailures) of(op *api.Operation) jen.Code {
	if name := s.names[fingerprint(op.Failure)]; name != "" && len(op.Failure) > 1 {
		return jen.Id(name)
	}
	return outcomes(op.Failure)
}

// declarations renders the shared tables.
func (s *sharedFailures) declarations() []jen.Code {
	var code []jen.Code
	for _, t := range s.order {
		code = append(code, doc(t.name+" lists failures that several operations share.").
			Var().Id(t.name).Op("=").Add(outcomes(t.list)).Line())
	}
	return code
}
