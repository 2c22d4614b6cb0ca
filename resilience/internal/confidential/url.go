package confidential

import (
	"net/netip"
	"net/url"
	"strings"
)

// URL reports whether secrets may be sent to a URL. Schemes other than http are not examined.
func URL(u *url.URL) bool { return !strings.EqualFold(u.Scheme, "http") || Local(u.Hostname()) }

// Local reports whether a host is this machine: a loopback address, localhost or a name below it,
// or a name below test, which exists in tests only (RFC 6761, sections 6.2 and 6.3).
func Local(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().IsLoopback()
	}
	name := strings.TrimSuffix(host, ".")
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
		if strings.EqualFold(name, "test") {
			return true
		}
	}
	return strings.EqualFold(name, "localhost")
}
