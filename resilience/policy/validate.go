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
	mostText string // most, as text
	number   func(float64) bool
	most     float64 // greatest number; 0: no bound beyond that of number
	word     func(string) bool
	kinds    []string // of failures that a rule for failures may name
}

// The longest duration that a policy may have, and the longest that a document may set.
const (
	day   = 24 * time.Hour
	month = 30 * day
)

const million = 1e6

var (
	positive     = rule{text: "more than 0", number: func(f float64) bool { return f > 0 && !math.IsInf(f, 1) }}
	one          = rule{text: "at least 1", number: func(f float64) bool { return f >= 1 && !math.IsInf(f, 1) }}
	attempts     = rule{text: "1 to 100", number: func(f float64) bool { return f >= 1 && f <= 100 }}
	share        = rule{text: "more than 0 and at most 1", number: func(f float64) bool { return f > 0 && f <= 1 }}
	shareOrNever = rule{text: "more than 0 and at most 1, or negative for never",
		number: func(f float64) bool { return f < 0 || f > 0 && f <= 1 }}
	jitterOrNone = rule{text: "more than 0 and below 1, or negative for none",
		number: func(f float64) bool { return f < 0 || f > 0 && f < 1 }}
	countOrNever = rule{text: "at least 1, or negative for never", number: func(f float64) bool { return f != 0 }}
	countOrNone  = rule{text: "at least 1, or -1 for none", number: func(f float64) bool { return f >= 1 || f == -1 }}

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
	perSecond = rule{text: "at least 0.0000001", number: func(f float64) bool { return f >= 1e-7 }}.upTo(
		million, "1000000",
	)

	status     = rule{text: "statuses from 100 to 599", number: func(f float64) bool { return f >= 100 && f <= 599 }}
	header     = rule{text: "a header name", word: isToken}
	assignment = rule{text: "name=value", word: isAssignment}
	memberPath = rule{text: "names with single dots between them", word: isMemberPath}
	failures   = rule{text: "rules with `status`, `code` and `kind`", kinds: ruleKinds}
	responses  = rule{text: "rules with `status` and `code`", kinds: []string{kindAPI}}
)

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
		if f.Path == "retry.attempts" && v > 10 {
			return fmt.Sprintf("want at most 10 in a document, got %d", v)
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
	case r.number != nil && !r.number(n):
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
			cs = append(cs, conflict{path, what, ""})
		}
	}
	above(p.Retry.Throttle.Base, p.Retry.Throttle.Max, "retry.throttle.base", "max")
	above(p.Retry.Server.Base, p.Retry.Server.Max, "retry.server.base", "max")
	above(p.Retry.Connection.Base, p.Retry.Connection.Max, "retry.connection.base", "max")
	above(p.Timeout.Attempt, p.Timeout.Overall, "timeout.attempt", "timeout.overall")
	above(p.Breaker.Open, p.Breaker.MaxOpen, "breaker.open", "max-open")
	if p.Rate.Ceiling != 0 && p.Rate.Floor > p.Rate.Ceiling {
		what := fmt.Sprintf("%v is more than the ceiling, %v", p.Rate.Floor, p.Rate.Ceiling)
		cs = append(cs, conflict{"rate.floor", what, ""})
	}
	if len(p.Retry.Refused) > 0 && p.Why == "" {
		cs = append(cs, conflict{
			"retry.refused", "says without a why that the server did not run the request",
			"add why: with the reason to believe it",
		})
	}
	return cs
}
