package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// This file compares the idempotency classes of operations with each other.

// scattered is the smallest number of places with the same why that share one finding.
const scattered = 3

// A stated class is a class with a why, at the first place of an operation that states it.
type stated struct {
	op  *api.Operation
	pos diag.Position
}

// sameWhy reports operations with the same why: those with another class than the first, three or
// more places with the same class in one finding, and one further place with the same class.
func sameWhy(a *api.API) diag.List {
	var found diag.List
	byWhy := map[string][]stated{}
	var order []string
	for _, op := range a.Operations {
		why := strings.ToLower(strings.TrimSpace(op.Policy.Why))
		if why == "" || op.Sources["why"].Kind <= policy.FromDocument { // what a document declares has one text
			continue
		}
		if byWhy[why] == nil {
			order = append(order, why)
		}
		byWhy[why] = append(byWhy[why], stated{op, place(op, []string{"why"})})
	}
	for _, why := range order {
		found = append(found, compareClasses(a, byWhy[why])...)
	}
	return found
}

// compareClasses reports what is doubtful in operations that have the same why.
func compareClasses(a *api.API, all []stated) diag.List {
	var found diag.List
	first := all[0].op
	var same []stated // places with the class of the first
	for _, s := range all {
		if s.op.Policy.Idempotency == first.Policy.Idempotency {
			same = append(same, s)
			continue
		}
		found.Add(diag.Diagnostic{
			Pos: place(s.op, []string{"idempotency", "why"}), Severity: diag.Warning, Code: "contradicting-classes",
			Subject: "operation " + s.op.ID,
			What: fmt.Sprintf("is %s, and operation %s with the same why is %s", s.op.Policy.Idempotency, first.ID,
				first.Policy.Idempotency),
			Cure: "correct one of the classes, or name the effect of a repeat on each operation",
		})
	}
	places := distinctPlaces(same)
	if len(places) >= scattered {
		return append(found, scatteredClass(a, same, places))
	}
	// One place for many operations is reported as well.
	for _, s := range same[1:] {
		if s.op.ID == first.ID {
			continue // methods of further media types
		}
		return append(found, diag.Diagnostic{
			Pos: last(places, s.pos), Severity: diag.Warning, Code: "same-why", Subject: "operation " + s.op.ID,
			What: "its why is that of operation " + first.ID, Cure: "name the effect of a repeat on this operation",
		})
	}
	return found
}

// last returns the second of two places, or the other position if there is only one.
func last(places []stated, other diag.Position) diag.Position {
	if len(places) == 2 {
		return places[1].pos
	}
	return other
}

// distinctPlaces returns the first operation of each place.
func distinctPlaces(list []stated) []stated {
	var out []stated
	seen := map[diag.Position]bool{}
	for _, s := range list {
		if !seen[s.pos] {
			out = append(out, s)
		}
		seen[s.pos] = true
	}
	return out
}

// scatteredClass reports that many places state the same class with the same why.
func scatteredClass(a *api.API, same, places []stated) diag.Diagnostic {
	d := diag.Diagnostic{
		Pos: places[0].pos, Severity: diag.Warning, Code: "scattered-class",
		Subject: andMore("operation "+places[0].op.ID, len(same)-1),
		What: fmt.Sprintf("%d places say %s with the same why, the next at %s", len(places),
			places[0].op.Policy.Idempotency, places[1].pos),
		Cure: "name the effect of a repeat on each operation",
	}
	if key := commonKey(a, same); key != "" {
		d.Cure += ", or write one entry " + key
	}
	return d
}

// commonKey returns a key with a * that matches the operations and no others, or "".
func commonKey(a *api.API, ops []stated) string {
	method, prefix := ops[0].op.Method, ops[0].op.Path
	inside := map[*api.Operation]bool{}
	for _, s := range ops {
		if s.op.Method != method {
			method = "*"
		}
		for !strings.HasPrefix(s.op.Path, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
		inside[s.op] = true
	}
	prefix = prefix[:strings.LastIndexByte(prefix, '/')+1]
	if prefix == "" {
		return ""
	}
	key := policy.Selector{Method: method, Path: prefix + "*"}
	if slices.ContainsFunc(a.Operations, func(op *api.Operation) bool {
		return !inside[op] && key.Matches(op.ID, op.Method, op.Path)
	}) {
		return ""
	}
	return key.String()
}

// versionSegment matches a segment of a path that names a version: v2, 2021-06-30, 1.0.
var versionSegment = regexp.MustCompile(`^v?[0-9]+([.-][0-9]+)*$`)

var pathParameter = regexp.MustCompile(`\{[^{}]*\}`)

// A sibling identifies an operation among the versions of an API.
type sibling struct{ server, method, path string }

// siblingOf returns what versions of an operation have in common: host, method, and path without
// versions and names of parameters.
func siblingOf(a *api.API, op *api.Operation) (s sibling, ok bool) {
	server := ""
	for i, other := range a.Servers {
		if other.Name == op.Server || op.Server == "" && i == 0 {
			server = other.URL
		}
	}
	var segments []string
	for _, segment := range strings.Split(op.Path, "/") {
		if !versionSegment.MatchString(segment) {
			segments = append(segments, pathParameter.ReplaceAllString(segment, "{}"))
		}
	}
	return sibling{server, op.Method, strings.Join(segments, "/")}, server != ""
}

// Siblings reports operations that are versions of one operation and have different classes, of
// which a policy or extension states at least one. A why for both says what differs.
func Siblings(apis []*api.API) diag.List {
	var found diag.List
	first := map[sibling]*api.Operation{}
	for _, a := range apis {
		for _, op := range a.Operations {
			s, ok := siblingOf(a, op)
			before := first[s]
			switch {
			case !ok:
			case before == nil:
				first[s] = op
			case before.Policy.Why != "" && op.Policy.Why != "": // says what differs
			case before.Policy.Idempotency != op.Policy.Idempotency:
				found.Add(contradiction(before, op))
			}
		}
	}
	found.Sort()
	return found
}

// contradiction reports that two versions of an operation have different classes, at the one whose
// class is stated.
func contradiction(a, b *api.Operation) diag.Diagnostic {
	if b.Sources["idempotency"].Pos.Line == 0 {
		a, b = b, a
	}
	return diag.Diagnostic{
		Pos: place(b, []string{"idempotency"}), Severity: diag.Warning, Code: "contradicting-classes",
		Subject: "operation " + b.ID,
		What: fmt.Sprintf("is %s, and %s %s, which has the same path but for versions, is %s at %s",
			b.Policy.Idempotency, a.Method, a.Path, a.Policy.Idempotency, place(a, []string{"idempotency"})),
		Cure: "state one class for both, or a why for each that says what differs",
	}
}
