package resilience

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/media"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// request is what all attempts of a call send. It is encoded once.
type request struct {
	server  *server
	target  target
	fields  fields
	payload *wire.Payload
	key     string // idempotency key; empty: none
	random  bool   // the key is random
}

// target is the path and the query of a request.
type target struct {
	path, escaped string // the path as it is, and as it is sent
	query         string // as it is sent
}

// encode encodes the arguments and options of a call.
func (q *request) encode(r *route, in wire.Input, set *callSettings, scope *Scope) error {
	params, template := r.op.Params, r.template
	if set.bare {
		params = optional(params)
		template = wire.NewTemplate(r.op.Path, params)
	}
	if err := r.validate(params, in, set); err != nil {
		return err
	}
	encoded, err := template.Encode(r.server.path, in.Params)
	if err != nil {
		return err
	}
	q.server, q.target = r.server, target{encoded.Plain, encoded.Path, encoded.Query}
	if l := set.link; l != nil {
		q.target = target{l.Path, l.RawPath, l.RawQuery}
	}
	if q.payload, err = encodeBody(r.op.Body, in.Body, set); err != nil {
		return err
	}
	q.fields.init()
	q.fields.set("Accept", r.accept)
	q.fields.set("User-Agent", r.caller.agent)
	if q.payload != nil {
		q.fields.set("Content-Type", q.payload.ContentType)
	}
	for _, f := range encoded.Header {
		q.fields.set(textproto.CanonicalMIMEHeaderKey(f.Name), f.Value) // it overrides a header of the client
	}
	if encoded.Cookie != "" {
		q.fields.set("Cookie", encoded.Cookie)
	}
	for _, h := range set.headers {
		if err := checkHeader(h.name, h.value); err != nil {
			return err
		}
		q.fields.set(textproto.CanonicalMIMEHeaderKey(h.name), h.value)
	}
	if err := q.setQuery(set.query); err != nil {
		return err
	}
	if err := q.setKey(r, set, scope); err != nil {
		return err
	}
	return q.fields.check()
}

// encodeBody encodes the body of a call, or that of an option. It returns nil without a body.
func encodeBody(b *wire.Body, value any, set *callSettings) (*wire.Payload, error) {
	raw := set.body
	switch {
	case raw != nil && b == nil:
		return nil, errors.New("WithBody: the operation has no body")
	case raw != nil && media.Base(raw.media) == "":
		return nil, errors.New("WithBody: the media type is empty")
	case raw != nil:
		return (&wire.Body{Media: raw.media, Format: wire.Binary}).Encode(append([]byte{}, raw.data...))
	case b == nil, set.bare && value == nil:
		return nil, nil
	}
	if chosen := set.contentType(); chosen != "" && strings.Contains(b.Media, "*") {
		concrete := *b
		concrete.Media = chosen
		b = &concrete
	}
	return b.Encode(value)
}

// contentType returns the media type that an option sets, or "".
func (s *callSettings) contentType() string {
	chosen := ""
	for _, h := range s.headers {
		if strings.EqualFold(h.name, "Content-Type") {
			chosen = h.value
		}
	}
	return chosen
}

// optional returns a copy of params in which query parameters are optional.
func optional(params []wire.Param) []wire.Param {
	params = slices.Clone(params)
	for i := range params {
		if params[i].In == wire.Query || params[i].In == wire.QueryString {
			params[i].Required, params[i].Default = false, ""
		}
	}
	return params
}

// setQuery adds query parameters, which replace those of the same names.
func (q *request) setQuery(list []parameter) error {
	if len(list) == 0 {
		return nil
	}
	var pairs []string
	for pair := range strings.SplitSeq(q.target.query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		replaced := func(p parameter) bool { return err == nil && p.name == plain }
		if pair != "" && !slices.ContainsFunc(list, replaced) {
			pairs = append(pairs, pair)
		}
	}
	for _, p := range list {
		if p.name == "" {
			return errors.New("WithQuery: the name is empty")
		}
		pairs = append(pairs, escapeQuery(p.name)+"="+escapeQuery(p.value))
	}
	q.target.query = strings.Join(pairs, "&")
	return nil
}

// escapeQuery escapes a name or a value of a query.
func escapeQuery(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// setKey sets the idempotency key: that of the option, that of an argument, or for a keyed
// operation that of the scope or a random one.
func (q *request) setKey(r *route, set *callSettings, scope *Scope) error {
	name := r.policy.Key.Header
	keyed := r.policy.Idempotency == policy.Keyed
	switch {
	case !keyed && !set.keyed:
		return nil
	case name == "":
		return errors.New("the policy has no header for the idempotency key; set key.header")
	case set.keyed && set.key == "":
		return errors.New("WithIdempotencyKey: the key is empty")
	}
	name = textproto.CanonicalMIMEHeaderKey(name)
	q.key = q.fields.get(name)
	if set.keyed {
		q.key = set.key
	}
	if q.key == "" {
		q.key, q.random = newScopedKey(scope, r.op.ID), true
	}
	if err := checkHeader(name, q.key); err != nil {
		return err
	}
	q.fields.set(name, q.key)
	return nil
}

// newKey returns a random UUID (RFC 9562, version 4).
func newKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// conditional reports whether the request has a precondition that fails if the request is repeated
// (RFC 9110, section 13.1).
func (q *request) conditional() bool {
	return q.fields.get("If-Match") != "" || q.fields.get("If-None-Match") != "" ||
		q.fields.get("If-Unmodified-Since") != ""
}

// oneShot reports whether the body can be read only once.
func (q *request) oneShot() bool { return q.payload != nil && q.payload.OneShot }

// url returns the URL of the request, as it is before middleware and credentials change it.
func (q *request) url() *url.URL {
	u := new(url.URL)
	q.setURL(u)
	return u
}

// setURL sets u to the URL of the request, which is empty before the request is encoded.
func (q *request) setURL(u *url.URL) {
	if q.server != nil {
		u.Scheme, u.Host = q.server.scheme, q.server.host
	}
	u.Path, u.RawPath, u.RawQuery = q.target.path, q.target.escaped, q.target.query
}

// build returns a new request to a URL for one attempt.
func (q *request) build(ctx context.Context, method string, u *url.URL) (*http.Request, error) {
	made := http.Request{
		Method: method, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: q.fields.header(),
	}
	if host := q.fields.get("Host"); host != "" {
		made.Host = host
	}
	r := made.WithContext(ctx)
	if err := q.attach(r); err != nil {
		return nil, err
	}
	return r, nil
}

// attach sets the body of the request.
func (q *request) attach(r *http.Request) error {
	if q.payload == nil || q.payload.Length == 0 {
		r.Body = http.NoBody
		return nil
	}
	body, err := q.payload.Open()
	if err != nil {
		return err
	}
	r.Body, r.ContentLength = body, q.payload.Length
	if !q.payload.OneShot {
		r.GetBody = q.payload.Open
	}
	return nil
}
