package lossless

import "strings"

// A DriftKind says in which way a value is not what the document declares.
type DriftKind string

// The kinds of drift.
const (
	DriftType    DriftKind = "type"    // a value of another type, or out of the range of its type
	DriftNull    DriftKind = "null"    // null where the document has no null
	DriftMissing DriftKind = "missing" // a member that the document requires is not there
	DriftUnknown DriftKind = "unknown" // a member that the document does not name
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
	}
	return d.Reason
}

// mostDrifts is the number of unknown members, and of other drifts, that a Report keeps for one
// response.
const mostDrifts = 16

// A Report collects the drifts of an answer while it is decoded. The zero Report is
// ready for use.
type Report struct {
	Drifts []Drift // at most 16 unknown members and 16 others
	others int
}

// OtherConstants returns how many members have another value than their constant. They are no
// drifts, because servers add values.
func OtherConstants(r *Report) int { return r.others }

// add counts a drift and keeps it if there is room.
func (r *Report) add(path []string, kind DriftKind, reason string) {
	if r == nil {
		return
	}
	alike := 0
	for i := range r.Drifts {
		d := &r.Drifts[i]
		if d.Kind == kind && d.Reason == reason && samePath(d.Path, path) {
			d.Count++
			return
		}
		if (d.Kind == DriftUnknown) == (kind == DriftUnknown) {
			alike++
		}
	}
	if alike < mostDrifts {
		r.Drifts = append(r.Drifts, Drift{Path: joinPath(path), Kind: kind, Reason: reason, Count: 1})
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
