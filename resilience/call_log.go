package resilience

// This file writes the log line of a failed call: see call.logFailure.

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/wire"
)

// Logged says which parts of a request and its response are in the log line of a failed call. Only
// what is named here is logged, and never a value whose name is that of a secret, such as
// Authorization or api_key. The zero Logged is the default.
type Logged struct {
	// PathParams names path parameters; nil: all; empty: none.
	PathParams []string

	Query   []string // names of query parameters
	Headers []string // names of headers of the request and the response
}

// WithLogged sets what the log line of a failed call contains. The default is path parameters only.
func WithLogged(l Logged) Option { return func(s *settings) { s.logged = l } }

// failureLevel returns the level at which a failure is logged: WARN if the request may have been
// applied, or if the service or a credential is at fault, and otherwise INFO. Refusals, local
// limits and decisions of the caller are at INFO.
func (e *Error) failureLevel() slog.Level {
	if e.MayHaveApplied && !e.reads {
		return slog.LevelWarn
	}
	switch e.Kind {
	case KindTransport, KindContract, KindEmptyBody, KindTooLarge, KindCredential, KindPages:
		return slog.LevelWarn
	case KindTimeout:
		if len(e.Attempts) > 0 {
			return slog.LevelWarn
		}
	case KindAPI:
		if e.Status >= 500 {
			return slog.LevelWarn
		}
	}
	return slog.LevelInfo
}

// denied reports whether a circuit, a limit or a sign-in that is down denied the call, as it denies
// others until its state changes.
func (e *Error) denied() bool {
	switch e.Kind {
	case KindCircuitOpen, KindRateLimited, KindBulkheadFull:
		return len(e.Attempts) == 0
	case KindCredential:
		return signInState(e) == ErrSignInUnavailable
	}
	return false
}

// logFailure logs the failure of a call on one line, which ends with more.
func (k *call) logFailure(message string, o *outcome, more ...slog.Attr) {
	e, log := o.failure, k.route.caller.log
	level := e.failureLevel()
	if !log.Enabled(k.ctx, level) {
		return
	}
	skipped := 0
	if e.denied() {
		var due bool
		if skipped, due = k.route.denials.due(e.Kind, time.Now()); !due {
			return
		}
	}
	attrs := append(k.attrs(), k.logged(o)...)
	attrs = append(attrs, slog.String("kind", e.Kind.String()))
	text := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, redact.Line(value)))
		}
	}
	if e.Status != 0 {
		attrs = append(attrs, slog.Int("status", e.Status))
	}
	text("code", e.Code)
	text("message", e.Message)
	text("note", e.note)
	if e.cause != nil {
		text("error", e.cause.Error())
	}
	text("request_id", e.RequestID)
	attrs = append(attrs, slog.Int("attempts", len(e.Attempts)))
	text("stopped", string(e.Stopped))
	attrs = append(attrs, slog.Duration("elapsed", e.Elapsed))
	if e.RetryAfter > 0 {
		attrs = append(attrs, slog.Duration("retry_after", e.RetryAfter))
	}
	attrs = append(attrs, slog.Bool("may_have_applied", e.MayHaveApplied && !e.reads))
	if skipped > 0 {
		attrs = append(attrs, slog.Int("not_logged_before", skipped))
	}
	log.LogAttrs(k.ctx, level, message, append(attrs, more...)...)
}

// logged returns the parts of request and response that the client logs, in groups.
func (k *call) logged(o *outcome) []slog.Attr {
	show := &k.route.caller.set.logged
	groups := []slog.Attr{
		k.group("path", k.pathParams(show.PathParams), o),
		k.group("query", chosen(k.request.url().Query(), show.Query, func(n string) string { return n }), o),
		k.group("request_header", chosen(k.request.fields.header(), show.Headers, http.CanonicalHeaderKey), o),
		k.group("response_header", chosen(url.Values(o.header), show.Headers, http.CanonicalHeaderKey), o),
	}
	return slices.DeleteFunc(groups, func(a slog.Attr) bool { return len(a.Value.Group()) == 0 })
}

// A namedValue is a value of a request or response with its name.
type namedValue struct{ name, value string }

// group returns a group of values without secrets.
func (k *call) group(name string, values []namedValue, o *outcome) slog.Attr {
	var attrs []slog.Attr
	for _, v := range values {
		if redact.Sensitive(v.name) {
			continue
		}
		text := redact.Text(v.value, o.auth.secrets)
		attrs = append(attrs, slog.String(v.name, strings.ToValidUTF8(text[:min(len(text), longestMessage)], "")))
	}
	return slog.Attr{Key: name, Value: slog.GroupValue(attrs...)}
}

// chosen returns the values with the given names, in the order of the names.
func chosen(all map[string][]string, names []string, canonical func(string) string) (found []namedValue) {
	for _, name := range names {
		if values := all[canonical(name)]; len(values) > 0 {
			found = append(found, namedValue{name, strings.Join(values, ", ")})
		}
	}
	return found
}

// pathParams returns the path parameters of the call with the given names; nil: all.
func (k *call) pathParams(names []string) (found []namedValue) {
	for i, p := range k.route.op.Params {
		if p.In == wire.Path && i < len(k.input.Params) && (names == nil || slices.Contains(names, p.Name)) {
			found = append(found, namedValue{p.Name, argument(k.input.Params[i])})
		}
	}
	return found
}

// argument returns an argument as text.
func argument(value any) string {
	if v := reflect.ValueOf(value); v.Kind() == reflect.Pointer && !v.IsNil() {
		value = v.Elem().Interface()
	}
	return fmt.Sprint(value)
}
