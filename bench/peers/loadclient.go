package main

import (
	"crypto/tls"
	"log/slog"
	"net/http"

	"github.com/resgen/resgen/bench/peers/bin/ours"
	"github.com/resgen/resgen/resilience"
)

// loadClient returns the call that gets a tool from the server, with the client of resgen or with
// the one written by hand, and what closes it.
func loadClient(s *server, p protocol, own bool) (c call, end func(), err error) {
	var config *tls.Config
	if p.tls {
		config = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	}
	if !own {
		t := &http.Transport{
			MaxIdleConnsPerHost: workers, TLSClientConfig: config, ForceAttemptHTTP2: p.http2,
		}
		calls, err := hand(s.URL, t)
		return calls[getTool], t.CloseIdleConnections, err
	}
	runtime := resilience.NewRuntime(
		resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)), resilience.WithTLS(config),
	)
	client, err := ours.New(resilience.WithBaseURL(s.URL), resilience.WithRuntime(runtime))
	if err != nil {
		_ = runtime.Close()
		return nil, nil, err
	}
	return resgenCalls(client)[getTool], func() { _ = runtime.Close() }, nil
}
