package resilience

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/internal/cookies"
)

// Credential signs the requests of one account. It must be safe for concurrent use.
type Credential interface {
	// Account returns the name of the account whose quota the requests use. It must not be a
	// secret: it appears in keys of circuits and quotas, in logs and in snapshots. Credentials with
	// the same account share quotas.
	Account() string

	// Sign adds what the scheme requires to the request: a header, query parameter or cookie. It is
	// called for each attempt, after all middleware, once per scheme of the operation.
	// Scheme.Scopes holds the scopes that the operation needs; [OperationFrom] returns the
	// operation. An error ends the call with [KindCredential] before anything is sent.
	Sign(ctx context.Context, r *http.Request, s Scheme) error
}

// AppCredential is a [Credential] that also names the application that uses the account. Buckets
// whose rate.scope is application are shared by all accounts of an application at one host of an
// API. Clients whose credentials name no application share one.
type AppCredential interface {
	Credential

	// Application returns the name of the application. It must not be a secret. Empty: unknown.
	Application() string
}

// Renewer is a [Credential] that can be renewed after the server rejected it, with a 401 or as an
// [Examiner] decides.
type Renewer interface {
	// Renew is called after the server rejected a request, at most once per call. It returns true
	// if the request is worth sending again, because it fetched a new token or another call had
	// done so: compare the rejected request with what Sign would add now. It may be called
	// concurrently; see [Renewal] for renewing once for all calls.
	Renew(ctx context.Context, r *Rejection) (again bool, err error)
}

// Examiner is a [Renewer] that recognizes rejections other than a 401, for example a 403 with a
// certain text, or a sign-in page.
type Examiner interface {
	Renewer

	// Examine is called with every response to a request that the credential signed. It should be
	// quick and must not retain r.
	Examine(r *Rejection) Expiry
}

// SignInReporter is a [Credential] whose sign-in is part of [Runtime.Snapshot]. Its type must be
// comparable.
type SignInReporter interface {
	Credential

	// SignIn returns the state of the sign-in as that of a circuit, with a zero Since if it has
	// never failed. Its key must not be a secret. [Renewal.Circuit] returns it for one secret.
	SignIn() CircuitSnapshot
}

// Expiry is what a response says about the credential that signed its request.
type Expiry uint8

// The expiries. The credential is renewed after Expired and ExpiredInDoubt.
const (
	NotExpired     Expiry = iota // the credential was accepted
	Expired                      // it expired, and the request was not run: it is sent again in any class
	ExpiredInDoubt               // it expired, and the request may have been run: it is sent again if it is repeatable
)

// Rejection is a response as a credential sees it. It is valid only during the call of Renew or
// Examine.
type Rejection struct {
	Request *http.Request // as signed; its body has been read
	Status  int
	Header  http.Header // of the response, for example WWW-Authenticate
	Body    []byte      // beginning of the body of a failure, at most 64 KiB; nil for a success
	Schemes []Scheme    // for which the credential signed the request
}

// signer is a credential and the schemes that it is for; none: all.
type signer struct {
	credential Credential
	schemes    []string
}

func (s signer) serves(scheme string) bool {
	return len(s.schemes) == 0 || slices.Contains(s.schemes, scheme)
}

// signature is a scheme of an operation with the credential that signs for it.
type signature struct {
	scheme     Scheme
	credential Credential
}

// requirement returns how an operation is signed: by the first of its alternatives that the
// credentials serve, and without a signature only if they serve none and that is allowed. ok is
// false if the operation cannot be called.
func requirement(op *Operation, schemes []Scheme, signers []signer) (list []signature, ok bool) {
	r, ok := alternative(op, signers)
	for _, use := range r {
		scheme := Scheme{Name: use.Scheme}
		if i := slices.IndexFunc(schemes, func(s Scheme) bool { return s.Name == use.Scheme }); i >= 0 {
			scheme = schemes[i]
		}
		scheme.Scopes = use.Scopes
		list = append(list, signature{scheme: scheme, credential: signerOf(use, signers).credential})
	}
	return list, ok
}

// alternative returns the first alternative of an operation that the credentials serve; an empty
// one only if they serve no other. ok is false if there is none.
func alternative(op *Operation, signers []signer) (r Requirement, ok bool) {
	open := len(op.Security) == 0
	for _, r := range op.Security {
		if len(r) == 0 {
			open = true
		} else if served(r, signers) {
			return r, true
		}
	}
	return nil, open
}

// served reports whether each scheme of an alternative has a credential.
func served(r Requirement, signers []signer) bool {
	for _, use := range r {
		if signerOf(use, signers) == nil {
			return false
		}
	}
	return true
}

// signerOf returns the first signer for a scheme, or nil.
func signerOf(use SchemeUse, signers []signer) *signer {
	for i := range signers {
		if signers[i].serves(use.Scheme) {
			return &signers[i]
		}
	}
	return nil
}

// A jarKey identifies a cookie jar. Credentials of one account may differ, and a server may give
// more to one than to another, so each has its own. Several are a chain of keys.
type jarKey struct {
	api        string
	credential Credential
	next       any
}

// jar returns the cookie jar of the credentials of an API. Credentials that cannot be compared have
// one for each client.
func (r *Runtime) jar(api string, signers []signer) http.CookieJar {
	key := jarKey{api: api}
	for i, s := range signers {
		if !reflect.ValueOf(s.credential).Comparable() {
			return cookies.New()
		}
		if i > 0 {
			key.next = key
		}
		key.credential = s.credential
	}
	return r.jars.Get(key)
}

// accountOf returns the accounts of all credentials, sorted, without duplicates and joined by +.
func accountOf(signers []signer) string {
	return namesOf(signers, Credential.Account)
}

// applicationOf returns the applications of all credentials in the same form.
func applicationOf(signers []signer) string {
	return namesOf(signers, func(c Credential) string {
		if a, ok := c.(AppCredential); ok {
			return a.Application()
		}
		return ""
	})
}

func namesOf(signers []signer, name func(Credential) string) string {
	var names []string
	for _, s := range signers {
		if n := name(s.credential); n != "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "+")
}

// missing returns the schemes of the alternatives of an operation, for example "apiKey, or oauth
// with basic".
func missing(op *Operation) string {
	var ways []string
	for _, r := range op.Security {
		var names []string
		for _, use := range r {
			names = append(names, use.Scheme)
		}
		ways = append(ways, strings.Join(names, " with "))
	}
	return strings.Join(ways, ", or ")
}

// renewable is a credential that can be renewed, with the schemes for which it signs an operation.
type renewable struct {
	Renewer
	schemes []Scheme
}

// renewers returns the credentials that can be renewed, without duplicates.
func renewers(list []signature) []renewable {
	var found []renewable
	for _, s := range list {
		r, ok := s.credential.(Renewer)
		if !ok {
			continue
		}
		i := slices.IndexFunc(found, func(f renewable) bool { return f.Renewer == r })
		if i < 0 {
			i, found = len(found), append(found, renewable{Renewer: r})
		}
		found[i].schemes = append(found[i].schemes, s.scheme)
	}
	return found
}

// examine returns what a response says about the credential.
func (r renewable) examine(a *Rejection) Expiry {
	if e, ok := r.Renewer.(Examiner); ok {
		return e.Examine(a)
	}
	if a.Status == http.StatusUnauthorized {
		return Expired
	}
	return NotExpired
}

// rejected is a credential with the response that rejected it.
type rejected struct {
	renewable
	rejection *Rejection
}
