package setup

// This file proposes idempotency classes. [Propose] is the entry.

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// A Proposal is an idempotency class for a person to check.
type Proposal struct {
	Class    policy.Class
	Evidence string // why the class is proposed, and what to verify
	Why      string // the effect of a repeat; empty if the class needs no why
}

// Propose returns a class for an operation that is not read-only by its method. It is a guess from
// the document: from what the document declares, from names, parameters and members of the body.
func Propose(a *api.API, op *api.Operation) Proposal {
	p := propose(a, op)
	if p.Class.Rank() <= policy.ClassOf(op.Method).Rank() {
		p.Why = ""
	}
	return p
}

func propose(a *api.API, op *api.Operation) Proposal {
	own := policy.ClassOf(op.Method)
	if p, ok := declared(op); ok {
		return p
	}
	if own != policy.Unsafe {
		return Proposal{Class: own, Evidence: "RFC 9110 says so for " + op.Method +
			", and it applies already; verify that a repeat changes nothing more"}
	}
	if p, ok := conditional(op); ok {
		return p
	}
	if p, ok := clientToken(a, op); ok {
		return p
	}
	if p, ok := byName(op); ok {
		return p
	}
	if op.Body != nil && strings.HasPrefix(op.Body.Media, "application/merge-patch+json") {
		return Proposal{
			policy.Idempotent, "a merge patch sets members to values; verify that it triggers nothing else",
			"the second " + op.Route() + " sets the same members to the same values",
		}
	}
	return Proposal{Class: policy.Unsafe, Evidence: "nothing in the document says that a repeat is harmless"}
}

// declared proposes the class that the document declares, if it does.
func declared(op *api.Operation) (Proposal, bool) {
	source := op.Sources["idempotency"]
	if source.Kind < policy.FromDocument || op.Policy.Idempotency.Rank() == 0 {
		return Proposal{}, false
	}
	evidence := "the document declares it at " + source.String() + "; verify that the server does so"
	why := op.Policy.Why
	switch {
	case source.Kind > policy.FromDocument && why != "": // a person wrote it
	case op.Policy.Idempotency == policy.Keyed:
		why = "the server runs one " + op.Route() + " per " + comment(op.Policy.Key.Header)
	default:
		why = "the document says that a repeat of " + op.Route() + " has no further effect"
	}
	return Proposal{op.Policy.Idempotency, evidence, comment(why)}, true
}

// conditional proposes the class of operations with a precondition.
func conditional(op *api.Operation) (Proposal, bool) {
	for _, p := range op.Params {
		if p.In == api.InHeader && slices.Contains(
			[]string{"if-match", "if-none-match", "if-unmodified-since"}, strings.ToLower(p.Name)) {
			return Proposal{
				policy.Conditional,
				"the document has the parameter " + comment(p.Name) + "; verify that the server evaluates it",
				"the second " + op.Route() + " fails because of " + comment(p.Name),
			}, true
		}
	}
	return Proposal{}, false
}

// tokenName matches names of members and parameters with which servers recognize a repeat.
var tokenName = regexp.MustCompile(
	`^(idempotency|client|caller|deduplication|dedup|transaction)(token|key|requestid|referenceid|reference|id)$|` +
		`^(idempotencytoken|clientorderid|clientrequesttoken|externalid|requestid|requestuuid|uniquekey)$`)

// clientToken proposes a class for operations whose request has an identifier that the caller
// chooses.
func clientToken(a *api.API, op *api.Operation) (Proposal, bool) {
	name := ""
	for _, p := range op.Params {
		if p.In == api.InQuery && tokenName.MatchString(letters(p.Name)) {
			name = p.Name
		}
	}
	if op.Body != nil {
		if n := api.Declared(a.Types)[nameOf(api.Declared(a.Types).Bare(op.Body.Type))]; n != nil {
			for _, f := range n.Fields {
				if tokenName.MatchString(letters(f.Name)) {
					name = f.Name
				}
			}
		}
	}
	if name == "" {
		return Proposal{}, false
	}
	return Proposal{
		policy.Idempotent,
		fmt.Sprintf("the caller chooses %s; verify that the server runs a value once, and always set it", comment(name)),
		fmt.Sprintf("the server recognizes the second %s by %s", op.Route(), comment(name)),
	}, true
}

func nameOf(t *api.Type) string {
	if t == nil {
		return ""
	}
	return t.Name
}

// letters returns the letters and digits of a name in lower case.
func letters(name string) string { return strings.Join(wordsOf(name), "") }

// Verbs of operations, and what they suggest.
var (
	reading = []string{
		"search", "query", "list", "get", "find", "count", "check", "validate", "verify", "preview", "estimate",
		"calculate", "lookup", "read", "fetch", "describe", "filter", "compare", "simulate",
	}
	setting = []string{
		"set", "replace", "upsert", "put", "enable", "disable", "activate", "deactivate", "archive", "unarchive",
		"cancel", "close", "delete", "remove", "revoke", "lock", "unlock", "publish", "unpublish", "stop",
	}
)

// byName proposes a class from the verbs of an operation.
func byName(op *api.Operation) (Proposal, bool) {
	for _, verb := range verbs(op) {
		switch {
		case op.Method == "POST" && slices.Contains(reading, verb):
			return Proposal{
				policy.Safe, fmt.Sprintf("%q reads; verify that nothing is stored, sent or counted", verb),
				op.Route() + " only reads",
			}, true
		case slices.Contains(setting, verb):
			return Proposal{
				policy.Idempotent,
				fmt.Sprintf("%q leads to a state; verify that a repeat finds it and does nothing more", verb),
				"the second " + op.Route() + " finds the state reached",
			}, true
		}
	}
	return Proposal{}, false
}

// verbs returns the words of an operation that may be its verb: the first word of the operationId,
// or of its last part if it has several, and the first word of the last element of the path. In an
// element such as check-ins, which has hyphens, the first word is rarely a verb.
func verbs(op *api.Operation) []string {
	var list []string
	if op.ID != op.Route() {
		words := wordsOf(op.ID[strings.LastIndexAny(op.ID, "./:")+1:])
		if len(words) > 1 && words[0] == strings.ToLower(op.Method) {
			words = words[1:]
		}
		list = append(list, words[0])
	}
	if last := op.Path[strings.LastIndexAny(op.Path, "/:.")+1:]; !strings.ContainsAny(last, "-_{") {
		list = append(list, wordsOf(last)[0])
	}
	return list
}

// wordsOf splits a name at other characters than letters and digits, and before capital letters,
// and returns the words in lower case. There is at least one, which may be empty.
func wordsOf(name string) []string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case unicode.IsUpper(r) && lower:
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(unicode.ToLower(r))
	}
	if list := strings.Fields(b.String()); len(list) > 0 {
		return list
	}
	return []string{""}
}
