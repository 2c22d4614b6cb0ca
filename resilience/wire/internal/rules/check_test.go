package rules

import (
	"strings"
	"testing"
)

// faults returns the faults of a JSON text, one in each line.
func faults(t *testing.T, s *Set, r *Rule, text string) string {
	t.Helper()
	v, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range s.Check(r, v) {
		lines = append(lines, f.Path+": "+f.What)
	}
	return strings.Join(lines, "\n")
}

var (
	text    = &Rule{Types: TypeString}
	number  = &Rule{Types: TypeNumber}
	integer = &Rule{Types: TypeInteger}
	never   = &Rule{Never: true}
)

// A test has values that are valid under a rule, and invalid ones with their faults.
type test struct {
	name    string
	rule    *Rule
	valid   []string
	invalid map[string]string
}

func run(t *testing.T, s *Set, tests []test) {
	t.Helper()
	for _, c := range tests {
		for _, v := range c.valid {
			if got := faults(t, s, c.rule, v); got != "" {
				t.Errorf("%s: %s: got %s, want no faults", c.name, v, got)
			}
		}
		for v, want := range c.invalid {
			if got := faults(t, s, c.rule, v); got != want {
				t.Errorf("%s: %s: got\n%s\nwant\n%s", c.name, v, got, want)
			}
		}
	}
}

func TestCheck_Values(t *testing.T) {
	run(t, &Set{}, []test{
		{"nothing", nil, []string{`1`, `null`}, nil},
		{"empty", &Rule{}, []string{`{"a":1}`, `null`}, nil},
		{"never", never, nil, map[string]string{`1`: "$: must not be present"}},
		{
			"string", text, []string{`"x"`},
			map[string]string{`1`: "$: is a number; want a string", `null`: "$: is null; want a string"},
		},
		{"integer", integer, []string{`1`, `1.0`, `1e2`, `-12.50e1`}, map[string]string{
			`1.5`: "$: is a number; want an integer", `"1"`: "$: is a string; want an integer",
		}},
		{"number", number, []string{`1`, `1.5`}, map[string]string{`true`: "$: is a bool; want a number"}},
		{"several types", &Rule{Types: TypeArray | TypeBoolean | TypeNull}, []string{`[]`, `false`, `null`},
			map[string]string{`{}`: "$: is an object; want a list or a bool or null"}},
		{"type and length", &Rule{Types: TypeString, MinLength: 2}, nil,
			map[string]string{`[]`: "$: is a list; want a string"}},
		{"nullable", &Rule{Types: TypeString, Nullable: true, Enum: []string{`"a"`}}, []string{`null`, `"a"`},
			map[string]string{`"b"`: `$: is not the only value of the document; want "a"`}},
		{"enum", &Rule{Enum: []string{`1`, `{"a":[1]}`}}, []string{`1.0`, `{"a":[1.00]}`}, map[string]string{
			`"1"`:       `$: is not one of the values of the document; want one of 1, {"a":[1]}`,
			`{"a":[2]}`: `$: is not one of the values of the document; want one of 1, {"a":[1]}`,
		}},
		{"long enum", &Rule{Enum: strings.Split("0 1 2 3 4 5 6 7 8 9 10", " ")}, []string{`10`}, map[string]string{
			`11`: "$: is not one of the values of the document; want 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 or another of them",
		}},
		{"enum of ten", &Rule{Enum: strings.Split("0 1 2 3 4 5 6 7 8 9", " ")}, nil, map[string]string{
			`11`: "$: is not one of the values of the document; want one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
		}},
	})
}

func TestCheck_Numbers(t *testing.T) {
	run(t, &Set{}, []test{
		{"least", &Rule{Min: "1"}, []string{`1`, `1.0`, `2`, `"text"`}, map[string]string{
			`0.9999999999999999999999`: "$: is less than 1", `-1`: "$: is less than 1",
		}},
		{"most", &Rule{Max: "9223372036854775807"}, []string{`9223372036854775807`, `-1`}, map[string]string{
			`9223372036854775808`: "$: is greater than 9223372036854775807",
			`1e1000000000`:        "$: is greater than 9223372036854775807",
		}},
		{
			"above", &Rule{Above: "0"}, []string{`1e-400`},
			map[string]string{`0`: "$: is not greater than 0", `-0.1`: "$: is not greater than 0"},
		},
		{
			"below", &Rule{Below: "-0.5"}, []string{`-0.51`},
			map[string]string{`-0.5`: "$: is not less than -0.5", `0`: "$: is not less than -0.5"},
		},
		{"multiple", &Rule{MultipleOf: "0.01"}, []string{`0.3`, `4.35`, `0`, `-1.1`, `1e300`}, map[string]string{
			`0.001`: "$: is not a multiple of 0.01", `1.005`: "$: is not a multiple of 0.01",
		}},
		{"multiple of 3", &Rule{MultipleOf: "3"}, []string{`9`, `3e9`, `-3`}, map[string]string{
			`10`: "$: is not a multiple of 3", `1e9`: "$: is not a multiple of 3", `4.5`: "$: is not a multiple of 3",
		}},
		{"int32", &Rule{Format: "int32"}, []string{`2147483647`, `-2147483648`, `1.5`}, map[string]string{
			`2147483648`: "$: does not fit int32", `-2147483649`: "$: does not fit int32",
		}},
		{"int64", &Rule{Format: "int64"}, []string{`9223372036854775807`}, map[string]string{
			`9223372036854775808`: "$: does not fit int64",
		}},
	})
}

func TestCheck_Texts(t *testing.T) {
	run(t, &Set{}, []test{
		{"length", &Rule{MinLength: 2, MaxLength: 3}, []string{`"äé"`, `"😀😀😀"`, `1`}, map[string]string{
			`"ä"`:    "$: has 1 character; want at least 2 characters",
			`"abcd"`: "$: has 4 characters; want at most 3 characters",
		}},
		{
			"nothing else", &Rule{MaxLength: None}, []string{`""`},
			map[string]string{`"a"`: "$: has 1 character; want at most 0 characters"},
		},
		{
			"at least one", &Rule{MinLength: 1}, []string{`"a"`},
			map[string]string{`""`: "$: has 0 characters; want at least 1 character"},
		},
		{
			"pattern", &Rule{Pattern: "^a+$"}, []string{`"aa"`},
			map[string]string{`"b"`: "$: does not match the pattern ^a+$"},
		},
		{
			"part of a text", &Rule{Pattern: "b"}, []string{`"abc"`},
			map[string]string{`"ac"`: "$: does not match the pattern b"},
		},
		{"a pattern that is none", &Rule{Pattern: "("}, []string{`"a"`}, nil},
		{"format", &Rule{Format: "uuid"}, []string{`"01234567-89ab-4def-8123-456789ABCDEF"`, `5`}, map[string]string{
			`"01234567"`: "$: does not have the format uuid",
		}},
		{"unknown format", &Rule{Format: "color"}, []string{`"a"`}, nil},
	})
}

func TestCheck_Lists(t *testing.T) {
	run(t, &Set{}, []test{
		{"number", &Rule{MinItems: 1, MaxItems: 2}, []string{`[1]`, `[1,2]`, `{}`}, map[string]string{
			`[]`: "$: has 0 items; want at least 1 item", `[1,2,3]`: "$: has 3 items; want at most 2 items",
		}},
		{"unique", &Rule{Unique: true}, []string{
			`[1,"1",true,null,[1],{"a":1}]`, `[{"a":1},{"b":1}]`,
		}, map[string]string{
			`[1,2,1.0]`:                            "$: has equal items at 0 and 2; want different ones",
			`[{"a":1,"b":2},{"b":2,"a":1e0}]`:      "$: has equal items at 0 and 1; want different ones",
			`[0,-0,0.0]`:                           "$: has equal items at 0 and 1; want different ones",
			`[[[]],[{}],"[",[[]],false,false]`:     "$: has equal items at 0 and 3; want different ones",
			`["\u00e4",{"ä":null},"ä","a","b"]`:    "$: has equal items at 0 and 2; want different ones",
			`[null,{"":null},{"":[]},{"":null},3]`: "$: has equal items at 1 and 3; want different ones",
		}},
		{"items", &Rule{
			Prefix: []*Rule{text, nil}, Items: integer,
		}, []string{`["a",null,3]`, `["a"]`, `[]`}, map[string]string{
			`[1,2,"c",4,"e"]`: "$[0]: is a number; want a string\n" +
				"$[2]: is a string; want an integer\n$[4]: is a string; want an integer",
		}},
		{"contains", &Rule{Contains: text}, []string{`[1,"a"]`}, map[string]string{
			`[1]`: "$: has 0 fitting items; want at least 1 fitting item",
		}},
		{"contains some", &Rule{
			Contains: text, MinContains: 2, MaxContains: 2,
		}, []string{`["a",1,"b"]`}, map[string]string{
			`["a"]`:         "$: has 1 fitting item; want at least 2 fitting items",
			`["a","b","c"]`: "$: has 3 fitting items; want at most 2 fitting items",
		}},
		{"contains perhaps", &Rule{
			Contains: text, MinContains: None, MaxContains: 1,
		}, []string{`[]`}, map[string]string{
			`["a","b"]`: "$: has 2 fitting items; want at most 1 fitting item",
		}},
	})
}

func TestCheck_Objects(t *testing.T) {
	run(t, &Set{}, []test{
		{"required", &Rule{Required: []string{"a", "b c"}}, []string{`{"a":null,"b c":1}`, `[]`}, map[string]string{
			`{}`: "$.a: is required\n$[\"b c\"]: is required",
		}},
		{"members", &Rule{
			Members: []MemberRule{{"a", text}, {"b", nil}}, Additional: never,
		}, []string{`{"a":"x","b":1}`},
			map[string]string{
				`{"c":1,"a":2}`: "$.a: is a number; want a string\n" +
					"$.c: is not a member of the schema, which allows no others",
			}},
		{"others", &Rule{Members: []MemberRule{{"a", nil}}, Additional: integer}, []string{`{"a":"x","b":1}`},
			map[string]string{`{"a":"x","b":"y"}`: "$.b: is a string; want an integer"}},
		{"patterns", &Rule{
			Patterns: []MemberRule{{"^x", text}, {"y$", integer}}, Additional: never,
		}, []string{`{"x":"a","y":1}`},
			map[string]string{
				`{"xy":"a","z":1}`: "$.xy: is a string; want an integer\n" +
					"$.z: is not a member of the schema, which allows no others",
			}},
		{"names", &Rule{Names: &Rule{MaxLength: 2}}, []string{`{"ab":1}`},
			map[string]string{`{"abc":1}`: "$.abc: has 3 characters; want at most 2 characters"}},
		{"number", &Rule{MinMembers: 1, MaxMembers: 1}, []string{`{"a":1}`}, map[string]string{
			`{}`:            "$: has 0 members; want at least 1 member",
			`{"a":1,"b":2}`: "$: has 2 members; want at most 1 member",
		}},
		{"dependent", &Rule{
			Dependent: []DependentRule{{"a", []string{"b"}, &Rule{MaxMembers: 2}}},
		}, []string{`{"c":1,"d":1,"e":1}`, `{"a":1,"b":1}`},
			map[string]string{
				`{"a":1}`: "$.b: is required", `{"a":1,"b":1,"c":1}`: "$: has 3 members; want at most 2 members",
			}},
	})
}

func TestCheck_Combined(t *testing.T) {
	cat := &Rule{
		Types: TypeObject, Members: []MemberRule{{"kind", &Rule{Enum: []string{`"cat"`}}}, {"lives", &Rule{Max: "9"}}},
		Required: []string{"kind"},
	}
	dog := &Rule{
		Types: TypeObject, Members: []MemberRule{{"kind", &Rule{Enum: []string{`"dog"`}}}},
		Required: []string{"kind", "bark"},
	}
	run(t, &Set{}, []test{
		{"all", &Rule{AllOf: []*Rule{{MinLength: 2}, {Pattern: "^a"}}}, []string{`"ab"`}, map[string]string{
			`"b"`: "$: has 1 character; want at least 2 characters\n$: does not match the pattern ^a",
		}},
		{"any", &Rule{
			AnyOf: []*Rule{cat, dog, {Types: TypeString}},
		}, []string{`"x"`, `{"kind":"cat"}`}, map[string]string{
			`{"kind":"cat","lives":10}`: "$: fits none of 3 alternatives\n$.lives: is greater than 9",
			`{"kind":"dog"}`: "$: fits none of 3 alternatives\n" +
				"$.kind: is not the only value of the document; want \"cat\"",
		}},
		{"only one", &Rule{OneOf: []*Rule{{Max: "5"}}}, []string{`5`}, map[string]string{`6`: "$: is greater than 5"}},
		{"one", &Rule{
			OneOf: []*Rule{{Types: TypeInteger}, {Types: TypeNumber}, {}},
		}, []string{`"x"`}, map[string]string{
			`1.5`: "$: fits 2 alternatives; want exactly 1", `1`: "$: fits 3 alternatives; want exactly 1",
		}},
		{
			"not", &Rule{Not: text}, []string{`1`},
			map[string]string{`"a"`: "$: is one of the values that the schema excludes"},
		},
		{"if", &Rule{
			If: text, Then: &Rule{MinLength: 2}, Else: &Rule{Min: "2"},
		}, []string{`"ab"`, `2`}, map[string]string{
			`"a"`: "$: has 1 character; want at least 2 characters", `1`: "$: is less than 2",
		}},
	})
}

func TestCheck_Rest(t *testing.T) {
	member := func(name string) *Rule { return &Rule{Members: []MemberRule{{name, nil}}} }
	run(t, &Set{}, []test{
		{"members", &Rule{
			Members: []MemberRule{{"own", nil}}, AllOf: []*Rule{member("a")}, RestMembers: never,
			AnyOf: []*Rule{{Required: []string{"b"}, Members: []MemberRule{{"b", nil}}}, {}},
			If: &Rule{
				Required: []string{"i"}, Members: []MemberRule{{"i", nil}},
			}, Then: member("t"), Else: member("e"),
			Dependent: []DependentRule{{"a", nil, member("d")}}, Patterns: []MemberRule{{"^x", nil}},
		}, []string{`{"own":1,"a":1,"b":1,"i":1,"t":1,"d":1,"x1":1}`, `{"e":1}`}, map[string]string{
			`{"t":1}`:       "$.t: is not a member of the schema, which allows no others",
			`{"i":1,"e":1}`: "$.e: is not a member of the schema, which allows no others",
			`{"d":1}`:       "$.d: is not a member of the schema, which allows no others",
		}},
		{"others", &Rule{AllOf: []*Rule{{Additional: integer}}, RestMembers: never}, []string{`{"a":1}`}, nil},
		{"nested", &Rule{AllOf: []*Rule{{RestMembers: integer}}, RestMembers: never}, []string{`{"a":1}`}, nil},
		{"rest by a rule", &Rule{Members: []MemberRule{{"a", nil}}, RestMembers: integer}, []string{`{"a":"x","b":1}`},
			map[string]string{`{"b":"x"}`: "$.b: is a string; want an integer"}},
		{"items", &Rule{
			Prefix: []*Rule{nil}, AllOf: []*Rule{{Contains: text}}, RestItems: integer,
		}, []string{`[true,1,"a"]`},
			map[string]string{`[true,"a",null]`: "$[2]: is null; want an integer"}},
		{"all items", &Rule{AllOf: []*Rule{{Items: text}}, RestItems: never}, []string{`["a"]`}, nil},
	})
}

// References are followed within values, and not without end for the same value.
func TestCheck_References(t *testing.T) {
	s := &Set{Rules: []NamedRule{
		{"A", &Rule{Members: []MemberRule{{"a", &Rule{Ref: "A"}}, {"n", &Rule{Ref: "N", Max: "5"}}}}},
		{"Loop", &Rule{AllOf: []*Rule{{Ref: "Loop"}, {Ref: "N"}}, RestMembers: &Rule{}}},
		{"N", integer},
	}}
	run(t, s, []test{
		{"nested", &Rule{Ref: "A"}, []string{`{"a":{"a":{"n":1}}}`}, map[string]string{
			`{"a":{"a":{"n":"x"},"n":6}}`: "$.a.a.n: is a string; want an integer\n$.a.n: is greater than 5",
		}},
		{"loop", &Rule{Ref: "Loop"}, []string{`1`}, map[string]string{`{}`: "$: is an object; want an integer"}},
		{"unknown", &Rule{Ref: "Z"}, []string{`1`}, nil},
	})
	if got := s.Check(&Rule{Types: TypeString, MinLength: 2}, Opaque{}); got != nil {
		t.Errorf("an opaque value has faults: %v", got)
	}
	within := []any{map[string]any{"a": Opaque{}}}
	got := s.Check(&Rule{Unique: true}, []any{Opaque{}, Opaque{}, within, within, "a", "a"})
	if want := "has equal items at 4 and 5; want different ones"; len(got) != 1 || got[0].What != want {
		t.Errorf("opaque items: got %v, want only %s", got, want)
	}
}

func TestError(t *testing.T) {
	e := &Error{Faults: []Fault{{"$.a", "is bad"}, {"$.b", "is worse"}}}
	if got := e.Error(); got != "$.a: is bad, $.b: is worse" {
		t.Errorf("got %s", got)
	}
	for range 49 {
		e.Faults = append(e.Faults, Fault{"$.c", "is odd"})
	}
	if got := e.Error(); !strings.HasSuffix(got, "$.c: is odd and 1 more") || strings.Count(got, "odd") != 48 {
		t.Errorf("got %s", got)
	}
}
