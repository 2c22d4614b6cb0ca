package policy

// This file checks the values of a policy as it was read, each at its position.

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/memberpath"
)

// A rule says which numbers, texts or rules for failures a key allows, and how to say so. The zero
// rule allows all.
type rule struct {
	text     string
	mostText string  // most, as text
	spans    []Span  // nil: all numbers
	most     float64 // greatest number; 0: no bound beyond that of spans
	word     func(string) bool
	pattern  string   // regular expression of the texts that word allows
	kinds    []string // of failures that a rule for failures may name
}

// A Span is a range of numbers.
type Span struct {
	From, To float64 // infinite: no bound
	Open     bool    // From is not in the range
	OpenEnd  bool    // To is not in the range
}

// Has reports whether a number is in the range.
func (s Span) Has(f float64) bool {
	return (f > s.From || f == s.From && !s.Open) && (f < s.To || f == s.To && !s.OpenEnd)
}

// allows reports whether a number is in one of the ranges.
func (r rule) allows(f float64) bool {
	return r.spans == nil || slices.ContainsFunc(r.spans, func(s Span) bool { return s.Has(f) })
}

// bounded returns the ranges up to most.
func (r rule) bounded() []Span {
	list := slices.Clone(r.spans)
	for i, s := range list {
		if r.most > 0 && s.To > r.most {
			list[i].To, list[i].OpenEnd = r.most, false
		}
	}
	return list
}

// The longest duration that a document may set, and the longest that a policy may have.
const (
	day   = 24 * time.Hour
	month = 30 * day
)

const million = 1e6

var (
	infinite = math.Inf(1)
	negative = Span{From: -infinite, To: 0, OpenEnd: true}
	atLeast1 = Span{From: 1, To: infinite, OpenEnd: true}
	upTo1    = Span{From: 0, To: 1, Open: true}

	positive = rule{text: "more than 0", spans: []Span{{From: 0, To: infinite, Open: true, OpenEnd: true}}}
	one      = rule{text: "at least 1", spans: []Span{atLeast1}}
	attempts = rule{text: "1 to 100", spans: []Span{{From: 1, To: 100}}}
	share    = rule{text: "more than 0 and at most 1", spans: []Span{upTo1}}

	shareOrNever = rule{text: "more than 0 and at most 1, or negative for never", spans: []Span{negative, upTo1}}
	jitterOrNone = rule{text: "more than 0 and below 1, or negative for none",
		spans: []Span{negative, {From: 0, To: 1, Open: true, OpenEnd: true}}}
	countOrNever = rule{text: "at least 1, or negative for never", spans: []Span{negative, atLeast1}}
	countOrNone  = rule{text: "at least 1, or -1 for none", spans: []Span{{From: -1, To: -1}, atLeast1}}

	duration  = positive.upTo(float64(month), "720h")
	factor    = one.upTo(100, "100")
	copies    = one.upTo(10, "10")
	count     = one.upTo(million, "1000000")
	amount    = positive.upTo(million, "1000000")
	multiple  = positive.upTo(1000, "1000")
	bytes     = one.upTo(1<<32, "4294967296")
	calls     = countOrNever.upTo(million, "1000000")
	permits   = countOrNone.upTo(million, "1000000")
	hops      = countOrNone.upTo(20, "20")
	perSecond = rule{text: "at least 0.0000001", spans: []Span{{From: 1e-7, To: infinite}}}.upTo(
		million, "1000000",
	)

	status     = rule{text: "statuses from 100 to 599", spans: []Span{{From: 100, To: 599}}}
	header     = rule{text: "a header name", word: isToken, pattern: "^[" + tokenClass + "]+$"}
	assignment = rule{text: "name=value", word: isAssignment, pattern: "^[^=]+="}
	memberPath = rule{text: "names with single dots between them", word: isMemberPath,
		pattern: MemberPathPattern}
	failures  = rule{text: "rules with `status`, `code` and `kind`", kinds: ruleKinds}
	responses = rule{text: "rules with `status` and `code`", kinds: []string{kindAPI}}
)

// MemberPathPattern is a regular expression of paths to members, which are names with single dots
// between them, or a dot.
const MemberPathPattern = `^(\.|[^.]*[^.\s][^.]*(\.[^.]+)*)$`

// StatusSpan returns the range of statuses that rules may name.
func StatusSpan() Span { return status.spans[0] }

// upTo returns the rule with an upper bound. text is the bound as a policy file has it.
func (r rule) upTo(most float64, text string) rule {
	r.most, r.mostText = most, text
	return r
}

// words describes the allowed values.
func (r rule) words() string {
	if r.mostText == "" {
		return r.text
	}
	return r.text + ", at most " + r.mostText
}

// tokenClass has the characters of a token as in a regular expression.
const tokenClass = "-!#$%&'*+.^_`|~0-9A-Za-z"

// isToken reports whether s is a token of RFC 9110 section 5.6.2, which the name of a header is.
func isToken(s string) bool {
	return s != "" && strings.Trim(s, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// isAssignment reports whether s gives something with a name a value, which may be empty.
func isAssignment(s string) bool { return strings.Index(s, "=") > 0 }

// isMemberPath reports whether s is a path of package memberpath.
func isMemberPath(s string) bool {
	_, err := memberpath.Parse(s)
	return err == nil
}

// Check validates each value that was set and the combination of the values. set has the position
// of each value by its key. subject is written before the key in each finding, and the prefix under
// is removed from the keys: "breaker." for a circuit, whose keys are written without it.
func (p Policy) Check(set map[string]diag.Position, subject, under string) diag.List {
	var found diag.List
	for i := range table {
		f := &table[i]
		if pos, ok := set[f.Path]; ok {
			f.check(p, func(what, cure string) {
				found.Add(diag.Diagnostic{
					Pos: pos, Code: "policy-value",
					Subject: join(subject, strings.TrimPrefix(f.Path, under)), What: what, Cure: cure,
				})
			})
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, c := range p.conflicts() {
		if pos, ok := set[c.path]; ok {
			found.Add(diag.Diagnostic{
				Pos: pos, Code: "policy-conflict",
				Subject: join(subject, strings.TrimPrefix(c.path, under)), What: c.what, Cure: c.cure,
			})
		}
	}
	return found
}

// CheckDocument finds values that a policy file may have but not a document, because documents are
// often written by others: more than 10 attempts, and durations above a day. set, subject and under
// are as for [Policy.Check].
func (p Policy) CheckDocument(set map[string]diag.Position, subject, under string) diag.List {
	var found diag.List
	for i := range table {
		f := &table[i]
		pos, ok := set[f.Path]
		if what := f.beyondDocument(p); ok && what != "" {
			found.Add(diag.Diagnostic{
				Pos: pos, Code: "policy-value", Subject: join(subject, strings.TrimPrefix(f.Path, under)), What: what,
				Cure: "set it in a policy file, which may allow more than a document",
			})
		}
	}
	return found
}

// beyondDocument says what is wrong with a value of the field that only a policy file may have.
func (f *Field) beyondDocument(p Policy) string {
	switch v := f.value(&p).Interface().(type) {
	case int:
		if f.DocumentMost > 0 && int64(v) > f.DocumentMost {
			return fmt.Sprintf("want at most %d in a document, got %d", f.DocumentMost, v)
		}
	case time.Duration:
		if v > day {
			return fmt.Sprintf("want at most 24h in a document, got %s", FormatDuration(v))
		}
	}
	return ""
}

// join puts the parts of a subject together.
func join(subject, path string) string {
	if subject == "" {
		return path
	}
	return subject + ": " + path
}

// check calls bad if the value of the field is not allowed.
func (f *Field) check(p Policy, bad func(what, cure string)) {
	switch v := f.value(&p).Interface().(type) {
	case int:
		f.checkNumber(float64(v), v, bad)
	case int64:
		f.checkNumber(float64(v), v, bad)
	case float64:
		f.checkNumber(v, v, bad)
	case time.Duration:
		f.checkNumber(float64(v), FormatDuration(v), bad)
	case Class:
		f.checkText(string(v), bad)
	case Jitter:
		f.checkText(string(v), bad)
	case string:
		f.checkText(v, bad)
	case []string:
		for _, s := range v {
			f.checkText(s, bad)
		}
	case []int:
		for _, n := range v {
			f.checkNumber(float64(n), n, bad)
		}
	case []Rule:
		for i, r := range v {
			r.check(f.rule.kinds, func(what, cure string) { bad(fmt.Sprintf("rule %d: %s", i+1, what), cure) })
		}
	}
}

func (f *Field) checkNumber(n float64, written any, bad func(what, cure string)) {
	switch r := f.rule; {
	case !r.allows(n):
		bad(fmt.Sprintf("want %s, got %v", r.text, written), "")
	case r.most > 0 && n > r.most:
		bad(fmt.Sprintf("want at most %s, got %v", r.mostText, written), "")
	}
}

func (f *Field) checkText(s string, bad func(what, cure string)) {
	switch {
	case strings.TrimSpace(s) == "":
		bad("is empty", "delete the key to inherit")
	case f.Words != nil && !slices.Contains(f.Words, s):
		bad("want "+oneOf(f.Words)+", got "+strconv.Quote(s), suggestion(s, f.Words))
	case f.rule.word != nil && !f.rule.word(s):
		bad("want "+f.rule.text+", got "+strconv.Quote(s), "")
	}
}

// oneOf lists words: "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// suggestion returns the cure for a word that is none of words.
func suggestion(s string, words []string) string {
	if near := diag.Suggest(s, words); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	return ""
}

// A conflict describes two values of one policy that contradict one another. It is reported at the
// key path.
type conflict struct{ path, what, cure string }

// conflicts checks only what is set, so that a value left to a weaker layer is never at fault.
func (p Policy) conflicts() []conflict {
	var cs []conflict
	above := func(small, large time.Duration, path, other string) {
		if large != 0 && small > large {
			what := fmt.Sprintf("%s is longer than %s, %s", FormatDuration(small), other, FormatDuration(large))
			cs = append(cs, conflict{path, what, "shorten it, or raise " + other})
		}
	}
	above(p.Retry.Throttle.Base, p.Retry.Throttle.Max, "retry.throttle.base", "max")
	above(p.Retry.Server.Base, p.Retry.Server.Max, "retry.server.base", "max")
	above(p.Retry.Connection.Base, p.Retry.Connection.Max, "retry.connection.base", "max")
	above(p.Timeout.Attempt, p.Timeout.Overall, "timeout.attempt", "timeout.overall")
	above(p.Breaker.Open, p.Breaker.MaxOpen, "breaker.open", "max-open")
	if p.Rate.Ceiling != 0 && p.Rate.Floor > p.Rate.Ceiling {
		what := fmt.Sprintf("%v is more than the ceiling, %v", p.Rate.Floor, p.Rate.Ceiling)
		cs = append(cs, conflict{"rate.floor", what, "lower it, or raise rate.ceiling"})
	}
	if len(p.Retry.Refused) > 0 && p.Why == "" {
		cs = append(cs, conflict{
			"retry.refused", "says without a why that the server did not run the request",
			"add why: with the reason to believe it",
		})
	}
	return cs
}
