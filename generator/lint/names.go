package lint

import (
	"reflect"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// This file looks at circuits and buckets that operations share by name.

// A Definition is a named circuit or bucket.
type Definition struct {
	Noun  string // circuit or bucket
	Name  string
	Pos   diag.Position
	Value any // its policy
	// the policy file uses it for an operation that may be of a document which is not used here
	Elsewhere bool
}

// Use adds the circuit and the buckets that a policy refers to.
func Use(used map[string]bool, p policy.Policy) {
	used["circuit "+p.Breaker.Circuit] = true
	used["bucket "+p.Rate.Bucket] = true
	for _, name := range p.Rate.Also {
		used["bucket "+name] = true
	}
}

// Unused reports definitions that no operation of the APIs refers to.
func Unused(defined []Definition, apis []*api.API) diag.List {
	used := map[string]bool{}
	for _, a := range apis {
		for _, op := range a.Operations {
			Use(used, op.Policy)
		}
	}
	var found diag.List
	for _, d := range defined {
		if !used[d.Noun+" "+d.Name] && !d.Elsewhere {
			found.Add(diag.Diagnostic{
				Pos: d.Pos, Severity: diag.Warning, Code: "unused-name", Subject: d.Noun + " " + d.Name,
				What: "no operation uses it", Cure: "delete it, or name it in an operation",
			})
		}
	}
	found.Sort()
	return found
}

// Conflicting reports definitions of one name with different values, among those that apply to one
// document, weakest first.
func Conflicting(defined []Definition) diag.List {
	var found diag.List
	last := map[string]Definition{}
	for _, d := range defined {
		name := d.Noun + " " + d.Name
		if before, ok := last[name]; ok && !reflect.DeepEqual(before.Value, d.Value) {
			found.Add(diag.Diagnostic{
				Pos: before.Pos, Severity: diag.Warning, Code: "conflicting-name", Subject: name,
				What: "its values do not apply, because " + d.Pos.String() + " defines it with others",
				Cure: "delete one of the definitions",
			})
		}
		last[name] = d
	}
	found.Sort()
	return found
}

// sharedBuckets reports operations for which a named bucket has other values than for the
// operations before. What a bucket leaves open is as for the operation, but there is only one
// bucket.
func sharedBuckets(a *api.API) diag.List {
	var found diag.List
	type use struct {
		op   *api.Operation
		rate policy.Rate
	}
	first := map[string]use{}
	for _, op := range a.Operations {
		for _, q := range op.Policy.Rate.Quotas(a.Buckets) {
			rate := bucketOnly(q.Rate)
			before, known := first[q.Name]
			switch {
			case q.Name == "":
			case !known:
				first[q.Name] = use{op, rate}
			case !reflect.DeepEqual(before.rate, rate):
				keys := []string{"rate.per-second", "rate.burst", "rate.reserve", "rate.learn", "rate.floor",
					"rate.ceiling"}
				found.Add(diag.Diagnostic{
					Pos: place(op, keys), Severity: diag.Warning, Code: "conflicting-name",
					Subject: "operation " + op.ID,
					What:    "gives bucket " + q.Name + " other values than operation " + before.op.ID,
					Cure:    "set them under buckets",
				})
			}
		}
	}
	return found
}

// bucketOnly returns what a rate says about its bucket, without what concerns the operation.
func bucketOnly(r policy.Rate) policy.Rate {
	r.Bucket, r.Also, r.Scope, r.Mode, r.Cost, r.MaxWait = "", nil, "", "", 0, 0
	return r
}
