package lossless

// This file examines whether values of unions are one of their types.

import "reflect"

// An Alternatives is the list of the types of a union.
type Alternatives interface {
	// Check reports how a value differs from the one of the types that it is; see [NoVariant].
	Check(data []byte, report *Report)
}

// AlternativesOf returns the types of a union by its zero value, or nil for other values. Package
// wire, which declares unions, sets it. Finding the method of a union by its name would link much
// of package reflect.
var AlternativesOf = func(zero any) Alternatives { return nil }

// mostUnions limits how deep unions in unions are examined, because each level decodes the values
// in it again.
const mostUnions = 32

// alternativesOf returns the types of a union, or nil if the type is not a union.
func alternativesOf(t reflect.Type) Alternatives {
	if !t.Implements(tokenType) {
		return nil
	}
	return AlternativesOf(reflect.Zero(t).Interface())
}

// scalarKeeper is a type that holds the JSON of a string, number or boolean.
type scalarKeeper interface {
	tokenKeeper
	IsString() bool
	Bool() (bool, error)
}

var scalarType = reflect.TypeFor[scalarKeeper]()

// examine reports how a value that a union or scalar keeps differs from its types.
func (d *decoder) examine(data []byte, l *layout) {
	switch r := d.report; {
	case r == nil:
	case l.scalar && (data[0] == '{' || data[0] == '['):
		r.add(d.path, DriftType, jsonKindOf(data)+" where string, number or bool is declared")
	case l.alternatives == nil:
	case r.unions == mostUnions:
		r.passed = true
	default:
		of := Report{unions: r.unions + 1}
		l.alternatives.Check(data, &of)
		r.merge(d.path, &of)
		r.passed = r.passed || of.passed
	}
}

// NoVariant reports that a value is none of the types of its union.
func NoVariant(r *Report) { r.add(nil, DriftVariant, "") }

// Trial returns a report for finding out whether a value is of a type. Unions in the value are not
// examined, because the work would multiply with each level.
func Trial() Report { return Report{unions: mostUnions} }

// Merge adds the drifts of a trial to a report.
func Merge(r, trial *Report) { r.merge(nil, trial) }

// Complete reports whether the report of a [Trial] has all that another decoding would find.
func Complete(r *Report) bool { return !r.passed }
