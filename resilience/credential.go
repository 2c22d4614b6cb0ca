package resilience

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// A Credential signs the requests of one account. It is safe for concurrent use.
type Credential interface {
	// Account names whose quota the requests use. It is no secret: it stands in keys of circuits and quotas, in logs and in snapshots.
	// Two credentials of one account share both.
	Account() string

	// Sign puts what the scheme asks for on the request: a header, a query parameter, a cookie. It is called for each attempt, once a scheme
	// that the operation uses, after all middleware. Scheme.Scopes holds the scopes that this operation needs, and [OperationFrom] tells
	// which it is. An error ends the call with [KindCredential]; nothing was sent then.
	Sign(ctx context.Context, r *http.Request, s Scheme) error
}

// An AppCredential is a [Credential] that also tells which application uses the account. Buckets whose rate.scope is application are shared by
// all accounts of an application, at one host of an API; clients whose credentials tell no application share one.
type AppCredential interface {
	Credential

	// Application names the application, in the same way as Account names the account. It is no secret. Empty: it is not known.
	Application() string
}

// A Renewer is a [Credential] that can do something about being rejected: with a 401, or as it says itself as an [Examiner].
type Renewer interface {
	// Renew is called after the server rejected a request, at most once a call. It returns true if the request is worth sending again: it
	// fetched a new token, or found that somebody else had in the meantime, by comparing the rejected request with what it would sign now.
	// Many calls may be in it at a time; see [Renewal] for renewing once for all of them.
	Renew(ctx context.Context, r *Rejection) (again bool, err error)
}

// An Examiner is a [Renewer] that knows better than the status 401 which answers reject it: a 403 in certain words, a page that asks to sign in.
type Examiner interface {
	Renewer

	// Examine is asked about every answer to a request that the credential signed. It must be quick and must not keep what it is given.
	Examine(r *Rejection) Expiry
}

// Expiry is what an answer says about the credential that signed its request.
type Expiry uint8

// The expiries. After either of the latter two the credential is renewed.
const (
	NotExpired     Expiry = iota // nothing
	Expired                      // it is stale, and the request was not run: it is sent again whatever its class
	ExpiredInDoubt               // it is stale, and the request may have been run: it is sent again if it may be repeated
)

// A Rejection is an answer as a credential sees it. It is only valid during the call of Renew or Examine.
type Rejection struct {
	Request *http.Request // as it was signed; its body is spent
	Status  int
	Header  http.Header // of the answer: WWW-Authenticate
	Body    []byte      // what was kept of a failure's body, at most 64 KiB; nil with a success
	Schemes []Scheme    // those that this credential signed the request with
}

// signer is a credential and the schemes it is for. No schemes: all.
type signer struct {
	credential Credential
	schemes    []string
}

func (s signer) serves(scheme string) bool {
	return len(s.schemes) == 0 || slices.Contains(s.schemes, scheme)
}

// signature is one scheme of an operation with the credential that signs for it.
type signature struct {
	scheme     Scheme
	credential Credential
}

// requirement returns how an operation is signed: by the first of its alternatives that the credentials can serve, one without any scheme
// last. ok is false if they serve none.
func requirement(op *Operation, schemes []Scheme, signers []signer) (list []signature, ok bool) {
	open := len(op.Security) == 0
	for _, r := range op.Security {
		if len(r) == 0 {
			open = true
			continue
		}
		if list, ok = served(r, schemes, signers); ok {
			return list, true
		}
	}
	return nil, open
}

// served returns the signatures of one alternative.
func served(r Requirement, schemes []Scheme, signers []signer) ([]signature, bool) {
	var list []signature
	for _, use := range r {
		i := slices.IndexFunc(schemes, func(s Scheme) bool { return s.Name == use.Scheme })
		j := slices.IndexFunc(signers, func(s signer) bool { return s.serves(use.Scheme) })
		if j < 0 {
			return nil, false
		}
		scheme := Scheme{Name: use.Scheme}
		if i >= 0 {
			scheme = schemes[i]
		}
		scheme.Scopes = use.Scopes
		list = append(list, signature{scheme: scheme, credential: signers[j].credential})
	}
	return list, true
}

// accountOf names the accounts of all credentials, each once, in a fixed order.
func accountOf(signers []signer) string {
	return namesOf(signers, Credential.Account)
}

// applicationOf names their applications likewise.
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

// missing returns the schemes of an operation's alternatives in words: "apiKey, or oauth with basic".
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

// renewable is a credential that can renew, with the schemes that it signs an operation for.
type renewable struct {
	Renewer
	schemes []Scheme
}

// renewers returns the credentials that can renew, each once.
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

// examine tells what an answer says about the credential.
func (r renewable) examine(a *Rejection) Expiry {
	if e, ok := r.Renewer.(Examiner); ok {
		return e.Examine(a)
	}
	if a.Status == http.StatusUnauthorized {
		return Expired
	}
	return NotExpired
}

// rejected is a credential with the answer that rejected it.
type rejected struct {
	renewable
	rejection *Rejection
}
