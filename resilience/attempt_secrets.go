package resilience

// This file finds the secrets of a request: what credentials added to it, the cookies of the jar,
// and what the caller passed under the name of a secret. Other values of a request are ordinary
// words, which may occur in texts.

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/internal/redact"
)

// unsigned is what a request was before it was signed.
type unsigned struct {
	header http.Header
	query  string
}

// note notes the headers and the query of a request. Values are shared: they are never changed in
// place. The memory comes from the pool.
func (u *unsigned) note(r *http.Request, memory *sync.Pool) {
	if u.header == nil {
		u.header, _ = memory.Get().(http.Header)
	}
	if u.header == nil {
		u.header = make(http.Header, len(r.Header))
	}
	clear(u.header)
	maps.Copy(u.header, r.Header)
	u.query = r.URL.RawQuery
}

// release returns the memory to the pool.
func (u *unsigned) release(memory *sync.Pool) {
	if u.header != nil {
		clear(u.header)
		memory.Put(u.header)
		u.header = nil
	}
}

// unsigned returns the headers of the request before it was signed.
func (x *exchange) unsigned() http.Header {
	if x.before.header != nil {
		return x.before.header
	}
	return x.signed.Header
}

// secrets returns the secrets of the request that was sent. Cookies are returned one by one,
// because an HTML page may show any of them.
func (x *exchange) secrets() []string {
	if x.signed == nil {
		return nil
	}
	found := x.passed()
	if jar := x.call.route.caller.jar; jar != nil {
		for _, c := range jar.Cookies(x.signed.URL) {
			found = append(found, c.Value)
		}
	}
	if x.before.header == nil {
		return found
	}
	for name, values := range x.signed.Header {
		for _, v := range added(x.before.header[name], values) {
			found = appendSecret(found, v)
		}
	}
	earlier := &http.Request{Header: x.before.header}
	for _, c := range x.signed.Cookies() {
		if _, err := earlier.Cookie(c.Name); err != nil {
			found = append(found, c.Value)
		}
	}
	query, _ := url.ParseQuery(x.before.query)
	for name, values := range x.signed.URL.Query() {
		found = append(found, added(query[name], values)...)
	}
	return found
}

// passed returns what the caller passed as a header, cookie or query parameter with the name of a
// secret.
func (x *exchange) passed() (found []string) {
	q := &x.call.request
	for _, f := range q.fields.list {
		if f.name != "Cookie" && redact.Sensitive(f.name) {
			found = appendSecret(found, f.value[0])
		}
	}
	for _, c := range (&http.Request{Header: q.fields.header()}).Cookies() {
		if redact.Sensitive(c.Name) {
			found = append(found, c.Value)
		}
	}
	for name, values := range q.url().Query() {
		if redact.Sensitive(name) {
			found = append(found, values...)
		}
	}
	return found
}

// appendSecret appends the value of a header and, if it has several words, each but the first,
// which is a scheme such as Bearer.
func appendSecret(found []string, value string) []string {
	found = append(found, value)
	if words := strings.Fields(value); len(words) > 1 {
		found = append(found, words[1:]...)
	}
	return found
}

// added returns the values that are not in before.
func added(before, values []string) (found []string) {
	for _, v := range values {
		if !slices.Contains(before, v) {
			found = append(found, v)
		}
	}
	return found
}

// identify reads the id of the request for a call that reports it, which is one that failed or has
// [WithInfo]. A server may repeat a secret as the id.
func (x *exchange) identify(o *outcome) {
	if o.ok() && x.call.set.info == nil {
		return
	}
	o.auth.secrets = x.secrets()
	name, id := advice.RequestID(o.header, x.call.route.policy.RequestID)
	o.requestID, o.shown = redact.Secrets(id, o.auth.secrets), o.header
	if o.requestID != id {
		o.shown = maps.Clone(o.header)
		o.shown[http.CanonicalHeaderKey(name)] = []string{o.requestID}
	}
}
