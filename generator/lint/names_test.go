package lint

import (
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

func circuitAt(name string, pos diag.Position, value any) Definition {
	return Definition{Noun: "circuit", Name: name, Pos: pos, Value: value}
}

func bucketAt(name string, pos diag.Position, value any) Definition {
	return Definition{Noun: "bucket", Name: name, Pos: pos, Value: value}
}

func TestUnused(t *testing.T) {
	at := func(line int) diag.Position { return diag.Position{File: "p.yaml", Line: line, Column: 3} }
	defined := []Definition{
		circuitAt("a", at(9), nil), circuitAt("b", at(2), nil), circuitAt("slow", at(1), nil),
		bucketAt("slow", at(3), nil), bucketAt("extra", at(4), nil), bucketAt("b", at(5), nil),
		{Noun: "bucket", Name: "elsewhere", Pos: at(6), Elsewhere: true},
	}
	one := planned(
		policy.Policy{},
		op("a", "GET", policy.Policy{Breaker: policy.Breaker{Circuit: "a"}, Rate: policy.Rate{Bucket: "slow"}}),
	)
	two := planned(
		policy.Policy{},
		op("b", "GET", policy.Policy{
			Breaker: policy.Breaker{Circuit: "b"}, Rate: policy.Rate{Also: []string{"extra"}},
		}),
	)
	want := "p.yaml:1:3: warning: circuit slow: no operation uses it; delete it, or name it in an operation\n" +
		"p.yaml:5:3: warning: bucket b: no operation uses it; delete it, or name it in an operation"
	if got := Unused(defined, []*api.API{one, two}).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestConflicting(t *testing.T) {
	at := func(file string, line int) diag.Position { return diag.Position{File: file, Line: line, Column: 1} }
	one, two := policy.Breaker{Consecutive: 1}, policy.Breaker{Consecutive: 2}
	for _, c := range []struct {
		name    string
		defined []Definition
		want    string
	}{
		{"different names", []Definition{circuitAt("a", at("p", 1), one), circuitAt("b", at("q", 2), two)}, ""},
		{"a circuit and a bucket", []Definition{circuitAt("a", at("p", 1), one), bucketAt("a", at("q", 2), two)},
			""},
		{"the same values", []Definition{circuitAt("a", at("p", 1), one), circuitAt("a", at("q", 2), one)}, ""},
		{"other values", []Definition{circuitAt("a", at("p", 1), one), circuitAt("a", at("q", 2), two)},
			"p:1:1: warning: circuit a: its values do not apply, because q:2:1 defines it with others; " +
				"delete one of the definitions"},
		{"back again", []Definition{circuitAt("a", at("p", 1), one), circuitAt("a", at("q", 2), two),
			circuitAt("a", at("r", 3), two)},
			"p:1:1: warning: circuit a: its values do not apply, because q:2:1 defines it with others; " +
				"delete one of the definitions"},
	} {
		got := ""
		if err := Conflicting(c.defined).Error(); len(Conflicting(c.defined)) > 0 {
			got = err
		}
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestPolicies_SharedBuckets(t *testing.T) {
	with := func(r policy.Rate) policy.Policy { return policy.Policy{Rate: r} }
	for _, c := range []struct {
		name     string
		bucket   policy.Rate
		one, two policy.Rate
		want     string
	}{
		{"the bucket says all", policy.Rate{PerSecond: 1, Burst: 1}, policy.Rate{Bucket: "b", PerSecond: 2},
			policy.Rate{Bucket: "b", PerSecond: 3}, ""},
		{"what it leaves open is equal", policy.Rate{Burst: 1}, policy.Rate{Bucket: "b", PerSecond: 2},
			policy.Rate{Also: []string{"b"}, PerSecond: 2}, ""},
		{"what it leaves open differs", policy.Rate{Burst: 1}, policy.Rate{Bucket: "b", PerSecond: 2},
			policy.Rate{Bucket: "b", PerSecond: 3},
			"p.yaml:3:1: warning: operation two: gives bucket b other values than operation one; set them under buckets"},
		{"what concerns the operation differs", policy.Rate{PerSecond: 1, Burst: 1},
			policy.Rate{Bucket: "b", MaxWait: 1, Mode: policy.ModeObserve, Cost: 2}, policy.Rate{Bucket: "b"}, ""},
		{"own buckets", policy.Rate{}, policy.Rate{PerSecond: 1, Burst: 1}, policy.Rate{PerSecond: 2, Burst: 1}, ""},
	} {
		a := planned(policy.Policy{}, op("one", "GET", with(c.one)), op("two", "GET", with(c.two)))
		a.Buckets = map[string]policy.Rate{"b": c.bucket}
		got := ""
		if found := sharedBuckets(a); len(found) > 0 {
			got = found.Error()
		}
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
