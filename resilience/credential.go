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

// A Renewer is a [Credential] that can do something about a 401.
type Renewer interface {
	// Renew is called after the server rejected a request, at most once a call. It returns true if the request is worth sending again: it
	// fetched a new token, or found that somebody else had in the meantime, by comparing the rejected request with what it would sign now.
	// Many calls may be in it at a time; see [Renewal] for renewing once for all of them.
	Renew(ctx context.Context, r *Rejection) (again bool, err error)
}

// A Rejection is a 401 that a request got. It is only valid during the call of Renew.
type Rejection struct {
	Request *http.Request // as it was signed; its body is spent
	Status  int
	Header  http.Header // of the answer: WWW-Authenticate
	Schemes []Scheme    // those that the request was signed with
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
	var names []string
	for _, s := range signers {
		if name := s.credential.Account(); name != "" {
			names = append(names, name)
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

// renewers returns the credentials that can renew, each once.
func renewers(list []signature) []Renewer {
	var found []Renewer
	for _, s := range list {
		if r, ok := s.credential.(Renewer); ok && !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	return found
}
