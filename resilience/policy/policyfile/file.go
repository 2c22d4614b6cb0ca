package policyfile

import (
	"strconv"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// DecodeFile reads a policy file. Unknown keys are errors, and names of circuits and buckets that
// the file does not define. The path is used only in positions. It returns everything that could be
// read, along with all findings.
func DecodeFile(path string, data []byte) (*policy.File, diag.List) {
	f, found := DecodePart(path, data)
	found = append(found, f.CheckNames(f.Circuits, f.Buckets)...)
	found.Sort()
	return f, found
}

// DecodePart does the same for a policy file that may use circuits and buckets of others:
// [policy.File.CheckNames] checks the names when all files are known.
func DecodePart(path string, data []byte) (*policy.File, diag.List) {
	f := &policy.File{Path: path}
	n, found := tree.Parse(path, data)
	var keys struct {
		Unmatched  unmatched  `yaml:"unmatched"`
		Defaults   *tree.Node `yaml:"defaults"`
		Circuits   *tree.Node `yaml:"circuits"`
		Buckets    *tree.Node `yaml:"buckets"`
		Operations *tree.Node `yaml:"operations"`
	}
	found = append(found, tree.Decode(n, &keys)...)
	f.AllowUnmatched = keys.Unmatched == allow
	r := reader{kind: policy.FromFile, found: found}
	f.Defaults = r.layer(keys.Defaults, "defaults")
	f.Circuits = r.circuits(keys.Circuits)
	f.Buckets = r.buckets(keys.Buckets)
	f.Operations = r.entries(keys.Operations)
	f.Sources = r.shared
	r.found.Sort()
	return f, r.found
}

// DecodeExtension reads the x-resgen extension of a path item or an operation, which is a policy.
// The subject is used in findings, for example "operation addPet". Names of circuits and buckets
// are not checked; [policy.CheckNames] does that.
func DecodeExtension(n *tree.Node, subject string) (policy.Extension, diag.List) {
	r := reader{kind: policy.FromExtension}
	e := policy.Extension{Layer: r.layer(n, subject)}
	r.found.Sort()
	return e, r.found
}

// DecodeRootExtension reads the x-resgen extension at the root of a document: a policy for all
// operations, and named circuits and buckets.
func DecodeRootExtension(n *tree.Node) (policy.Extension, diag.List) {
	r := reader{kind: policy.FromExtension}
	e := policy.Extension{
		Layer:    r.layer(n, "x-resgen", "circuits", "buckets"),
		Circuits: r.circuits(n.Get("circuits")),
		Buckets:  r.buckets(n.Get("buckets")),
	}
	e.Sources = r.shared
	r.found.Sort()
	return e, r.found
}

// unmatched is the value of the key unmatched: allow or error.
type unmatched string

const allow unmatched = "allow"

// UnmarshalText accepts allow and error.
func (u *unmatched) UnmarshalText(text []byte) error {
	if s := string(text); s != string(allow) && s != "error" {
		return wordError(s)
	}
	*u = unmatched(text)
	return nil
}

// A wordError holds a value of the key unmatched that is not allowed.
type wordError string

func (e wordError) Error() string { return "want allow or error, got " + strconv.Quote(string(e)) }
