package rule

import (
	"slices"

	"github.com/resgen/resgen/resilience/memberpath"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A Failure is what rules are matched against. It must not be used by several goroutines.
type Failure struct {
	Status int    // of the response or the item; 0: none
	Kind   string // as resilience.Kind names it
	Body   []byte // of the response; used unless Value is set

	value any
	codes []string
	read  bool // value and codes are set
}

// Item returns the failure of a part of a response, which is decoded already. The codes are those
// that rules without a path look for.
func Item(status int, kind string, value any, codes ...string) *Failure {
	return &Failure{Status: status, Kind: kind, value: value, codes: codes, read: true}
}

// Matches reports whether one of the rules matches.
func (f *Failure) Matches(rules []policy.Rule) bool {
	return slices.ContainsFunc(rules, func(r policy.Rule) bool { return f.matches(&r) })
}

func (f *Failure) matches(r *policy.Rule) bool {
	switch {
	case len(r.Status) > 0 && !slices.Contains(r.Status, f.Status):
		return false
	case len(r.Kind) > 0 && !slices.Contains(r.Kind, f.Kind):
		return false
	case len(r.Code.In) > 0:
		return f.hasCode(&r.Code)
	}
	return len(r.Status) > 0 || len(r.Kind) > 0
}

// hasCode reports whether the body has one of the codes at the path, or anywhere that errors have
// codes if there is no path.
func (f *Failure) hasCode(c *policy.ErrorCode) bool {
	f.decode()
	if c.Path == "" {
		return slices.ContainsFunc(f.codes, func(code string) bool { return slices.Contains(c.In, code) })
	}
	path, err := memberpath.Parse(c.Path)
	if err != nil {
		return false // no checked policy has a path that is malformed
	}
	found, _ := path.Lookup(f.value)
	code := Scalar(found)
	return code != "" && slices.Contains(c.In, code)
}

// decode decodes the body. A body that is not JSON has no codes.
func (f *Failure) decode() {
	if f.read {
		return
	}
	f.read = true
	var v any
	if wire.Unmarshal(f.Body, &v) == nil {
		f.value, f.codes = v, Codes(v)
	}
}
