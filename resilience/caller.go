package resilience

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/resgen/resgen/resilience/internal/confidential"
	"github.com/resgen/resgen/resilience/internal/lastgood"
	"github.com/resgen/resgen/resilience/internal/seen"
	"github.com/resgen/resgen/resilience/wire"
)

// Caller makes the calls of one API for one account. Generated clients wrap one. It is safe for
// concurrent use.
type Caller struct {
	api     *API
	set     settings
	servers servers
	account string
	runtime *Runtime

	application string
	own         bool // the runtime is closed with the caller
	jar         http.CookieJar
	log         *slog.Logger
	stale       *lastgood.Cache[decodeFunc]
	drifts      seen.Set[driftPlace]
	closed      atomic.Bool
	ctx         context.Context // ends with Close
	cancel      context.CancelFunc

	agent   string // value of the User-Agent header
	variant *variant
	routes  sync.Map // *Operation → *route
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
	c := &Caller{api: api}
	for _, o := range opts {
		o(&c.set)
	}
	var problems []error
	c.servers, problems = resolveServers(api, &c.set)
	problems = append(problems, c.checkCredentials()...)
	problems = append(problems, c.checkFallbacks()...)
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.runtime = c.set.runtime
	if c.runtime == nil {
		c.runtime, c.own = NewRuntime(WithRuntimeLogger(c.set.logger)), true
	}
	c.stale = c.runtime.stale.NewCache()
	if err := c.runtime.register(c, len(problems) == 0); err != nil {
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		_ = c.Close()
		return nil, fmt.Errorf("%s: %w", api.Name, errors.Join(problems...))
	}
	c.complete()
	return c, nil
}

// complete sets what follows from valid options.
func (c *Caller) complete() {
	c.account, c.application = accountOf(c.set.signers), applicationOf(c.set.signers)
	c.agent = cmp.Or(c.set.userAgent, "resgen/1 ("+c.api.Name+")")
	c.log = c.set.logger
	if c.log == nil {
		c.log = c.runtime.logger()
	}
	c.reportCollapsed()
	if c.set.cookies || hasCookieScheme(c.api) {
		c.jar = c.runtime.jar(c.api.Name, c.set.signers)
	}
}

// reportCollapsed logs that operations of servers with different base paths have one base URL.
func (c *Caller) reportCollapsed() {
	if list := collapsed(c.api, &c.set); list != nil {
		c.log.LogAttrs(c.ctx, slog.LevelInfo, "WithBaseURL replaces servers with different base paths",
			slog.String("api", c.api.Name), slog.Any("servers", list),
			slog.String("cure", "pass WithServer for those with another URL"))
	}
}

// Close makes further calls fail with [KindClosed] and ends the waits of the others with
// [ErrClosed]. If the caller was made without [WithRuntime], its runtime is closed too; see
// [Runtime.Close]. Close always returns nil and may be called more than once.
func (c *Caller) Close() error {
	c.closed.Store(true)
	c.cancel()
	c.stale.Close()
	if c.own {
		return c.runtime.Close()
	}
	return nil
}

// checkCredentials returns an error for each credential that cannot be used, and for each operation
// that cannot be called with them.
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
	if err := c.checkUse(); err != nil {
		problems = append(problems, err)
	}
	return append(problems, c.checkOperations()...)
}

// checkUse returns an error if there are credentials although no operation takes one. The requests
// would be sent without a signature, and their failures would not show why. Callers without a list
// of operations take any credential.
func (c *Caller) checkUse() error {
	takes := func(op *Operation) bool {
		return slices.ContainsFunc(op.Security, func(r Requirement) bool { return len(r) > 0 })
	}
	if len(c.set.signers) == 0 || c.set.anonymous || len(c.api.Operations) == 0 ||
		slices.ContainsFunc(c.api.Operations, takes) {
		return nil
	}
	return errors.New("WithCredential: no operation of the API takes a credential; add auth to the policy, or " +
		"security to the document by an overlay, and generate again; if the credential only names the account, " +
		"pass WithoutCredential too")
}

// checkOperations returns an error for each set of schemes without a credential, and for each
// server that would get credentials in plain text. Most operations have the server and the schemes
// of the one before, so only changes of the server are looked at closely.
func (c *Caller) checkOperations() []error {
	var problems []error
	var reported map[string]bool
	report := func(key string, err error) {
		if !reported[key] {
			put(&reported, key, true)
			problems = append(problems, err)
		}
	}
	last, shown := "", false
	for _, op := range c.api.Operations {
		r, ok := alternative(op, c.set.signers)
		if len(r) > 0 {
			if name := serverName(op); name != last {
				last, shown = name, c.showsCredentials(name)
			}
			if shown {
				report("server "+last, fmt.Errorf("server %s: %w", last, errPlainHTTP))
			}
		}
		if !ok && !c.set.anonymous {
			report(missing(op), fmt.Errorf("operation %s needs a credential for %s; "+
				"pass WithCredential, or WithoutCredential to call without", op.ID, missing(op)))
		}
	}
	return problems
}

// showsCredentials reports whether others could read what is sent to a server.
func (c *Caller) showsCredentials(name string) bool {
	s := c.servers.named(name)
	return s != nil && !c.set.plaintext && !confidential.URL(&url.URL{Scheme: s.scheme, Host: s.host})
}

// checkFallbacks returns an error for each fallback of an unknown operation, or of one that cannot
// have it.
func (c *Caller) checkFallbacks() []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	for id, f := range c.set.fallbacks {
		i := slices.IndexFunc(c.api.Operations, func(op *Operation) bool { return op.ID == id })
		if i < 0 {
			add("WithFallback: the API has no operation %q", id)
			continue
		}
		op := c.api.Operations[i]
		if err := f.check(op, declared(op)); err != nil {
			add("WithFallback: %w", err)
		}
	}
	return problems
}

func hasScheme(api *API, name string) bool {
	return slices.ContainsFunc(api.Schemes, func(s Scheme) bool { return s.Name == name })
}

func schemeNames(api *API) string {
	var names []string
	for _, s := range api.Schemes {
		names = append(names, s.Name)
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

// shut reports whether no further attempt may start.
func (c *Caller) shut() bool { return c.closed.Load() || c.runtime.closed.Load() }
