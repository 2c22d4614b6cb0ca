package policy

import "testing"

func TestCheckNames(t *testing.T) {
	l := Of(Policy{Breaker: Breaker{Circuit: "c"}, Rate: Rate{Bucket: "b", Also: []string{"x", "y"}}}, at(3))
	found := CheckNames(l, map[string]Breaker{"c": {}}, map[string]Rate{"b": {}, "y": {}}, "op")
	if want := `p.yaml:3:1: op: rate.also: there is no bucket "x"; define it under buckets:`; found.Error() != want {
		t.Errorf("got %v", found)
	}
	found = CheckNames(l, nil, nil, "")
	if want := `p.yaml:3:1: breaker.circuit: there is no circuit "c"; define it under circuits:`; len(found) != 4 ||
		found[0].Error() != want {
		t.Errorf("got %v", found)
	}
}
