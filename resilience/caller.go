package resilience

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/resgen/resgen/resilience/internal/confidential"
	"github.com/resgen/resgen/resilience/internal/lastgood"
	"github.com/resgen/resgen/resilience/internal/seen"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Caller makes the calls of one API for one account. Generated clients wrap one. It is safe for
// concurrent use.
type Caller struct {
	api     *API
	set     settings
	servers map[string]server
	account string
	runtime *Runtime

	application string
	own         bool // the runtime is closed with the caller
	jar         http.CookieJar
	log         *slog.Logger
	stale       lastgood.Cache[decodeFunc]
	drifts      seen.Set[driftPlace]
	closed      atomic.Bool
	ctx         context.Context // ends with Close
	cancel      context.CancelFunc

	view      policy.API // the API under the client's own configuration
	effective atomic.Pointer[effective]
	routes    sync.Map // *Operation → *route
}

// driftPlace is a place where the responses of an operation differ from the document.
type driftPlace struct {
	operation *Operation
	path      string
	kind      wire.DriftKind
}

// decodeFunc decodes the body of a response.
type decodeFunc = func([]byte, *wire.Report) (any, error)

// NewCaller returns a caller for an API. Its error joins all problems; each names the option,
// server or security scheme and the cure. An API with security schemes needs a credential for at
// least one alternative of each operation, or [WithoutCredential].
func NewCaller(api *API, opts ...Option) (*Caller, error) {
	c := &Caller{api: api, set: settings{
		servers: map[string]string{}, variables: map[string]string{}, fallbacks: map[string]Fallback{},
	}}
	for _, o := range opts {
		o(&c.set)
	}
	var problems []error
	c.servers, problems = resolveServers(api, &c.set)
	problems = append(problems, c.checkCredentials()...)
	problems = append(problems, c.checkFallbacks()...)
	view, err := configured(viewOf(api), c.set.config)
	if err != nil {
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s: %w", api.Name, errors.Join(problems...))
	}
	c.account, c.application = accountOf(c.set.signers), applicationOf(c.set.signers)
	c.view = view
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.runtime = c.set.runtime
	if c.runtime == nil {
		c.runtime, c.own = NewRuntime(WithRuntimeLogger(c.set.logger)), true
	}
	if err := c.runtime.register(c); err != nil {
		return nil, fmt.Errorf("%s: %w", api.Name, err)
	}
	c.log = c.set.logger
	if c.log == nil {
		c.log = c.runtime.logger()
	}
	if c.set.cookies || hasCookieScheme(api) {
		c.jar = c.runtime.jar(api.Name, c.account)
	}
	return c, nil
}

// Close makes further calls fail with [KindClosed] and ends the waits of the others with
// [ErrClosed]. If the caller was made without [WithRuntime], its runtime is closed too; see
// [Runtime.Close]. Close always returns nil and may be called more than once.
func (c *Caller) Close() error {
	c.closed.Store(true)
	c.cancel()
	if c.own {
		return c.runtime.Close()
	}
	return nil
}

// checkCredentials returns an error for each set of schemes without a credential, with the first
// operation that needs it.
func (c *Caller) checkCredentials() []error {
	var problems []error
	for _, s := range c.set.signers {
		if s.credential == nil {
			err := errors.New("WithCredential: the credential is nil; pass one or leave the option out")
			return append(problems, err)
		}
		if k, ok := s.credential.(interface{ Check() error }); ok {
			if err := k.Check(); err != nil {
				problems = append(problems, fmt.Errorf("WithCredential: %w", err))
			}
		}
		for _, name := range s.schemes {
			if !hasScheme(c.api, name) {
				err := fmt.Errorf("WithCredential: the API has no security scheme %q; it has %s", name,
					schemeNames(c.api))
				problems = append(problems, err)
			}
		}
	}
	reported := map[string]bool{}
	for _, op := range c.api.Operations {
		list, ok := requirement(op, c.api.Schemes, c.set.signers)
		if name := serverName(op); len(list) > 0 && !reported["server "+name] && c.showsCredentials(name) {
			reported["server "+name] = true
			problems = append(problems, fmt.Errorf("server %s: %w", name, errPlainHTTP))
		}
		if ok || c.set.anonymous || reported[missing(op)] {
			continue
		}
		reported[missing(op)] = true
		problems = append(problems, fmt.Errorf("operation %s needs a credential for %s; "+
			"pass WithCredential, or WithoutCredential to call without", op.ID, missing(op)))
	}
	return problems
}

// showsCredentials reports whether others could read what is sent to a server.
func (c *Caller) showsCredentials(name string) bool {
	s, known := c.servers[name]
	return known && !c.set.plaintext && !confidential.URL(&url.URL{Scheme: s.scheme, Host: s.host})
}

// checkFallbacks returns an error for each fallback of an unknown operation, or of one that cannot
// have it.
func (c *Caller) checkFallbacks() []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	streams := func(o wire.Outcome) bool { return o.Stream }
	for id, f := range c.set.fallbacks {
		i := slices.IndexFunc(c.api.Operations, func(op *Operation) bool { return op.ID == id })
		switch {
		case i < 0:
			add("WithFallback: the API has no operation %q", id)
		case f.answer == nil && f.maxAge <= 0:
			add("WithFallback: the fallback of %s makes no result; FallbackLastGood needs an age of more than 0", id)
		case f.maxAge > 0 && slices.ContainsFunc(c.api.Operations[i].Success, streams):
			add("WithFallback: %s streams its response, which is not kept; use FallbackFunc", id)
		}
	}
	return problems
}

func hasScheme(api *API, name string) bool {
	for _, s := range api.Schemes {
		if s.Name == name {
			return true
		}
	}
	return false
}

func schemeNames(api *API) string {
	text := ""
	for i, s := range api.Schemes {
		if i > 0 {
			text += ", "
		}
		text += s.Name
	}
	if text == "" {
		return "none"
	}
	return text
}

// agent returns the User-Agent header.
func (c *Caller) agent() string {
	if c.set.userAgent != "" {
		return c.set.userAgent
	}
	return "resgen/1 (" + c.api.Name + ")"
}

// shut reports whether no further attempt may start.
func (c *Caller) shut() bool { return c.closed.Load() || c.runtime.closed.Load() }
