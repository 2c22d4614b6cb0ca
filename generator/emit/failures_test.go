package emit

import (
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/api/apitest"
)

// Lists share a variable only if they are the same in everything that is printed.
func TestFingerprint(t *testing.T) {
	a := func() api.Outcome {
		return api.Outcome{Status: 404, Media: "a/b", Decode: "json", Type: apitest.Of(api.Slice, apitest.Ref("E"))}
	}
	base := a()
	same := a()
	same.Description = "not printed"
	if fingerprint([]*api.Outcome{&base}) != fingerprint([]*api.Outcome{&same}) {
		t.Error("lists that are printed alike differ")
	}
	for name, change := range map[string]func(*api.Outcome){
		"status":  func(o *api.Outcome) { o.Status = 400 },
		"media":   func(o *api.Outcome) { o.Media = "a/c" },
		"decode":  func(o *api.Outcome) { o.Decode = "text" },
		"type":    func(o *api.Outcome) { o.Type = apitest.Ref("E") },
		"element": func(o *api.Outcome) { o.Type = apitest.Of(api.Slice, apitest.Ref("F")) },
		"no type": func(o *api.Outcome) { o.Type = nil },
	} {
		other := a()
		change(&other)
		if fingerprint([]*api.Outcome{&base}) == fingerprint([]*api.Outcome{&other}) {
			t.Errorf("lists with another %s are taken for the same", name)
		}
	}
	if fingerprint([]*api.Outcome{{Status: 1, Decode: "text"}, {Status: 2}}) == fingerprint([]*api.Outcome{{Status: 1, Decode: `text2 ""`}}) {
		t.Error("two outcomes are taken for one")
	}
}
