package fault

// This file has the errors of proxies. A proxy that does not open a connection to the server has
// sent nothing to it.

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// A ConnectError is the answer of a proxy that did not open a tunnel.
type ConnectError struct{ Status int }

func (e *ConnectError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("CONNECT failed with status %d %s", e.Status, http.StatusText(e.Status)))
}

// A ProxyError is a failure to connect through a proxy.
type ProxyError struct {
	Proxy string // its address
	Err   error
}

func (e *ProxyError) Error() string { return "proxy " + e.Proxy + ": " + e.Err.Error() }
func (e *ProxyError) Unwrap() error { return e.Err }

// ViaProxy adds the address of a proxy to the error of a connection that was not established. An
// empty address means that there is no proxy.
func ViaProxy(f Fault, err error, proxy string) error {
	if proxy == "" || f != Dial && f != Proxy {
		return err
	}
	return &ProxyError{proxy, err}
}

// connectStatus returns the status with which a proxy refused a tunnel, or 0 if err is not such a
// refusal. A transport that does not use [ConnectError] has an error with the status text alone.
func connectStatus(err error) int {
	var refused *ConnectError
	if errors.As(err, &refused) {
		return refused.Status
	}
	for status := 300; status < 600; status++ {
		if text := http.StatusText(status); text != "" && text == err.Error() {
			return status
		}
	}
	return 0
}

// finalReplies are the replies of a SOCKS proxy, and errors of its sign-in, that a retry does not
// change.
var finalReplies = []string{
	"connection not allowed by ruleset", "command not supported", "address type not supported",
	"authentication failed", "no acceptable authentication methods", "invalid username/password",
	"unsupported authentication method",
}

// refusedByProxy reports whether a proxy refused the connection for a reason that remains: its
// rules, or missing credentials.
func refusedByProxy(err error) bool {
	switch status := connectStatus(err); {
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status == 0, status >= 500:
	default:
		return true
	}
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "socks connect" {
		return false
	}
	text := op.Err.Error()
	return slices.ContainsFunc(finalReplies, func(reply string) bool { return strings.Contains(text, reply) })
}
