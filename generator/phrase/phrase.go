package phrase

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/comment"
	"github.com/resgen/resgen/resilience/policy"
)

// classes has the name of each class, and what callers should know about it.
var classes = map[policy.Class][2]string{
	policy.Safe:        {"Safe"},
	policy.Idempotent:  {"Idempotent"},
	policy.Keyed:       {"Keyed", "Retried only with its idempotency key."},
	policy.Conditional: {"Conditional", "Retried only under a precondition."},
	policy.Unsafe:      {"Unsafe", "Retried only after a failure which proves that the request was not processed."},
}

// Policy describes the policy of an operation in a sentence each: class, attempts and rate,
// circuit. Some may be empty. The circuits are those that operations share by name.
func Policy(p policy.Policy, circuits map[string]policy.Breaker) []string {
	class := classes[p.Idempotency]
	first := class[0] + "."
	if why := comment.One(p.Why); why != "" {
		first = class[0] + ": " + strings.TrimRight(why, ".") + "."
	}
	limits := attempts(p.Retry.Attempts)
	if rate := Rate(p.Rate); rate != "" {
		limits += "; " + rate
	}
	return []string{first, class[1], limits + ".", circuit(p.Breaker, circuits)}
}

// attempts returns how often a request is sent at most.
func attempts(n int) string {
	if n == 1 {
		return "One attempt"
	}
	return "At most " + strconv.Itoa(n) + " attempts"
}

// Rate returns how often the operation may be called, or "" if nothing bounds that.
func Rate(r policy.Rate) string {
	if r.Enabled == policy.Off {
		return ""
	}
	var parts []string
	switch {
	case r.Bucket != "":
		parts = append(parts, "shares bucket "+Bucket(r.Bucket))
	case r.PerSecond > 0:
		parts = append(parts, perSecond(r))
	}
	if len(r.Also) > 0 {
		names := make([]string, len(r.Also))
		for i, name := range r.Also {
			names[i] = Bucket(name)
		}
		parts = append(parts, "also takes from bucket "+Enumerate(names))
	}
	if r.Cost > 1 {
		parts = append(parts, fmt.Sprintf("takes %d permits", r.Cost))
	}
	if r.Mode == policy.ModeObserve {
		parts = append(parts, "the rate is observed and not enforced")
	}
	return strings.Join(parts, "; ")
}

// perSecond returns a rate with its burst.
func perSecond(r policy.Rate) string {
	text := fmt.Sprintf("%s requests/s, burst %d", strconv.FormatFloat(r.PerSecond, 'g', -1, 64), max(r.Burst, 1))
	if r.Reserve > 0 && r.Burst > 1 {
		text += fmt.Sprintf(" with %d in reserve", r.Reserve)
	}
	if r.Scope == policy.ScopeApplication {
		text += " for the whole application"
	}
	return text
}

// Bucket quotes the name of a bucket. The words that mark a bucket of the whole application stay
// outside of the quotes.
func Bucket(name string) string {
	const application = " of the application"
	name, found := strings.CutSuffix(comment.One(name), application)
	if found {
		return strconv.Quote(name) + application
	}
	return strconv.Quote(name)
}

// circuit returns a sentence about the circuit of an operation. The values of a circuit that is
// shared by name are those of the API.
func circuit(b policy.Breaker, shared map[string]policy.Breaker) string {
	if b.Enabled == policy.Off {
		return "No circuit."
	}
	name := "The circuit"
	if b.Circuit != "" {
		name += " " + strconv.Quote(comment.One(b.Circuit))
		b = shared[b.Circuit]
	}
	return name + " " + Opens(b) + "."
}

// Opens returns when a circuit opens and for how long: "opens at 50 % failures in 1m, for 30s".
func Opens(b policy.Breaker) string {
	var when []string
	if b.FailureRate > 0 {
		when = append(when, fmt.Sprintf("at %s %% failures in %s", percent(b.FailureRate),
			policy.FormatDuration(b.Window)))
	}
	if b.Consecutive > 0 {
		when = append(when, fmt.Sprintf("after %d consecutive failures", b.Consecutive))
	}
	if s := b.SlowCall; s.After > 0 && s.Rate > 0 {
		when = append(when, fmt.Sprintf("at %s %% of attempts longer than %s in %s", percent(s.Rate),
			policy.FormatDuration(s.After), policy.FormatDuration(b.Window)))
	}
	if len(when) == 0 {
		return "never opens"
	}
	text := "opens " + strings.Join(when, " or ") + ", for " + policy.FormatDuration(b.Open)
	if b.Mode == policy.ModeObserve {
		text += "; it is observed and not enforced"
	}
	return text
}

// percent returns a share in percent.
func percent(share float64) string { return strconv.FormatFloat(100*share, 'g', 4, 64) }
