package policy

// This file is the table of all policy keys. Documentation, the JSON Schema, explain, the merge and
// the checks of values all walk it; a test holds it against the structs of policy.go.

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// A Field describes one policy key.
type Field struct {
	Path string // the keys joined by dots: "retry.attempts"
	// "whole number", "number", "duration", "true or false", "text", "list of text", "list of whole
	// numbers", "list of rules"
	Type    string
	Unit    string   // of a number: "attempts", "1/s", "bytes"; empty if it has none
	Default string   // the built-in default as a policy file has it; empty: none
	Range   string   // which values are allowed, in words: "1 to 100"; empty: all of the type
	Words   []string // the allowed words of a text; nil: all
	Doc     string   // what the key does, in one sentence without a full stop

	Spans        []Span   // the allowed numbers, or lengths of a duration in nanoseconds; nil: all
	Pattern      string   // regular expression of the allowed texts; empty: all but blank ones
	Kinds        []string // the kinds that a rule may name
	DocumentMost int64    // greatest number that a document may set; 0: that of Spans

	at     func(*Policy) any // points to the value
	rule   rule
	looser way // which change of the value is looser
}

// value returns the field of p, addressable.
func (f *Field) value(p *Policy) reflect.Value { return reflect.ValueOf(f.at(p)).Elem() }

// Fields lists every policy key in the order of the structs.
func Fields() []Field {
	fs := make([]Field, len(table))
	def := Default()
	for i, f := range table {
		f.Type = typeWord(f.value(&def).Interface())
		f.Default = text(f.value(&def).Interface())
		f.Range = f.rule.words()
		if f.Type == "duration" {
			f.DocumentMost = int64(day)
		}
		f.Spans, f.Pattern, f.Kinds = f.rule.bounded(), f.rule.pattern, f.rule.kinds
		fs[i] = f
	}
	return fs
}

// fields is the table without the columns that are worked out for show.
func fields() []Field { return table }

// Get returns the value at a dotted path as a policy file would have it, "" for a value that is not
// set, and whether there is such a key.
func Get(p Policy, path string) (string, bool) {
	for _, f := range table {
		if f.Path == path {
			return text(f.value(&p).Interface()), true
		}
	}
	return "", false
}

func typeWord(v any) string {
	switch v.(type) {
	case int, int64:
		return "whole number"
	case float64:
		return "number"
	case time.Duration:
		return "duration"
	case Switch:
		return "true or false"
	case []string:
		return "list of text"
	case []int:
		return "list of whole numbers"
	case []Rule:
		return "list of rules"
	}
	return "text"
}

// text writes a value as YAML has it, "" for the zero value.
func text(v any) string {
	if reflect.ValueOf(v).IsZero() {
		return ""
	}
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Duration:
		return FormatDuration(v)
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	case []int:
		return strings.ReplaceAll(fmt.Sprint(v), " ", ", ")
	case []Rule:
		return rulesText(v)
	}
	return fmt.Sprint(v)
}

// FormatDuration returns a duration without units that are zero: 2m rather than 2m0s, 1h rather
// than 1h0m0s.
func FormatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

var classWords = []string{string(Safe), string(Idempotent), string(Keyed), string(Conditional), string(Unsafe)}

var table = []Field{
	{Path: classKey, Words: classWords, looser: ranked, Doc: "whether the request may be sent twice",
		at: func(p *Policy) any { return &p.Idempotency }},
	{Path: whyKey, Doc: "the effect of a repeat on this operation", at: func(p *Policy) any { return &p.Why }},
	{Path: "key.header", rule: header, Doc: "the request header that carries the idempotency key of a keyed operation",
		at: func(p *Policy) any { return &p.Key.Header }},

	{Path: "retry.attempts", Unit: "attempts", rule: attempts, looser: up, DocumentMost: 10,
		Doc: "most attempts of a call, the first included; 1 means one request on the wire under all circumstances",
		at:  func(p *Policy) any { return &p.Retry.Attempts }},
	{Path: "retry.throttle.base", rule: duration, looser: down, Doc: "first wait after 429 and other refusals",
		at: func(p *Policy) any { return &p.Retry.Throttle.Base }},
	{Path: "retry.throttle.factor", rule: factor, looser: down, Doc: "growth of that wait from attempt to attempt",
		at: func(p *Policy) any { return &p.Retry.Throttle.Factor }},
	{Path: "retry.throttle.max", rule: duration, looser: down, Doc: "longest wait after 429 and other refusals",
		at: func(p *Policy) any { return &p.Retry.Throttle.Max }},
	{Path: "retry.server.base", rule: duration, looser: down, Doc: "first wait after a 5xx, a timeout or a cut body",
		at: func(p *Policy) any { return &p.Retry.Server.Base }},
	{Path: "retry.server.factor", rule: factor, looser: down, Doc: "growth of that wait from attempt to attempt",
		at: func(p *Policy) any { return &p.Retry.Server.Factor }},
	{Path: "retry.server.max", rule: duration, looser: down, Doc: "longest wait after a 5xx, a timeout or a cut body",
		at: func(p *Policy) any { return &p.Retry.Server.Max }},
	{Path: "retry.connection.base", rule: duration, looser: down,
		Doc: "first wait after a connection that did not come about or broke",
		at:  func(p *Policy) any { return &p.Retry.Connection.Base }},
	{Path: "retry.connection.factor", rule: factor, looser: down, Doc: "growth of that wait from attempt to attempt",
		at: func(p *Policy) any { return &p.Retry.Connection.Factor }},
	{Path: "retry.connection.max", rule: duration, looser: down,
		Doc: "longest wait after a connection that did not come about or broke",
		at:  func(p *Policy) any { return &p.Retry.Connection.Max }},
	{Path: "retry.jitter", Words: []string{string(EqualJitter), string(FullJitter), string(NoJitter)}, looser: ranked,
		Doc: "how a wait d is spread: equal over d/2 to d, full over 0 to d, none",
		at:  func(p *Policy) any { return &p.Retry.Jitter }},
	{Path: "retry.max-retry-after", rule: duration, looser: up, Doc: "a longer Retry-After ends the call at once",
		at: func(p *Policy) any { return &p.Retry.MaxRetryAfter }},
	{Path: "retry.when", rule: failures, looser: more,
		Doc: "further failures after which a repeatable operation is sent again; an operation that is not repeatable " +
			"is not", at: func(p *Policy) any { return &p.Retry.When }},
	{Path: "retry.refused", rule: status, looser: more,
		Doc: "statuses with which this server says that it did not run the request; needs a why",
		at:  func(p *Policy) any { return &p.Retry.Refused }},
	{Path: "retry.budget.enabled", looser: off, Doc: "whether retries are paid from a budget that all calls share",
		at: func(p *Policy) any { return &p.Retry.Budget.Enabled }},
	{Path: "retry.budget.tokens", Unit: "tokens", rule: amount, looser: up,
		Doc: "size of the budget and its content at the start",
		at:  func(p *Policy) any { return &p.Retry.Budget.Tokens }},
	{Path: "retry.budget.cost", Unit: "tokens", rule: amount, looser: down,
		Doc: "price of a retry, which comes back if the retry succeeds",
		at:  func(p *Policy) any { return &p.Retry.Budget.Cost }},
	{Path: "retry.budget.timeout-cost", Unit: "tokens", rule: amount, looser: down,
		Doc: "price of a retry after a timeout", at: func(p *Policy) any { return &p.Retry.Budget.TimeoutCost }},
	{Path: "retry.budget.refill", Unit: "tokens", rule: amount, looser: up,
		Doc: "what a success at the first attempt adds", at: func(p *Policy) any { return &p.Retry.Budget.Refill }},
	{Path: "retry.attempt-header", rule: header, Doc: "request header that carries the attempt number from 1",
		at: func(p *Policy) any { return &p.Retry.AttemptHeader }},

	{Path: "timeout.overall", rule: duration, looser: up,
		Doc: "longest time of all attempts and waits together, except waits for a permit of the rate limit",
		at:  func(p *Policy) any { return &p.Timeout.Overall }},
	{Path: "timeout.attempt", rule: duration, looser: up,
		Doc: "longest time of one attempt: sending, reading and decoding",
		at:  func(p *Policy) any { return &p.Timeout.Attempt }},
	{Path: "timeout.idle", rule: duration, looser: up, Doc: "longest silence within a streamed body",
		at: func(p *Policy) any { return &p.Timeout.Idle }},

	{Path: "breaker.enabled", looser: off, Doc: "whether a circuit guards the calls",
		at: func(p *Policy) any { return &p.Breaker.Enabled }},
	{Path: "breaker.circuit",
		Doc: "name of a circuit shared by the operations that name it, instead of the one of API and host",
		at:  func(p *Policy) any { return &p.Breaker.Circuit }},
	{Path: "breaker.scope", Words: []string{ScopeHost, ScopeAccount}, looser: perAccount,
		Doc: "whose failures open the circuit that all accounts share: host (if not set), also those of a single " +
			"account while no other account calls; account, only those of several accounts",
		at: func(p *Policy) any { return &p.Breaker.Scope }},
	{Path: "breaker.failure-rate", Unit: "share", rule: shareOrNever, looser: upOrNone,
		Doc: "the circuit opens at this share of failures or more",
		at:  func(p *Policy) any { return &p.Breaker.FailureRate }},
	{Path: "breaker.min-calls", Unit: "calls", rule: count, looser: up,
		Doc: "fewest outcomes in the window before the rate counts",
		at:  func(p *Policy) any { return &p.Breaker.MinCalls }},
	{Path: "breaker.window", rule: duration, Doc: "how far back the rate looks",
		at: func(p *Policy) any { return &p.Breaker.Window }},
	{Path: "breaker.consecutive", Unit: "calls", rule: calls, looser: upOrNone,
		Doc: "the circuit opens after so many failures in a row",
		at:  func(p *Policy) any { return &p.Breaker.Consecutive }},
	{Path: "breaker.open", rule: duration, looser: down, Doc: "first cool-down of an open circuit",
		at: func(p *Policy) any { return &p.Breaker.Open }},
	{Path: "breaker.max-open", rule: duration, looser: down, Doc: "longest cool-down",
		at: func(p *Policy) any { return &p.Breaker.MaxOpen }},
	{Path: "breaker.growth", rule: factor, looser: down, Doc: "factor of the cool-down after each failed probe",
		at: func(p *Policy) any { return &p.Breaker.Growth }},
	{Path: "breaker.jitter", Unit: "share", rule: jitterOrNone, Doc: "share by which a cool-down varies up and down",
		at: func(p *Policy) any { return &p.Breaker.Jitter }},
	{Path: "breaker.probes", Unit: "calls", rule: count, looser: up,
		Doc: "calls let through at a time when the circuit is half-open",
		at:  func(p *Policy) any { return &p.Breaker.Probes }},
	{Path: "breaker.successes", Unit: "calls", rule: count, looser: down,
		Doc: "successful probes that close the circuit",
		at:  func(p *Policy) any { return &p.Breaker.Successes }},
	{Path: "breaker.contract", looser: off, Doc: "whether an answer that breaks the contract counts as a failure",
		at: func(p *Policy) any { return &p.Breaker.Contract }},
	{Path: "breaker.when.failure", rule: failures, looser: fewer,
		Doc: "failures that count as failures of the server although they would not",
		at:  func(p *Policy) any { return &p.Breaker.When.Failure }},
	{Path: "breaker.when.ignore", rule: failures, looser: more,
		Doc: "failures that do not count, neither as failures nor as successes",
		at:  func(p *Policy) any { return &p.Breaker.When.Ignore }},
	{Path: "breaker.slow-call.after", rule: duration, looser: upOrNone,
		Doc: "an attempt that takes longer, without waits for permits, is slow",
		at:  func(p *Policy) any { return &p.Breaker.SlowCall.After }},
	{Path: "breaker.slow-call.rate", Unit: "share", rule: shareOrNever, looser: upOrNone,
		Doc: "the circuit opens at this share of slow attempts or more",
		at:  func(p *Policy) any { return &p.Breaker.SlowCall.Rate }},
	{Path: "breaker.mode", Words: []string{ModeEnforce, ModeObserve}, looser: ranked,
		Doc: "whether an open circuit denies calls (enforce, if not set), or they are only counted, logged and sent " +
			"(observe)", at: func(p *Policy) any { return &p.Breaker.Mode }},

	{Path: "rate.enabled", looser: off, Doc: "whether calls take a permit from a token bucket",
		at: func(p *Policy) any { return &p.Rate.Enabled }},
	{Path: "rate.per-second", Unit: "1/s", rule: perSecond, looser: upOrNone, Doc: "permits added per second",
		at: func(p *Policy) any { return &p.Rate.PerSecond }},
	{Path: "rate.burst", Unit: "permits", rule: count, looser: up,
		Doc: "most permits that the bucket holds, which starts full; 1 for a rate without a burst",
		at:  func(p *Policy) any { return &p.Rate.Burst }},
	{Path: "rate.reserve", Unit: "permits", rule: permits, looser: down,
		Doc: "permits of the burst that are left unused, for a server that counts requests as they arrive; with a " +
			"burst of 1 each response puts off the next permit instead",
		at: func(p *Policy) any { return &p.Rate.Reserve }},
	{Path: "rate.cost", Unit: "permits", rule: count, looser: down,
		Doc: "permits that a call takes from each of its buckets, 1 if not set; a call that costs more than a bucket " +
			"holds waits until it is full", at: func(p *Policy) any { return &p.Rate.Cost }},
	{Path: "rate.bucket", Doc: "name of a shared bucket that is used instead of one of the operation's own",
		at: func(p *Policy) any { return &p.Rate.Bucket }},
	{Path: "rate.also", looser: fewer, Doc: "names of shared buckets that every call takes a permit from as well",
		at: func(p *Policy) any { return &p.Rate.Also }},
	{Path: "rate.scope", Words: []string{ScopeAccount, ScopeApplication}, looser: ranked,
		Doc: "whose quota it is: account (if not set), that of each account by itself; application, that of an " +
			"application with all its accounts", at: func(p *Policy) any { return &p.Rate.Scope }},
	{Path: "rate.max-wait", rule: duration, looser: up,
		Doc: "longest wait for the permits of all buckets together, beyond which the call fails at once; if not set, " +
			"1m or the time of two permits of the slowest bucket, whichever is longer; a request for a page and one " +
			"with a result per item wait as long as their context allows",
		at: func(p *Policy) any { return &p.Rate.MaxWait }},
	{Path: "rate.mode", Words: []string{ModeEnforce, ModeObserve}, looser: ranked,
		Doc: "whether calls beyond the rate wait or fail (enforce, if not set), or are only counted, logged and " +
			"sent (observe)", at: func(p *Policy) any { return &p.Rate.Mode }},
	{Path: "rate.learn", looser: off, Doc: "whether the rate follows what the server states in response headers",
		at: func(p *Policy) any { return &p.Rate.Learn }},
	{Path: "rate.floor", Unit: "share of per-second", rule: share, looser: up, Doc: "lowest rate learned",
		at: func(p *Policy) any { return &p.Rate.Floor }},
	{Path: "rate.ceiling", Unit: "multiple of per-second", rule: multiple, looser: up, Doc: "highest rate learned",
		at: func(p *Policy) any { return &p.Rate.Ceiling }},

	{Path: "bulkhead.enabled", looser: off, Doc: "whether the calls in flight are bounded",
		at: func(p *Policy) any { return &p.Bulkhead.Enabled }},
	{Path: "bulkhead.max", Unit: "calls", rule: count, looser: up,
		Doc: "most calls in flight at a time, per API and host",
		at:  func(p *Policy) any { return &p.Bulkhead.Max }},
	{Path: "bulkhead.max-wait", rule: duration, looser: up, Doc: "longest wait for a place",
		at: func(p *Policy) any { return &p.Bulkhead.MaxWait }},
	{Path: "bulkhead.scope", Words: []string{ScopeHost, ScopeAccount}, looser: perAccount,
		Doc: "whose calls max bounds: host (if not set), those of all accounts together; account, " +
			"those of each account, inside the bulkhead of the API's defaults",
		at: func(p *Policy) any { return &p.Bulkhead.Scope }},

	{Path: "hedge.enabled", looser: on,
		Doc: "whether a slow safe request is sent a second time and the first answer taken",
		at:  func(p *Policy) any { return &p.Hedge.Enabled }},
	{Path: "hedge.after", rule: duration, looser: downOrNone, Doc: "the wait before the copy",
		at: func(p *Policy) any { return &p.Hedge.After }},
	{Path: "hedge.max", Unit: "requests", rule: copies, looser: up, Doc: "most copies in addition to the first request",
		at: func(p *Policy) any { return &p.Hedge.Max }},

	{Path: "fallback.enabled", looser: on,
		Doc: "whether stale-if-error has an effect, which it has if this is not set",
		at:  func(p *Policy) any { return &p.Fallback.Enabled }},
	{Path: "fallback.stale-if-error", rule: duration, looser: up,
		Doc: "longest age of the last response to the same request, which a safe operation returns instead of a " +
			"failure that is due to the service", at: func(p *Policy) any { return &p.Fallback.StaleIfError }},

	{Path: "redirects.max", Unit: "redirects", rule: hops, looser: up,
		Doc: "most redirects followed, only for safe operations and within the origin",
		at:  func(p *Policy) any { return &p.Redirects.Max }},
	{Path: "response.max-bytes", Unit: "bytes", rule: bytes, looser: up,
		Doc: "most bytes of a decoded body that is not streamed",
		at:  func(p *Policy) any { return &p.Response.MaxBytes }},
	{Path: "request-id", rule: header, Doc: "response headers with the server's id of a request, before the usual ones",
		at: func(p *Policy) any { return &p.RequestID }},

	{Path: "pagination.style", Words: []string{"token", "offset", "page", "link", "none"},
		Doc: "how the pages of a listing are walked", at: func(p *Policy) any { return &p.Pagination.Style }},
	{Path: "pagination.request",
		Doc: "the parameter, or the path of the body member, that selects the page",
		at:  func(p *Policy) any { return &p.Pagination.Request }},
	{Path: "pagination.response", rule: memberPath,
		Doc: "path of the next token or link in the answer; of the count of all items (offset), or of what is true " +
			"while pages follow (offset, page)", at: func(p *Policy) any { return &p.Pagination.Response }},
	{Path: "pagination.items", rule: memberPath,
		Doc: "path of the items in the answer; without it the answer itself, if it is an array",
		at:  func(p *Policy) any { return &p.Pagination.Items }},
	{Path: "pagination.size", Doc: "the parameter, or the path of the body member, that says how many items a page has",
		at: func(p *Policy) any { return &p.Pagination.Size }},
	{Path: "pagination.rule", Words: []string{"same", "token-only"},
		Doc: "what a request for a further page repeats: the same arguments, or nothing in query and body but the token",
		at:  func(p *Policy) any { return &p.Pagination.Rule }},
	{Path: "pagination.with", rule: assignment, Doc: "what requests for further pages send in addition to the token",
		at: func(p *Policy) any { return &p.Pagination.With }},
	{Path: "pagination.ttl", rule: duration, Doc: "how long a token lives",
		at: func(p *Policy) any { return &p.Pagination.TTL }},

	{Path: "auth.kind",
		Doc: "which credential the operation takes, in a word that the credential understands; none: it takes none",
		at:  func(p *Policy) any { return &p.Auth.Kind }},
	{Path: "auth.scope", Doc: "the scope of the token", at: func(p *Policy) any { return &p.Auth.Scope }},
	{Path: "auth.elements", looser: more, Doc: "data elements that the token must grant",
		at: func(p *Policy) any { return &p.Auth.Elements }},
	{Path: "auth.scheme",
		Doc: "the security scheme that the operation requires, for operations for which the document does not say it",
		at:  func(p *Policy) any { return &p.Auth.Scheme }},
	{Path: "auth.header", rule: header,
		Doc: "the request header of the token, for documents without a security scheme",
		at:  func(p *Policy) any { return &p.Auth.Header }},

	{Path: "success.field", rule: memberPath,
		Doc: "path of the member of a 2xx answer that distinguishes success from failure",
		at:  func(p *Policy) any { return &p.Success.Field }},
	{Path: "success.fail", Doc: "values of the field, or of the status of an item, that mean failure",
		at: func(p *Policy) any { return &p.Success.Fail }},
	{Path: "success.errors", rule: memberPath,
		Doc: "path of an array in a 2xx answer that means failure unless it is empty or absent",
		at:  func(p *Policy) any { return &p.Success.Errors }},
	{Path: "success.items", rule: memberPath,
		Doc: "path of the array of a 2xx answer that has an entry for each item of a batch; . is the answer itself",
		at:  func(p *Policy) any { return &p.Success.Items }},
	{Path: "success.status", rule: memberPath,
		Doc: "path of its status in an item, which failed if that is a number outside 2xx or one of fail",
		at:  func(p *Policy) any { return &p.Success.Status }},
	{Path: "success.error", rule: memberPath,
		Doc: "path of its error or errors in an item, which failed if there are any; without items, in an answer " +
			"that field makes a failure", at: func(p *Policy) any { return &p.Success.Error }},
	{Path: "success.request", rule: memberPath,
		Doc: "path of the array of items in the request body, in the order of the answer's, so that throttled items " +
			"are requested again alone; . is the body itself", at: func(p *Policy) any { return &p.Success.Request }},

	{Path: "throttled", rule: responses, looser: more,
		Doc: "responses, and errors and items of a 2xx response, that mean too many requests, in addition to 429",
		at:  func(p *Policy) any { return &p.Throttled }},

	{Path: "transport.max-idle", Unit: "connections", rule: count,
		Doc: "idle connections kept per host; if not set, the sum of bulkhead.max of the API's bulkheads",
		at:  func(p *Policy) any { return &p.Transport.MaxIdle }},
	{Path: "transport.max-conns", Unit: "connections", rule: count, looser: up,
		Doc: "most connections per host; further calls wait for bulkhead.max-wait; if not set, the sum of bulkhead.max " +
			"of the API's bulkheads", at: func(p *Policy) any { return &p.Transport.MaxConns }},
	{Path: "transport.idle-timeout", rule: duration, Doc: "an idle connection is closed after this",
		at: func(p *Policy) any { return &p.Transport.IdleTimeout }},
	{Path: "transport.dial-timeout", rule: duration, looser: up, Doc: "longest time to connect",
		at: func(p *Policy) any { return &p.Transport.DialTimeout }},
	{Path: "transport.tls-timeout", rule: duration, looser: up, Doc: "longest TLS handshake",
		at: func(p *Policy) any { return &p.Transport.TLSTimeout }},
	{Path: "transport.max-age", rule: duration,
		Doc: "a connection used for this time is closed between two requests, so that changes of DNS are seen",
		at:  func(p *Policy) any { return &p.Transport.MaxAge }},
	{Path: "transport.ping", rule: duration, Doc: "silence on an HTTP/2 connection after which it is pinged",
		at: func(p *Policy) any { return &p.Transport.Ping }},
	{Path: "transport.ping-timeout", rule: duration,
		Doc: "longest wait for the answer to an HTTP/2 ping, after which the connection is closed",
		at:  func(p *Policy) any { return &p.Transport.PingTimeout }},
}
