package documents

// This file decides which URLs and addresses are contacted. URLs come from responses of the API,
// which must not direct a client to addresses in the network of the program.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// special lists the networks that are neither public nor covered by the methods of netip.Addr, from
// the registries of special-purpose addresses (RFC 6890) and the documentation of clouds.
var special = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"168.63.129.16/32", // platform services of Azure
	"2001::/23", "2001:db8::/32", "3fff::/20",
)

// allocated lists the networks of IPv6 that have public addresses (RFC 4291, section 2.4), with
// those of NAT64.
var allocated = prefixes("2000::/3", "64:ff9b::/96")

// embedding lists the networks whose addresses contain an IPv4 address, and the byte where it
// begins.
var embedding = map[netip.Prefix]int{
	netip.MustParsePrefix("64:ff9b::/96"): 12, // NAT64
	netip.MustParsePrefix("2002::/16"):    2,  // 6to4
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// public reports whether an address belongs to the public internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" || within(special, a) ||
		a.Is6() && !within(allocated, a) {
		return false
	}
	for p, at := range embedding {
		if p.Contains(a) {
			b := a.As16()
			return public(netip.AddrFrom4([4]byte(b[at : at+4])))
		}
	}
	return true
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// checkAddress returns an error unless the address may be contacted.
func (c *Client) checkAddress(a netip.Addr) error {
	a = a.Unmap()
	if public(a) || within(c.Networks, a) || c.Loopback && a.IsLoopback() {
		return nil
	}
	return forbidden("address %s is not public; if it is right, list it in Client.Networks", a)
}

// checkURL returns an error unless the URL may be requested. The addresses behind a name are
// checked later, when they are dialed.
func (c *Client) checkURL(u *url.URL) error {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	switch {
	case u.Scheme != "https" && !(u.Scheme == "http" && c.Loopback):
		return forbidden("its URL is not https")
	case len(c.Hosts) > 0 && !listed(c.Hosts, host):
		return forbidden("its host is not in Client.Hosts")
	case !c.Loopback && (host == "localhost" || strings.HasSuffix(host, ".localhost")):
		return forbidden("its host is this computer")
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return c.checkAddress(a)
	}
	if strings.IndexFunc(host, func(r rune) bool { return r > '~' }) >= 0 {
		return forbidden("its host is not ASCII") // it may become an address or another name
	}
	if numeric(host) {
		return forbidden("its host is an address in an unusual form")
	}
	return nil
}

// listed reports whether a host is in a list of names and patterns.
func listed(hosts []string, host string) bool {
	for _, h := range hosts {
		h = strings.ToLower(strings.TrimSuffix(h, "."))
		if suffix, ok := strings.CutPrefix(h, "*."); ok && strings.HasSuffix(host, "."+suffix) || h == host {
			return true
		}
	}
	return false
}

// numeric reports whether the last label of a host is a number, as in 127.1 or 0x7f000001. Some
// resolvers read such names as addresses.
func numeric(host string) bool {
	last := host[strings.LastIndex(host, ".")+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// forbidden returns an error of a URL or address that must not be contacted.
func forbidden(format string, args ...any) *Error {
	return &Error{Reason: Forbidden, note: fmt.Sprintf(format, args...)}
}

// transport returns the round tripper for a request.
func (c *Client) transport(r *http.Request) (http.RoundTripper, error) {
	if c.Transport != nil {
		return c.Transport, nil
	}
	proxy, err := http.ProxyFromEnvironment(r)
	if err != nil {
		return nil, errors.New("the proxy in the environment is not usable") // err would show it
	}
	return c.through(proxy), nil
}

// through returns a transport that uses the proxy, if there is one. Otherwise addresses are checked
// when they are dialed, which is after name resolution, so that a name cannot change its address in
// between. A proxy resolves names by itself; its own address is not checked.
func (c *Client) through(proxy *url.URL) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout}
	if proxy == nil {
		dialer.ControlContext = c.control
	}
	return &http.Transport{
		Proxy:               http.ProxyURL(proxy),
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		DisableKeepAlives:   true,
		DisableCompression:  true,
		TLSHandshakeTimeout: dialTimeout,
	}
}

const dialTimeout = 10 * time.Second

// control checks an address before it is dialed.
func (c *Client) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return forbidden("its address is not usable")
	}
	return c.checkAddress(to.Addr())
}
