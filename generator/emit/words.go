// This file has the prose of generated doc comments: what an operation does, and its policy in words.
package emit

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
	"github.com/resgen/resgen/resilience/policy"
)

// packageDoc says what the package is for.
func packageDoc(a *api.API) []string {
	title := comment.One(a.Title)
	if title == "" {
		title = "the API of " + a.Source
	}
	intro := "Package " + a.Package + " is a client of " + title
	if a.Version != "" {
		intro += ", version " + comment.One(a.Version)
	}
	return []string{intro + ".", a.Description}
}

// constructorDoc says what New needs and which servers there are.
func constructorDoc(a *api.API) []string {
	text := a.Names.New + " returns a client of the API. Without options it has a runtime of its own"
	if len(a.Schemes) > 0 {
		text += "; a credential that some operation needs must be given, or refused with [resilience.WithoutCredential]"
	}
	paragraphs := []string{text + "."}
	if len(a.Servers) > 1 || len(a.Servers) == 1 && len(a.Servers[0].Variables) > 0 {
		paragraphs = append(paragraphs, serversDoc(a.Servers))
	}
	return paragraphs
}

// serversDoc lists the servers by the names that options take.
func serversDoc(list []api.Server) string {
	text := "Servers:\n"
	for _, s := range list {
		text += "- " + comment.One(s.Name) + ": " + comment.One(s.URL) + "\n"
	}
	return text
}

// operationDoc is the doc comment of a method: what it does, its route, its policy, its failures.
func operationDoc(a *api.API, op *api.Operation) []string {
	first, rest := sentence(op)
	paragraphs := []string{first, "\t" + route(op), policyWords(op.Policy, a.Circuits), failureWords(op.Failure), itemsWords(op.Policy), rest}
	paragraphs = append(paragraphs, op.Notes...)
	if op.Deprecated {
		paragraphs = append(paragraphs, comment.Deprecated)
	}
	return paragraphs
}

// sentence returns the first sentence of the doc comment, which begins with the method's name, and the rest of the description.
func sentence(op *api.Operation) (first, rest string) {
	text, rest := op.Summary, op.Description
	if strings.TrimSpace(text) == "" || comment.One(text) == comment.One(rest) {
		text, rest = comment.First(op.Description)
	}
	if text == "" {
		return op.Name + " calls " + route(op) + ".", ""
	}
	return comment.Sentence(begin(op.Name, comment.One(text))), rest
}

// verbs has the imperatives that summaries begin with, and their third person.
var verbs = map[string]string{
	"accept": "accepts", "activate": "activates", "add": "adds", "adds": "adds", "allow": "allows", "allows": "allows", "apply": "applies", "approve": "approves",
	"archive": "archives", "assign": "assigns", "attach": "attaches", "authorize": "authorizes", "calculate": "calculates", "cancel": "cancels", "cancels": "cancels",
	"capture": "captures", "change": "changes", "check": "checks", "checks": "checks", "clear": "clears", "close": "closes", "confirm": "confirms", "confirms": "confirms",
	"convert": "converts", "copy": "copies", "create": "creates", "creates": "creates", "deactivate": "deactivates", "delete": "deletes", "deletes": "deletes",
	"disable": "disables", "download": "downloads", "enable": "enables", "exchange": "exchanges", "execute": "executes", "fetch": "fetches", "find": "finds",
	"finds": "finds", "generate": "generates", "generates": "generates", "get": "gets", "gets": "gets", "import": "imports", "insert": "inserts", "invite": "invites",
	"link": "links", "list": "lists", "lists": "lists", "lock": "locks", "log": "logs", "mark": "marks", "merge": "merges", "modify": "modifies", "modifies": "modifies",
	"move": "moves", "obtain": "obtains", "open": "opens", "partially": "partially", "patch": "patches", "post": "posts", "provide": "provides", "provides": "provides",
	"publish": "publishes", "put": "puts", "query": "queries", "read": "reads", "refresh": "refreshes", "refund": "refunds", "register": "registers", "reject": "rejects",
	"remove": "removes", "removes": "removes", "rename": "renames", "replace": "replaces", "replaces": "replaces", "report": "reports", "request": "requests",
	"reset": "resets", "restore": "restores", "retrieve": "retrieves", "retrieves": "retrieves", "return": "returns", "returns": "returns", "revoke": "revokes",
	"run": "runs", "save": "saves", "schedule": "schedules", "search": "searches", "searches": "searches", "send": "sends", "sends": "sends", "set": "sets", "sets": "sets",
	"show": "shows", "sign": "signs", "start": "starts", "starts": "starts", "stop": "stops", "submit": "submits", "submits": "submits", "subscribe": "subscribes",
	"suspend": "suspends", "test": "tests", "transfer": "transfers", "trigger": "triggers", "unlink": "unlinks", "unlock": "unlocks", "unpublish": "unpublishes",
	"update": "updates", "updates": "updates", "upload": "uploads", "uploads": "uploads", "validate": "validates", "verify": "verifies", "verifies": "verifies", "void": "voids",
	"marks": "marks", "ends": "ends", "end": "ends", "signs": "signs", "reads": "reads", "writes": "writes", "write": "writes", "stores": "stores", "store": "stores",
	"stops": "stops", "moves": "moves", "changes": "changes", "schedules": "schedules", "requests": "requests", "shows": "shows", "reports": "reports", "asks": "asks", "ask": "asks",
}

// begin makes text a sentence about name: "Gets an item" becomes "GetItem gets an item". Where text begins with no verb, it stands
// behind a colon.
func begin(name, text string) string {
	word, rest, _ := strings.Cut(text, " ")
	next, _, _ := strings.Cut(rest, " ")
	if verb := thirdPerson(word, strings.ToLower(next)); verb != "" {
		return name + " " + verb + " " + rest
	}
	return name + ": " + text
}

// thirdPerson returns the verb that a sentence begins with in the third person, or "" if it is no verb that is known as one.
// Before an article nearly every word is.
func thirdPerson(word, next string) string {
	lower := strings.ToLower(word)
	if verb, ok := verbs[lower]; ok && next != "of" && next != "for" && next != "" {
		return verb
	}
	if !articles[next] || questions[lower] || !capitalised.MatchString(word) {
		return ""
	}
	switch {
	case strings.HasSuffix(lower, "ss"), strings.HasSuffix(lower, "sh"), strings.HasSuffix(lower, "ch"), strings.HasSuffix(lower, "x"):
		return lower + "es"
	case strings.HasSuffix(lower, "s"):
		return lower
	case consonantY.MatchString(lower):
		return strings.TrimSuffix(lower, "y") + "ies"
	}
	return lower + "s"
}

var (
	capitalised = regexp.MustCompile(`^[A-Z][a-z]+$`)
	consonantY  = regexp.MustCompile(`[^aeiou]y$`)
	articles    = map[string]bool{"a": true, "an": true, "the": true, "all": true, "one": true, "each": true, "every": true, "its": true, "some": true}
	questions   = map[string]bool{"what": true, "which": true, "where": true, "when": true, "who": true, "whose": true, "how": true, "is": true, "are": true,
		"this": true, "these": true, "for": true, "with": true, "if": true, "in": true, "on": true, "at": true, "by": true, "to": true, "as": true, "from": true, "use": true, "see": true}
)

// classWords say what a class means to a caller.
var classWords = map[policy.Class]string{
	policy.Safe:        "Safe",
	policy.Idempotent:  "Idempotent",
	policy.Keyed:       "Repeated only with its idempotency key",
	policy.Conditional: "Repeated only under a precondition",
	policy.Unsafe:      "Unsafe: sent again only after a failure that proves that it was not run",
}

// policyWords is the policy of an operation in words; circuits are those that operations share by name.
func policyWords(p policy.Policy, circuits map[string]policy.Breaker) string {
	class := classWords[p.Idempotency]
	if why := comment.One(p.Why); why != "" {
		if p.Idempotency == policy.Unsafe {
			class += " (" + strings.TrimRight(why, ".") + ")"
		} else {
			class += ": " + strings.TrimRight(why, ".")
		}
	}
	return class + ". " + capital(attempts(p.Retry.Attempts)+rate(p.Rate)) + "." + circuit(p.Breaker, circuits)
}

// attempts says how often a request is sent at most.
func attempts(n int) string {
	if n == 1 {
		return "one attempt"
	}
	return "at most " + strconv.Itoa(n) + " attempts"
}

// rate says how fast the operation may be called.
func rate(r policy.Rate) string {
	if r.Enabled == policy.Off {
		return ""
	}
	text := ""
	switch {
	case r.Bucket != "":
		text = "; rate of bucket " + r.Bucket
	case r.PerSecond > 0:
		text = fmt.Sprintf("; %s requests/s, burst %d", strconv.FormatFloat(r.PerSecond, 'g', -1, 64), r.Burst)
		if r.Scope == policy.ScopeApplication {
			text += " for the whole application"
		}
	}
	if len(r.Also) > 0 {
		text += "; also of " + strings.Join(r.Also, ", ")
	}
	return text
}

// circuit says when the circuit opens. One that is shared by name has values of its own.
func circuit(b policy.Breaker, shared map[string]policy.Breaker) string {
	if b.Enabled == policy.Off {
		return " No circuit."
	}
	name := " The circuit"
	if b.Circuit != "" {
		name += " " + b.Circuit
		b = shared[b.Circuit]
	}
	var when []string
	if b.FailureRate > 0 {
		when = append(when, fmt.Sprintf("at %s %% failures in %s", strconv.FormatFloat(100*b.FailureRate, 'g', 4, 64), span(b.Window)))
	}
	if b.Consecutive > 0 {
		when = append(when, fmt.Sprintf("after %d failures in a row", b.Consecutive))
	}
	if len(when) == 0 {
		return name + " never opens."
	}
	return name + " opens " + strings.Join(when, " or ") + ", for " + span(b.Open) + "."
}

// span prints a duration without the zero units that time's own text has.
func span(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// itemsWords says that a call may return an answer and an error.
func itemsWords(p policy.Policy) string {
	if p.Success.Items == "" {
		return ""
	}
	return "If some items of the request fail, the answer comes with an error: errors.Is of it and [resilience.ErrPartial] is true, and its Items name them."
}

// failureWords says which declared failures carry which detail.
func failureWords(list []*api.Outcome) string {
	var order []string
	statuses := map[string][]string{}
	for _, o := range list {
		if o.Type == nil {
			continue
		}
		detail := link(o.Type)
		if statuses[detail] == nil {
			order = append(order, detail)
		}
		statuses[detail] = append(statuses[detail], statusWord(o.Status))
	}
	text := "Every failure is a [*resilience.Error]"
	for i, detail := range order {
		if i == 0 {
			text += "; its detail is"
		} else {
			text += ","
		}
		text += " " + detail
		if len(list) > 1 || list[0].Status != 0 {
			text += " after " + enumerate(statuses[detail])
		}
	}
	return text + "."
}

// link names a type for a doc comment: "a [ErrorList]".
func link(t *api.Type) string {
	switch t.Kind {
	case api.NamedType:
		return "[" + t.Name + "]"
	case api.Pointer:
		return strings.Replace(link(t.Elem), "[", "[*", 1)
	}
	return "`" + typ(t).GoString() + "`"
}

// enumerate joins words: "a", "a and b", "a, b and c".
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// joinText puts a sentence behind a text.
func joinText(text, sentence string) string {
	if text = strings.TrimSpace(text); text == "" {
		return sentence
	}
	return comment.Sentence(text) + " " + sentence
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
