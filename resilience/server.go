package resilience

import (
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

// resolveServers returns the servers of an API. Options override the document.
func resolveServers(api *API, set *settings) (servers, []error) {
	texts, problems := serverTexts(api, set)
	list := make(servers, 0, len(texts))
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		s, err := parseServer(texts[name])
		if err != nil {
			problems = append(problems, fmt.Errorf("server %s: %w", name, err))
			continue
		}
		s.name = name
		list = append(list, s)
	}
	if len(problems) == 0 {
		problems = uncovered(api, list)
	}
	return list, problems
}

// serverTexts returns the URL of each server: from an option, or from the document with its
// variables expanded.
func serverTexts(api *API, set *settings) (map[string]string, []error) {
	texts := map[string]string{}
	var problems []error
	known := map[string]bool{}
	for i, s := range api.Servers {
		for name := range s.Variables {
			known[name] = true
		}
		text, err := expand(s, set.variables)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		texts[s.Name] = text
		if i == 0 && texts[defaultServer] == "" {
			texts[defaultServer] = text
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set.variables)) {
		if !known[name] {
			problems = append(problems, fmt.Errorf("WithServerVariable: no server has a variable %q", name))
		}
	}
	for name, text := range set.servers {
		if !usesServer(api, name) {
			problems = append(problems, fmt.Errorf("WithServer: the API has no server %q", name))
		}
		texts[name] = text
	}
	if set.baseURL != "" {
		texts[defaultServer] = set.baseURL
	}
	return texts, problems
}

// usesServer reports whether the document or an operation names the server.
func usesServer(api *API, name string) bool {
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
		return server{}, fmt.Errorf("want an absolute http or https URL, got %q; pass WithBaseURL or WithServer",
			redact.URL(text))
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

// uncovered returns an error for each server that operations name and that has no URL.
func uncovered(api *API, list servers) []error {
	var problems []error
	var reported map[string]bool
	last := ""
	for _, op := range api.Operations {
		name := serverName(op)
		if name == last {
			continue
		}
		last = name
		if list.named(name) != nil || reported[name] {
			continue
		}
		put(&reported, name, true)
		problems = append(problems, fmt.Errorf("operation %s: no URL for server %q; pass WithBaseURL or WithServer",
			op.ID, name))
	}
	return problems
}

func serverName(op *Operation) string {
	if op.Server == "" {
		return defaultServer
	}
	return op.Server
}

func hasCookieScheme(api *API) bool {
	return slices.ContainsFunc(api.Schemes, func(s Scheme) bool { return s.In == wire.Cookie })
}
