package api

// A NamedRule is a rule that others refer to.
type NamedRule struct {
	Name string
	Rule *Rule
}

// A Rule is the constraints of one schema. Its fields are those of wire.Rule. Nil allows every
// value.
type Rule struct {
	Ref      string // Name of a [NamedRule]
	Types    RuleTypes
	Nullable bool
	Never    bool
	Enum     []string // JSON texts

	Min, Max, Above, Below, MultipleOf string // numbers as JSON writes them

	MinLength, MaxLength Limit
	Pattern              string // in the syntax of package regexp
	Format               string

	MinItems, MaxItems       Limit
	Unique                   bool
	Prefix                   []*Rule
	Items                    *Rule
	Contains                 *Rule
	MinContains, MaxContains Limit

	Required               []string
	Members                []MemberRule
	Patterns               []MemberRule // Name is a pattern in the syntax of package regexp
	Additional             *Rule
	Names                  *Rule
	MinMembers, MaxMembers Limit
	Dependent              []DependentRule

	AllOf, AnyOf, OneOf []*Rule
	Not, If, Then, Else *Rule

	RestMembers, RestItems *Rule
}

// A MemberRule is the rule of a member of an object.
type MemberRule struct {
	Name string
	Rule *Rule // nil: the member is declared without constraints
}

// A DependentRule is what applies to an object that has a member.
type DependentRule struct {
	Name     string
	Required []string
	Rule     *Rule
}

// A Limit is a number of things. 0 means that there is no limit, and [LimitNone] is a limit of 0.
type Limit int

// LimitNone is a limit of 0.
const LimitNone Limit = -1

// RuleTypes lists JSON types: null, boolean, integer, number, string, array, object. Nil means all.
type RuleTypes []string
