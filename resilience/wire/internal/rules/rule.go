package rules

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Set has the rules of a package. It must not be copied after its first use.
type Set struct {
	Rules []NamedRule // sorted by name

	patterns sync.Map // Go pattern → *regexp.Regexp, or nil for one that does not compile
}

// A NamedRule is a rule with the name that [Rule.Ref] uses.
type NamedRule struct {
	Name string
	Rule *Rule
}

// rule returns the rule with a name, or nil.
func (s *Set) rule(name string) *Rule {
	i, ok := slices.BinarySearchFunc(s.Rules, name, func(n NamedRule, name string) int {
		return strings.Compare(n.Name, name)
	})
	if !ok {
		return nil
	}
	return s.Rules[i].Rule
}

// pattern returns a compiled pattern. It is compiled on first use, and nil if it is not valid.
func (s *Set) pattern(text string) *regexp.Regexp {
	if known, ok := s.patterns.Load(text); ok {
		return known.(*regexp.Regexp)
	}
	re, err := regexp.Compile(text)
	if err != nil {
		re = nil
	}
	s.patterns.Store(text, re)
	return re
}

// matches reports whether a text matches a pattern anywhere.
func (s *Set) matches(pattern, text string) bool {
	re := s.pattern(pattern)
	return re == nil || re.MatchString(text)
}

// RuleTypes is a set of JSON types.
type RuleTypes uint8

// The JSON types. A number without a fraction is an integer as well.
const (
	TypeNull RuleTypes = 1 << iota
	TypeBoolean
	TypeInteger
	TypeNumber
	TypeString
	TypeArray
	TypeObject
)

// None is a limit of 0. The zero value of a limit means that there is no limit.
const None = -1

// A Rule is the constraints of one schema. The zero Rule, and nil, allow every value. Constraints
// for one JSON type do not affect values of others.
type Rule struct {
	Ref      string    // name of a rule that applies too
	Types    RuleTypes // zero: all
	Nullable bool      // null is valid whatever else is stated
	Never    bool      // no value is valid
	Enum     []string  // JSON texts of the only values

	Min        string // of a number, as JSON writes it; empty: none
	Max        string
	Above      string // a number must be greater
	Below      string // a number must be less
	MultipleOf string

	MinLength int // in Unicode code points
	MaxLength int
	Pattern   string // in the syntax of package regexp
	Format    string // ignored unless it is one of the formats in formats.go

	MinItems    int
	MaxItems    int
	Unique      bool
	Prefix      []*Rule // of the first items
	Items       *Rule   // of all items after Prefix
	Contains    *Rule   // that at least MinContains items must meet
	MinContains int     // zero: 1
	MaxContains int

	Required   []string
	Members    []MemberRule
	Patterns   []MemberRule // Name is a pattern of names
	Additional *Rule        // of members that are in neither of the lists
	Names      *Rule        // of the names of all members
	MinMembers int
	MaxMembers int
	Dependent  []DependentRule

	AllOf []*Rule
	AnyOf []*Rule
	OneOf []*Rule
	Not   *Rule
	If    *Rule
	Then  *Rule
	Else  *Rule

	RestMembers *Rule // unevaluatedProperties
	RestItems   *Rule // unevaluatedItems
}

// A MemberRule is the rule of a member of an object.
type MemberRule struct {
	Name string
	Rule *Rule
}

// A DependentRule is what applies to an object that has a member.
type DependentRule struct {
	Name     string
	Required []string
	Rule     *Rule
}
