package lint

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
)

// plainHTTP returns a finding for each server whose URL is plain http although operations of it
// have credentials. Its position is that of the first such operation.
func plainHTTP(a *api.API) diag.List {
	var found diag.List
	for i, s := range a.Servers {
		ops := slices.DeleteFunc(slices.Clone(a.Operations), func(op *api.Operation) bool {
			return !signed(op) || op.Server != s.Name && (op.Server != "" || i > 0)
		})
		if len(ops) == 0 || !exposed(s.URL) {
			continue
		}
		found.Add(diag.Diagnostic{
			Pos: ops[0].Pos, Severity: diag.Warning, Code: "plain-http",
			Subject: andMore("operation "+ops[0].ID, len(ops)-1),
			What:    "its credential is for " + s.URL + ", which shows it to others",
			Cure:    "use https; the client refuses this URL",
		})
	}
	return found
}

// signed reports whether an operation has a credential in any of its alternatives.
func signed(op *api.Operation) bool {
	return slices.ContainsFunc(op.Security, func(r api.Requirement) bool { return len(r) > 0 })
}

// exposed reports whether others can read what is sent to a server. The rule is that of the
// runtime: plain http is allowed for loopback addresses, localhost, and names that end in
// .localhost or .test.
func exposed(server string) bool {
	u, err := url.Parse(server)
	if err != nil {
		return strings.HasPrefix(strings.ToLower(server), "http:") // a variable in the port
	}
	if !strings.EqualFold(u.Scheme, "http") {
		return false
	}
	if address, err := netip.ParseAddr(u.Hostname()); err == nil {
		return !address.Unmap().IsLoopback()
	}
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), ".")
	last := labels[len(labels)-1]
	return last != "localhost" && (last != "test" || len(labels) == 1)
}
