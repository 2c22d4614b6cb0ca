package lossless

import (
	"slices"
	"strings"
)

// A DriftKind says in which way a value is not what the document declares.
type DriftKind string

// The kinds of drift.
const (
	DriftType    DriftKind = "type"    // a value of another type, or out of the range of its type
	DriftNull    DriftKind = "null"    // null where the document has no null
	DriftMissing DriftKind = "missing" // a member that the document requires is not there
	DriftUnknown DriftKind = "unknown" // a member that the document does not name
	DriftVariant DriftKind = "variant" // a value that is none of the types of its union
)

// A Drift is a place where an answer is not what the document declares. It holds nothing of the
// answer's values.
type Drift struct {
	// names with dots between them, [] for the items of a list, * for a key of a map:
	// items[].price; empty: the value itself
	Path   string
	Kind   DriftKind
	Reason string // of DriftType: "string where number is declared"
	Count  int    // how often it was met in this answer
}

// Text describes the drift in words.
func (d Drift) Text() string {
	switch d.Kind {
	case DriftNull:
		return "null where the document has none"
	case DriftMissing:
		return "missing, though the document requires it"
	case DriftUnknown:
		return "a member that the document does not name"
	case DriftVariant:
		return "none of the types of the union"
	}
	return d.Reason
}

// mostDrifts is the number of unknown members, and of other drifts, that a Report keeps for one
// response.
const mostDrifts = 16

// A Report collects the drifts of an answer while it is decoded. The zero Report is ready for use.
type Report struct {
	Drifts []Drift // at most 16 unknown members and 16 others
	others int
	unions int  // unions around the value; mostUnions: unions in the value are not examined
	passed bool // a union was not examined
}

// OtherConstants returns how many members have another value than their constant. They are no
// drifts, because servers add values.
func OtherConstants(r *Report) int { return r.others }

// clone returns a copy of the report. A nil report is empty.
func (r *Report) clone() Report {
	if r == nil {
		return Report{}
	}
	c := *r
	c.Drifts = slices.Clone(r.Drifts)
	return c
}

// add counts a drift and keeps it if there is room.
func (r *Report) add(path []string, kind DriftKind, reason string) {
	if r == nil {
		return
	}
	for i := range r.Drifts {
		d := &r.Drifts[i]
		if d.Kind == kind && d.Reason == reason && samePath(d.Path, path) {
			d.Count++
			return
		}
	}
	r.keep(Drift{Path: joinPath(path), Kind: kind, Reason: reason, Count: 1})
}

// keep keeps a drift of another place, kind or reason than all before, if there is room.
func (r *Report) keep(d Drift) {
	alike := 0
	for i := range r.Drifts {
		if (r.Drifts[i].Kind == DriftUnknown) == (d.Kind == DriftUnknown) {
			alike++
		}
	}
	if alike < mostDrifts {
		r.Drifts = append(r.Drifts, d)
	}
}

// merge adds the drifts of a value that was decoded separately, which is at a path.
func (r *Report) merge(path []string, of *Report) {
	for _, d := range of.Drifts {
		switch at := joinPath(path); {
		case d.Path == "":
			d.Path = at
		case at != "" && !strings.HasPrefix(d.Path, listStep):
			d.Path = at + "." + d.Path
		default:
			d.Path = at + d.Path
		}
		i := slices.IndexFunc(r.Drifts, func(e Drift) bool {
			return e.Path == d.Path && e.Kind == d.Kind && e.Reason == d.Reason
		})
		if i >= 0 {
			r.Drifts[i].Count += d.Count
		} else {
			r.keep(d)
		}
	}
}

const listStep = "[]"

// joinPath writes steps as a path.
func joinPath(steps []string) string {
	var b strings.Builder
	for i, s := range steps {
		if i > 0 && s != listStep {
			b.WriteByte('.')
		}
		b.WriteString(s)
	}
	return b.String()
}

// samePath reports whether a path is that of the steps.
func samePath(path string, steps []string) bool {
	for i, s := range steps {
		if i > 0 && s != listStep {
			if !strings.HasPrefix(path, ".") {
				return false
			}
			path = path[1:]
		}
		if !strings.HasPrefix(path, s) {
			return false
		}
		path = path[len(s):]
	}
	return path == ""
}
