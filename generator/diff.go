package generator

// This file compares two versions of a project for the callers of its clients.

import (
	"context"
	"go/types"
	"path/filepath"

	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/generator/review/godiff"
	"github.com/resgen/resgen/generator/review/wirediff"
	"github.com/resgen/resgen/generator/typecheck"
)

// A ClientDiff is what changed about one client. A client that only one version has has no further
// differences.
type ClientDiff struct {
	Name   string // as in [Package], of the new version if it has the client
	Output string
	State  State
	Go     []godiff.Change       // the Go API, breaking changes first
	Wire   []wirediff.Difference // requests and responses, breaking differences first
	Policy []changes.Change
}

// A State says which versions have a client.
type State string

// The states of a client. The zero State means that both versions have it.
const (
	Changed State = ""
	Added   State = "added"
	Removed State = "removed"
)

// IsBreaking reports whether programs that use the old version may fail.
func (d ClientDiff) IsBreaking() bool {
	return d.State == Removed || len(d.Go) > 0 && d.Go[0].Breaking ||
		len(d.Wire) > 0 && d.Wire[0].Effect == wirediff.Breaking
}

// Step returns the version step that the differences need. A changed policy needs a minor version:
// programs compile and send the same, but behave in another way when something fails.
func (d ClientDiff) Step() Step {
	switch {
	case d.IsBreaking():
		return Major
	case d.State == Added || len(d.Go)+len(d.Policy) > 0 || len(d.Wire) > 0 && d.Wire[0].Effect == wirediff.Addition:
		return Minor
	case len(d.Wire) > 0:
		return Patch
	}
	return NoStep
}

// A Step is the part of a semantic version that has to be raised. Greater steps need more.
type Step uint8

// The steps.
const (
	NoStep Step = iota
	Patch
	Minor
	Major
)

var stepWords = [...]string{"none", "patch", "minor", "major"}

// String returns none, patch, minor or major.
func (s Step) String() string { return stepWords[s] }

// BeforeV1 returns the step for a module of version 0: breaking changes raise the minor version,
// and all others the patch version.
func (s Step) BeforeV1() Step {
	switch s {
	case Major:
		return Minor
	case Minor:
		return Patch
	}
	return s
}

// StepOf returns the greatest step that one of the clients needs.
func StepOf(clients []ClientDiff) Step {
	step := NoStep
	for _, d := range clients {
		step = max(step, d.Step())
	}
	return step
}

// DocumentConfig returns the configuration for a document that no resgen.yaml lists: one client
// with default settings.
func DocumentConfig(file string) Config {
	dir, name := filepath.Split(filepath.Clean(file))
	return Config{Dir: filepath.Clean(dir), Clients: []Client{{
		Spec: Text{Value: globQuoter.Replace(name)}, Output: Text{Value: "client"}, Package: Text{Value: "client"},
	}}}
}

// Build plans the packages and prints their files. It neither reads nor writes outputs. Its errors
// are those of [Plan].
func Build(ctx context.Context, c Config) (*Result, error) {
	p := newPipeline(c.Progress)
	d, r, err := p.draft(ctx, c)
	if err != nil {
		return r, err
	}
	packages, err := p.print(ctx, d.plans)
	r.Packages = packagesOf(packages)
	return r, err
}

// Diff compares the clients of two versions, which [Build] returned. Clients with the same output
// belong together, then those with the same name, and the only client of one version with the only
// one of the other.
func Diff(old, new []Package) ([]ClientDiff, error) {
	olds, news := pairs(old, new)
	var list []ClientDiff
	for i, was := range olds {
		d, err := diffOf(was, news[i])
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// pairs returns the packages that belong together at the same index: those of the new version in
// their order, then those that it lacks. What one version lacks is nil.
func pairs(old, new []Package) (olds, news []*Package) {
	olds = make([]*Package, len(new))
	used := map[*Package]bool{}
	for _, same := range []func(a, b *Package) bool{
		func(a, b *Package) bool { return a.Output == b.Output },
		func(a, b *Package) bool { return a.Name == b.Name },
		func(*Package, *Package) bool { return len(old) == 1 && len(new) == 1 },
	} {
		for i := range new {
			for j := range old {
				if olds[i] == nil && !used[&old[j]] && same(&old[j], &new[i]) {
					olds[i], used[&old[j]] = &old[j], true
				}
			}
		}
	}
	for i := range new {
		news = append(news, &new[i])
	}
	for j := range old {
		if !used[&old[j]] {
			olds, news = append(olds, &old[j]), append(news, nil)
		}
	}
	return olds, news
}

// diffOf compares two versions of a client, of which one may be nil.
func diffOf(old, new *Package) (ClientDiff, error) {
	switch {
	case old == nil:
		return ClientDiff{Name: new.Name, Output: new.Output, State: Added}, nil
	case new == nil:
		return ClientDiff{Name: old.Name, Output: old.Output, State: Removed}, nil
	}
	d := ClientDiff{
		Name: new.Name, Output: new.Output, Wire: wirediff.Compare(old.API, new.API),
		Policy: changes.Policies(new.Output, old.API, new.API),
	}
	var checked [2]*types.Package
	for i, p := range []*Package{old, new} {
		pkg, err := typecheck.Package(p.Files)
		if err != nil {
			return d, &InternalError{Step: "check", Document: p.API.Source, Err: err}
		}
		checked[i] = pkg
	}
	d.Go = godiff.Compare(checked[0], checked[1])
	if old.Output != new.Output {
		d.Go = append([]godiff.Change{{
			Name: "package " + new.API.Package, What: "moved from " + old.Output + " to " + new.Output, Breaking: true,
		}}, d.Go...)
	}
	return d, nil
}
