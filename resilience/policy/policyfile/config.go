package policyfile

import (
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// DecodeConfig reads the configuration of a running program. Unknown keys are errors. The path is
// used only in positions. An empty file gives a Config that changes nothing.
//
// It returns everything that could be read, along with all findings. A configuration with an error
// must not be used.
func DecodeConfig(path string, data []byte) (*policy.Config, diag.List) {
	c := &policy.Config{}
	n, found := tree.Parse(path, data)
	if len(found) == 1 && found[0].Code == "empty" {
		return c, nil
	}
	var keys struct {
		APIs *tree.Node `yaml:"apis"`
	}
	r := reader{kind: policy.FromConfig, found: append(found, tree.Decode(n, &keys)...)}
	for _, p := range r.pairs(keys.APIs, "apis") {
		c.APIs = append(c.APIs, r.api(p))
	}
	r.found.Sort()
	return c, r.found
}

// api reads the overrides of one API.
func (r *reader) api(p tree.Pair) policy.APIConfig {
	var keys struct {
		Defaults   *tree.Node `yaml:"defaults"`
		Circuits   *tree.Node `yaml:"circuits"`
		Buckets    *tree.Node `yaml:"buckets"`
		Operations *tree.Node `yaml:"operations"`
	}
	r.found = append(r.found, tree.Decode(p.Value, &keys, tree.About("api "+p.Key))...)
	a := policy.APIConfig{
		Name: p.Key, Pos: p.KeyPos,
		Defaults: r.layer(keys.Defaults, "api "+p.Key+": defaults"),
		Circuits: r.circuits(keys.Circuits),
		Buckets:  r.buckets(keys.Buckets),
		Names:    map[string]diag.Position{},
	}
	for _, e := range keys.Circuits.Entries() {
		a.Names["circuit "+e.Key] = e.KeyPos
	}
	for _, e := range keys.Buckets.Entries() {
		a.Names["bucket "+e.Key] = e.KeyPos
	}
	a.Operations = r.entries(keys.Operations)
	return a
}
