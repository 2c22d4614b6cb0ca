package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/examples/internal/demo"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// openDemo starts the fake on a loopback port and connects to it. The fake's clock runs
// --speed times as fast as the real one; run-time configuration speeds up the client's policies to
// match.
func openDemo(f *flags, log *slog.Logger) (*session, error) {
	s := &session{log: log, times: realTimes().scaled(f.speed)}
	f.seller, f.stores = "DEMOSELLER", []string{"ATVPDKIKX0DER"}
	opts := spapitest.Options{
		Stock: demoStock(demoSKUs(f.demo)), Speed: f.speed, Faults: f.faults, Seed: f.seed,
		Outage: f.outage, OutageAfter: 5 * time.Second, SignInOutage: f.signIn, WorkTime: time.Minute,
	}
	if f.serverLog != "" {
		file, err := demo.Create(f.serverLog)
		if err != nil {
			return nil, fmt.Errorf("server log %s: %w", f.serverLog, unwrapPath(err))
		}
		lines := bufio.NewWriter(file)
		opts.Log = lines
		s.closer = append(s.closer, file.Close, lines.Flush)
	}
	base, err := s.serve(spapitest.New(opts))
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	c := spapi.Config{
		LWA: spapi.LWA{ClientID: "demo", ClientSecret: auth.NewSecret("demo"), RefreshToken: auth.NewSecret("demo"),
			Endpoint: base + "/auth/o2/token"},
		BaseURL: base,
	}
	config, err := configOf(f)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.probe = func(ctx context.Context) <-chan string { return createDocument(ctx, c, log) }
	return s, s.connect(c, resilience.WithConfig(config))
}

// serve serves h on a loopback port until the session is closed and returns its URL.
func (s *session) serve(h http.Handler) (string, error) {
	url, stop, err := demo.Serve("127.0.0.1:0", h)
	if err != nil {
		return "", err
	}
	s.closer = append(s.closer, stop)
	return url, nil
}

// demoSKUs returns n SKUs in the various forms that sellers use.
func demoSKUs(n int) []string {
	forms := []string{"SKU-%05d", "sku %05d", "A/%05d", "50%%2F%05d", "café-%05d", "B,%05d", "sku+%05d&x=1", "%05d"}
	skus := make([]string, n)
	for i := range skus {
		form := forms[0]
		if i%10 == 9 {
			form = forms[i/10%len(forms)]
		}
		skus[i] = fmt.Sprintf(form, i+1)
	}
	return skus
}

// demoStock returns the stock of each SKU: none for every second one.
func demoStock(skus []string) map[string]int {
	stock := map[string]int{}
	for i, sku := range skus {
		stock[sku] = (i % 2) * (i%7 + 1)
	}
	return stock
}

// demoAPIs has the operations of each API whose quotas the fake has.
var demoAPIs = map[string][]string{
	"fbainventory":  {spapitest.GetInventorySummaries},
	"listingsitems": {spapitest.DeleteListingsItem, spapitest.GetListingsItem, spapitest.SearchListingsItems},
	"feeds": {
		spapitest.CreateFeedDocument, spapitest.CreateFeed, spapitest.GetFeed, spapitest.GetFeedDocument,
	},
}

// demoPolicy returns a configuration that is speed times as fast as the checked-in policies. Each
// burst is one less than documented, because scheduling delays weigh more when time runs faster.
func demoPolicy(speed float64) string {
	fast := func(d time.Duration) time.Duration { return max(time.Millisecond, time.Duration(float64(d)/speed)) }
	var text strings.Builder
	text.WriteString("apis:\n")
	for _, api := range slices.Sorted(maps.Keys(demoAPIs)) {
		fmt.Fprintf(&text, `  %s:
    defaults:
      retry:
        throttle: {base: %s, max: %s}
        server: {base: %s, max: %s}
        connection: {base: %s, max: %s}
      breaker: {window: %s, open: %s, max-open: %s}
    operations:
`, api,
			fast(time.Second), fast(time.Minute), fast(500*time.Millisecond), fast(30*time.Second),
			fast(100*time.Millisecond), fast(5*time.Second),
			fast(time.Minute), fast(30*time.Second), fast(5*time.Minute))
		for _, name := range demoAPIs[api] {
			r := spapitest.DocumentedRates()[name]
			fmt.Fprintf(&text, "      %s: {rate: {per-second: %g, burst: %d}}\n", name, r.PerSecond*speed,
				max(1, r.Burst-1))
		}
	}
	return text.String()
}

// createFeedDocument describes an unsafe operation by hand. Every call creates another document, so
// it is only retried if the server provably did not run it.
var createFeedDocument = resilience.Operation{
	ID: "createFeedDocument", Method: http.MethodPost, Path: "/feeds/2021-06-30/documents",
	Body: &wire.Body{Media: "application/json", Format: wire.JSON, Required: true},
	Success: []wire.Outcome{{Status: http.StatusCreated, Media: "application/json",
		Decode: wire.JSONAs[map[string]string]}},
	Security: []resilience.Requirement{{{Scheme: "accessToken"}}},
	Policy:   policy.Policy{Idempotency: policy.Unsafe, Why: "every call creates another document"},
}

// createDocument makes one unsafe call under the same faults and returns a description of the
// result.
func createDocument(ctx context.Context, c spapi.Config, log *slog.Logger) <-chan string {
	result := make(chan string, 1)
	go func() { result <- createDocumentOnce(ctx, c, log) }()
	return result
}

func createDocumentOnce(ctx context.Context, c spapi.Config, log *slog.Logger) string {
	c.Application, c.Version = "skucleanup", version()
	account, err := spapi.New(c)
	if err != nil {
		return err.Error()
	}
	defer account.Close()
	api := resilience.API{
		Name: "feeds",
		Schemes: []resilience.Scheme{{Name: "accessToken", Kind: "apiKey", In: wire.Header,
			Parameter: "x-amz-access-token"}},
		Defaults:   policy.Default(),
		Operations: []*resilience.Operation{&createFeedDocument},
	}
	caller, err := resilience.NewCaller(&api, append(account.Options(), resilience.WithLogger(log))...)
	if err != nil {
		return err.Error()
	}
	var info resilience.Info
	_, err = resilience.Call[map[string]string](ctx, caller, &createFeedDocument,
		wire.Args().With(map[string]string{"contentType": "application/json"}), resilience.WithInfo(&info))
	var failure *resilience.Error
	switch {
	case err == nil:
		return fmt.Sprintf("unsafe createFeedDocument: done with %d request(s)", len(info.Attempts))
	case errors.As(err, &failure) && failure.MayHaveApplied:
		return "unsafe createFeedDocument: may have been applied, so it was not sent again: " + reason(err)
	}
	return "unsafe createFeedDocument: " + reason(err)
}

// reason returns the error's text in one line.
func reason(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
