package emit

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
)

// Tables share a variable only if they render alike.
func TestFingerprint(t *testing.T) {
	a := func() api.Outcome {
		return api.Outcome{
			Status: 404, Media: "a/b", Decode: api.DecodeJSON, Type: api.Of(api.Slice, api.Ref("E")),
		}
	}
	base := a()
	same := a()
	same.Description = "not printed"
	if fingerprint([]*api.Outcome{&base}) != fingerprint([]*api.Outcome{&same}) {
		t.Error("tables that render alike differ")
	}
	for name, change := range map[string]func(*api.Outcome){
		"status":  func(o *api.Outcome) { o.Status = 400 },
		"media":   func(o *api.Outcome) { o.Media = "a/c" },
		"decode":  func(o *api.Outcome) { o.Decode = "text" },
		"type":    func(o *api.Outcome) { o.Type = api.Ref("E") },
		"element": func(o *api.Outcome) { o.Type = api.Of(api.Slice, api.Ref("F")) },
		"no type": func(o *api.Outcome) { o.Type = nil },
	} {
		other := a()
		change(&other)
		if fingerprint([]*api.Outcome{&base}) == fingerprint([]*api.Outcome{&other}) {
			t.Errorf("tables that differ in %s have the same fingerprint", name)
		}
	}
	two := fingerprint([]*api.Outcome{{Status: 1, Decode: "text"}, {Status: 2}})
	if two == fingerprint([]*api.Outcome{{Status: 1, Decode: `text2 ""`}}) {
		t.Error("two failures have the fingerprint of one")
	}
}

func TestFailuresName(t *testing.T) {
	body := func(status int, name string) *api.Outcome {
		return &api.Outcome{
			Status: status, Media: "application/json", Decode: api.DecodeJSON,
			Type: api.Of(api.Pointer, api.Ref(name)),
		}
	}
	var many []*api.Outcome
	for status := 400; status < 420; status++ {
		many = append(many, body(status, "APIError"))
	}
	tests := []struct {
		list []*api.Outcome
		want string
	}{
		{[]*api.Outcome{body(400, "ErrorList"), body(404, "ErrorList")}, "errorListFailuresOn400_404"},
		{
			[]*api.Outcome{body(404, "APIError"), body(5, "APIError"), body(0, "APIError")},
			"apiErrorFailuresOn404_5XX_Default",
		},
		{[]*api.Outcome{{Status: 404}, {Status: 500}}, "failuresOn404_500"},
		// The words do not determine these tables.
		{[]*api.Outcome{body(404, "A"), body(500, "B")}, "aAndBFailuresOn404_500_"},
		{[]*api.Outcome{body(404, "A"), body(405, "B"), body(500, "C")}, "mixedFailuresOn404_405_500_"},
		{[]*api.Outcome{{Status: 404}, body(500, "A")}, "aFailuresOn404_500_"},
		{
			[]*api.Outcome{{Status: 404, Media: "text/plain", Decode: api.DecodeText}, {Status: 500}},
			"failuresOn404_500_",
		},
		{many, "apiErrorFailuresOn400To419_"},
	}
	for _, tt := range tests {
		got := failuresName(tt.list)
		if stem, ok := strings.CutSuffix(tt.want, "_"); ok {
			if !strings.HasPrefix(got, tt.want) || len(got) != len(stem)+5 {
				t.Errorf("got %s, want %s and a checksum of 4 digits", got, stem)
			}
		} else if got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// A further operation with another table does not rename the tables of others.
func TestShare_NamesAreStable(t *testing.T) {
	first := []*api.Outcome{{Status: 404}, {Status: 500}}
	second := []*api.Outcome{{Status: 404}, {Status: 429}, {Status: 500}}
	old := []*api.Operation{{Var: "c", Failure: first}, {Var: "d", Failure: first}}
	added := []*api.Operation{{Var: "a", Failure: second}, {Var: "b", Failure: second}}
	before := share(&api.API{Operations: old})
	after := share(&api.API{Operations: append(added, old...)})
	for key, name := range before.names {
		if after.names[key] != name {
			t.Errorf("%s is renamed to %s", name, after.names[key])
		}
	}
}
