package emit

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
)

func Example_ruleSet() {
	show(ruleSet(&api.API{Names: api.Names{Rules: "rules"}, Rules: []api.NamedRule{
		{Name: "Kind", Rule: &api.Rule{Types: api.RuleTypes{"string", "null"}, Enum: []string{`"cat"`, "null"}}},
		{Name: "Pet", Rule: &api.Rule{
			Types: api.RuleTypes{"object"}, Required: []string{"name"},
			Members: []api.MemberRule{
				{Name: "name", Rule: &api.Rule{MinLength: 1, MaxLength: api.LimitNone, Pattern: "^`a\"$"}},
				{Name: "free"},
			},
			Additional: &api.Rule{Never: true},
			Dependent:  []api.DependentRule{{Name: "a", Required: []string{"b"}}},
			AnyOf:      []*api.Rule{{Ref: "Kind"}, nil, {Min: "0.5", Nullable: true}},
		}},
	}}))
	// Output:
	// // rules has the constraints of the document by type.
	// var rules = wire.NewRules([]wire.NamedRule{
	// 	{Name: "Kind", Rule: &wire.Rule{Types: wire.TypeString | wire.TypeNull, Enum: []string{"\"cat\"", "null"}}},
	// 	{Name: "Pet", Rule: &wire.Rule{
	// 		Types:    wire.TypeObject,
	// 		Required: []string{"name"},
	// 		Members: []wire.MemberRule{
	// 			{Name: "name", Rule: &wire.Rule{MinLength: 1, MaxLength: wire.LimitNone, Pattern: "^`a\"$"}},
	// 			{Name: "free"},
	// 		},
	// 		Additional: &wire.Rule{Never: true},
	// 		Dependent: []wire.DependentRule{
	// 			{Name: "a", Required: []string{"b"}},
	// 		},
	// 		AnyOf: []*wire.Rule{
	// 			{Ref: "Kind"},
	// 			nil,
	// 			{Nullable: true, Min: "0.5"},
	// 		},
	// 	}},
	// }...)
}

func Example_validateMethod() {
	show(validateMethod(&api.API{Names: api.Names{Rules: "rules"}}, &api.Named{Name: "Pet"}))
	// Output:
	// // Validate returns a [*wire.InvalidError] that names everything in x that the
	// // document does not allow.
	// func (x Pet) Validate() error {
	// 	return rules.Validate("Pet", x)
	// }
}

// Without validation there is no file, and only types that can have methods have one.
func TestRules(t *testing.T) {
	if data, err := Rules(&api.API{Package: "p"}); data != nil || err != nil {
		t.Errorf("got %s, %v", data, err)
	}
	data, err := Rules(&api.API{
		Package: "p", Names: api.Names{Rules: "rules"}, Types: []*api.Named{{Name: "A", Validates: true}, {Name: "B"}},
	})
	if text := string(data); err != nil || !strings.Contains(text, "func (x A)") || strings.Contains(text, "B") {
		t.Errorf("got %s, %v", data, err)
	}
}
