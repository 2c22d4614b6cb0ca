package changes

import (
	"slices"
	"testing"

	"github.com/resgen/resgen/generator/api"
)

// validated returns a client whose requests are validated, with a parameter, a body and a type that
// have constraints.
func validated(param, body, pet *api.Rule) Client {
	a := newAPI()
	a.Names.Rules = "rules"
	a.Operations[0].Params = []*api.Param{{
		Name: "limit", In: api.InQuery, Rule: param, Pos: in("x.yaml", 6), Type: &api.Type{Kind: api.Int64},
	}}
	a.Operations[1].Body = &api.Body{Rule: body, Type: &api.Type{Kind: api.Any}}
	a.Types = []*api.Named{{Name: "Pet", Schema: "schema Pet", Pos: in("x.yaml", 20)}}
	a.Rules = []api.NamedRule{{Name: "Pet", Rule: pet}}
	return Client{Output: "out/x", API: a}
}

func TestConstraints(t *testing.T) {
	member := func(name string, r *api.Rule) *api.Rule {
		return &api.Rule{Members: []api.MemberRule{{Name: name, Rule: r}}}
	}
	old := validated(&api.Rule{Min: "1", Max: "10"}, member("id", &api.Rule{Pattern: "^a"}),
		member("tags", &api.Rule{MaxItems: 3, Items: &api.Rule{MaxLength: 5, Format: "uuid"}, Required: []string{"x"}}))
	for _, tt := range []struct {
		name string
		new  Client
		want []string
	}{
		{"the same", validated(&api.Rule{Min: "1", Max: "10"}, member("id", &api.Rule{Pattern: "^a"}),
			member("tags", &api.Rule{MaxItems: 3, Items: &api.Rule{MaxLength: 5, Format: "uuid"}})), nil},
		{"all", validated(&api.Rule{Min: "2"}, member("id", &api.Rule{Pattern: "^b", Unique: true}),
			member("tags", &api.Rule{MaxItems: api.LimitNone, Items: &api.Rule{MaxLength: 6}})), []string{
			"constraint schema Pet: tags maxItems 3 → 0, x.yaml:20:1",
			"constraint schema Pet: tags[] format uuid → none, x.yaml:20:1",
			"constraint schema Pet: tags[] maxLength 5 → 6, x.yaml:20:1",
			"constraint GET /pets: parameter limit maximum 10 → none, x.yaml:6:1",
			"constraint GET /pets: parameter limit minimum 1 → 2, x.yaml:6:1",
			"constraint POST /pets: body.id pattern ^a → ^b, x.yaml:9:1",
			"constraint POST /pets: body.id uniqueItems none → true, x.yaml:9:1",
		}},
		{"gone", validated(nil, nil, &api.Rule{}), []string{
			"constraint schema Pet: tags maxItems 3 → none, x.yaml:20:1",
			"constraint schema Pet: tags[] format uuid → none, x.yaml:20:1",
			"constraint schema Pet: tags[] maxLength 5 → none, x.yaml:20:1",
			"constraint GET /pets: parameter limit maximum 10 → none, x.yaml:6:1",
			"constraint GET /pets: parameter limit minimum 1 → none, x.yaml:6:1",
			"constraint POST /pets: body.id pattern ^a → none, x.yaml:9:1",
		}},
	} {
		if got := sentences(constraints(old, tt.new)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	off := validated(old.API.Operations[0].Params[0].Rule, nil, &api.Rule{})
	off.API.Names.Rules = ""
	if got := constraints(old, off); got != nil {
		t.Errorf("without validation: got %v", got)
	}
	want := []string{"validate out/x: validate true → false"}
	if got := sentences(Between([]Client{old}, []Client{off})); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Parameters of the path have constraints like those of the query.
func TestConstraints_OfPath(t *testing.T) {
	client := func(rule *api.Rule) Client {
		c := validated(nil, nil, &api.Rule{})
		c.API.Operations[0].PathParams = []*api.Param{{Name: "id", In: api.InPath, Rule: rule, Pos: in("x.yaml", 7)}}
		return c
	}
	got := sentences(constraints(client(&api.Rule{MaxLength: 9}), client(&api.Rule{MaxLength: 5})))
	if want := []string{"constraint GET /pets: parameter id maxLength 9 → 5, x.yaml:7:1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Constraints of alternatives and of further members have a path.
func TestFlatten(t *testing.T) {
	got := map[string]string{}
	long := &api.Rule{MinLength: 2}
	flatten(got, "", &api.Rule{
		AllOf: []*api.Rule{{}, long}, AnyOf: []*api.Rule{long}, OneOf: []*api.Rule{long}, Prefix: []*api.Rule{long},
		Additional: long,
	})
	for _, key := range []string{"allOf[1]", "anyOf[0]", "oneOf[0]", "prefixItems[0]", "{}"} {
		if got[key+" minLength"] != "2" {
			t.Errorf("%s is missing in %v", key, got)
		}
	}
	if len(got) != 5 {
		t.Errorf("got %v", got)
	}
}

// A change that says what follows is enough.
func TestWithoutWeaker(t *testing.T) {
	value := Change{Code: "enum-value-added", Subject: "schema Pet", What: "may be c now"}
	breaking := value
	breaking.Effect = "breaks callers"
	other := Change{Code: "enum-value-added", Subject: "schema Pet", What: "may be d now"}
	got := withoutWeaker([]Change{breaking, value, other})
	if !slices.Equal(got, []Change{breaking, other}) {
		t.Errorf("got %v", got)
	}
}

func TestAdded(t *testing.T) {
	c := Client{Output: "out/x", API: newAPI()}
	if got := added(c).Predicate(); got != "the client was added: 2 operations" {
		t.Errorf("got %q", got)
	}
	c.API.Operations[1].Policy.Idempotency = "keyed"
	want := "the client was added: 2 operations; create is keyed, more than the method allows: looser"
	if got := added(c).Predicate(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for range 5 {
		c.API.Operations = append(c.API.Operations, c.API.Operations[1])
	}
	want = "the client was added: 7 operations; create is keyed, create is keyed, create is keyed, " +
		"3 more operations may be repeated too, more than the method allows: looser"
	if got := added(c).Predicate(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
