package resilience

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/wire"
)

// defaultServer is the name of the server for operations that name none.
const defaultServer = "default"

// A server is a parsed base URL.
type server struct {
	name         string
	scheme, host string
	path         string // escaped, without a trailing slash
	origin       string // scheme and host
}

// servers are the servers of an API. There are few, and a list of them is small.
type servers []server

// named returns the server with a name, or nil.
func (list servers) named(name string) *server {
	for i := range list {
		if list[i].name == name {
			return &list[i]
		}
	}
	return nil
}

// resolveServers returns the servers that operations of an API use. Options override the document.
func resolveServers(api *API, set *settings) (servers, []error) {
	d, problems := documentedServers(api, set.variables)
	problems = append(problems, checkServerOptions(api, set)...)
	if len(problems) > 0 {
		return nil, problems
	}
	var list servers
	for _, name := range usedServers(api) {
		s, err := d.resolve(name, set)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.name, s.origin = name, s.scheme+"://"+s.host
		list = append(list, s)
	}
	return list, problems
}

// checkServerOptions returns an error for each option that names an unknown server or variable, or
// has a URL that cannot be a server's.
func checkServerOptions(api *API, set *settings) []error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(set.variables)) {
		if !slices.ContainsFunc(api.Servers, func(s Server) bool { _, ok := s.Variables[name]; return ok }) {
			problems = append(problems, fmt.Errorf("WithServerVariable: no server has a variable %q", name))
		}
	}
	if set.baseURL != "" {
		if _, err := parseServer(set.baseURL); err != nil {
			problems = append(problems, fmt.Errorf("WithBaseURL: %w", err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set.servers)) {
		if !namesServer(api, name) {
			problems = append(problems, fmt.Errorf("WithServer: the API has no server %q", name))
		}
		if _, err := parseServer(set.servers[name]); err != nil {
			problems = append(problems, fmt.Errorf("WithServer: server %s: %w", name, err))
		}
	}
	return problems
}

// documented has the URLs of the servers of a document by their names. Variables are expanded.
type documented map[string]string

// documentedServers returns the servers of a document. The first one is also the default server if
// none has that name.
func documentedServers(api *API, variables map[string]string) (documented, []error) {
	d := documented{}
	var problems []error
	for i, s := range api.Servers {
		text, err := expand(s, variables)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		d[s.Name] = text
		if i == 0 && d[defaultServer] == "" {
			d[defaultServer] = text
		}
	}
	return d, problems
}

// resolve returns a server: the one of WithServer, or that of WithBaseURL for an absolute URL of
// the document, or that of the document. Relative URLs are resolved against the base URL.
func (d documented) resolve(name string, set *settings) (server, error) {
	text, given := set.servers[name]
	if !given {
		text = d[name]
	}
	base := set.baseURL
	switch {
	case given:
	case base != "" && d.replaced(name):
		text = base
	case name != defaultServer && text != "" && isRelative(text):
		if base == "" {
			base = cmp.Or(set.servers[defaultServer], d[defaultServer])
		}
		text = joinURL(base, text)
	}
	if text == "" || isRelative(text) {
		return server{}, fmt.Errorf("server %s: %w; pass WithBaseURL or WithServer", name, noURL(text))
	}
	s, err := parseServer(text)
	if err != nil {
		return server{}, fmt.Errorf("server %s: %w", name, err)
	}
	return s, nil
}

// replaced reports whether WithBaseURL replaces the URL of a server: all but the relative URLs of
// servers of operations.
func (d documented) replaced(name string) bool {
	u, err := url.Parse(d[name])
	return name == defaultServer || d[name] == "" || err != nil || u.Scheme != "" || u.Host != ""
}

// isRelative reports whether a URL has no scheme.
func isRelative(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == ""
}

// joinURL resolves a relative URL against a base URL as in RFC 3986, section 5.2. It returns the
// relative URL if there is no absolute base URL.
func joinURL(base, relative string) string {
	b, err := url.Parse(base)
	if err != nil || b.Host == "" {
		return relative
	}
	u, err := b.Parse(relative)
	if err != nil {
		return relative
	}
	return u.String()
}

// noURL returns the error for a server whose URL in the document is relative or missing.
func noURL(text string) error {
	if text == "" {
		return errors.New("the document has no URL")
	}
	return notAbsolute(text)
}

func notAbsolute(text string) error {
	return fmt.Errorf("want an absolute http or https URL, got %q", redact.URL(text))
}

// collapsed returns the servers that operations use and whose URLs WithBaseURL replaces, with the
// paths of these URLs. It returns nil if all paths are the same.
func collapsed(api *API, set *settings) []string {
	if set.baseURL == "" || len(api.Servers) < 2 {
		return nil
	}
	d, _ := documentedServers(api, set.variables)
	var list []string
	paths := map[string]bool{}
	for _, name := range usedServers(api) {
		if _, given := set.servers[name]; given || d[name] == "" || !d.replaced(name) {
			continue
		}
		path := pathOf(d[name])
		paths[path] = true
		list = append(list, name+" "+path)
	}
	if len(paths) < 2 {
		return nil
	}
	return list
}

// pathOf returns the path of the URL of a server without a trailing slash, at least a slash.
func pathOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "/"
	}
	return cmp.Or(strings.TrimRight(u.EscapedPath(), "/"), "/")
}

// usedServers returns the sorted names of the servers that operations use. Most operations have the
// server of the one before.
func usedServers(api *API) []string {
	used := map[string]bool{}
	last := ""
	for _, op := range api.Operations {
		if name := serverName(op); name != last {
			used[name], last = true, name
		}
	}
	return slices.Sorted(maps.Keys(used))
}

// namesServer reports whether the document or an operation names the server.
func namesServer(api *API, name string) bool {
	return name == defaultServer ||
		slices.ContainsFunc(api.Servers, func(s Server) bool { return s.Name == name }) ||
		slices.ContainsFunc(api.Operations, func(op *Operation) bool { return op.Server == name })
}

// parseServer parses and checks a base URL.
func parseServer(text string) (server, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return server{}, errors.New("the URL cannot be parsed; want https://host/path")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return server{}, notAbsolute(text)
	case u.User != nil:
		return server{}, errors.New("the URL holds a user name or password; pass WithCredential instead")
	case u.RawQuery != "" || u.Fragment != "":
		return server{}, errors.New("the URL has a query or fragment; leave it out")
	}
	return server{scheme: u.Scheme, host: hostOf(u), path: strings.TrimRight(u.EscapedPath(), "/")}, nil
}

// hostOf returns the host of a URL in lower case, without the default port of its scheme, so that
// all spellings share connections and circuits.
func hostOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "" || port == defaultPorts[u.Scheme] {
		host = strings.TrimSuffix(strings.TrimSuffix(host, port), ":")
	}
	return host
}

var defaultPorts = map[string]string{"http": "80", "https": "443"}

func serverName(op *Operation) string {
	if op.Server == "" {
		return defaultServer
	}
	return op.Server
}

func hasCookieScheme(api *API) bool {
	return slices.ContainsFunc(api.Schemes, func(s Scheme) bool { return s.In == wire.Cookie })
}
