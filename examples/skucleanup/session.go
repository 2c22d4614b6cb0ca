package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"strings"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/documents"
	"github.com/resgen/resgen/clients/spapi/feeds"
	"github.com/resgen/resgen/examples/internal/demo"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	feedsapi "github.com/resgen/resgen/generated/spapi/feeds"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// A session holds the clients of a run, which talk to Amazon, another server or the built-in
// fake.
type session struct {
	runtime  *resilience.Runtime
	monitor  batch.Monitor // of the batches, for the status page
	stocks   fbainventory.Operations
	listings listingsitems.Operations
	feeds    *feeds.Service
	times    times
	log      *slog.Logger

	probe  func(context.Context) <-chan string // runs during the cleanup; its result is printed at the end
	closer []func() error
}

// passes is how often each SKU is tried, with the attempts of the policies each time.
const passes = 6

// open creates the clients that the flags select. It sends no request.
func open(f *flags, env func(string) string, log *slog.Logger) (*session, error) {
	if f.demo > 0 {
		return openDemo(f, log)
	}
	lwa, err := credentials(env)
	if err != nil {
		return nil, err
	}
	lwa.Endpoint = f.tokenEndpoint
	config, err := configOf(f)
	if err != nil {
		return nil, err
	}
	s := &session{times: realTimes().scaled(f.speed), probe: noProbe, log: log}
	return s, s.connect(spapi.Config{LWA: lwa, BaseURL: f.endpoint}, resilience.WithConfig(config))
}

// cleaner returns a cleaner that uses the clients.
func (s *session) cleaner(f *flags, job batch.Job, bar *progress) *cleaner {
	c := &cleaner{
		stocks: s.stocks, listings: s.listings, feeds: s.feeds, seller: f.seller, job: job, log: s.log,
		say: bar.say, show: bar.show, dry: f.demo == 0 && !f.yes, via: via(f.via), bulk: f.bulk, workers: f.workers,
		passes: passes, times: s.times, monitor: &s.monitor,
	}
	if c.dry || f.journal == noJournal {
		c.syncs = batch.SyncClose
	}
	return c
}

// connect creates the clients. opts are applied last and take precedence.
func (s *session) connect(c spapi.Config, opts ...resilience.Option) error {
	s.runtime = resilience.NewRuntime(resilience.WithRuntimeLogger(s.log))
	s.closer = append(s.closer, s.runtime.Close)
	c.Application, c.Version, c.Runtime = "skucleanup", version(), s.runtime
	account, err := spapi.New(c)
	if err != nil {
		return errors.Join(err, s.close())
	}
	s.closer = append(s.closer, account.Close)
	opts = append(append(account.Options(), resilience.WithLogger(s.log)), opts...)
	stocks, err1 := fbainventory.New(opts...)
	listings, err2 := listingsitems.New(opts...)
	client, err3 := feedsapi.New(opts...)
	if err := errors.Join(err1, err2, err3); err != nil {
		return errors.Join(err, s.close())
	}
	s.stocks, s.listings = stocks, listings
	s.feeds = &feeds.Service{
		Client:    client,
		Documents: &documents.Client{Transport: c.Transport, Loopback: isLoopback(c.BaseURL)},
		Poll:      documents.Poll{First: s.times.poll / 3, Max: 2 * s.times.poll},
	}
	return nil
}

// isLoopback reports whether a server runs on this machine, so that its documents may too.
func isLoopback(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && address.IsLoopback()
}

// serveStatus serves the status page at an address until the session is closed.
func (s *session) serveStatus(address string, say func(string, ...any)) error {
	if address == "" {
		return nil
	}
	url, stop, err := demo.Serve(address, admin.Handler(
		s.runtime, admin.WithLogger(s.log), admin.WithBatches(&s.monitor)))
	if err != nil {
		return fmt.Errorf("--status %s: %w; choose another address", address, err)
	}
	s.closer = append(s.closer, stop)
	say("status page: %s", url)
	return nil
}

// close releases everything in reverse order.
func (s *session) close() error {
	var errs []error
	for i := range s.closer {
		errs = append(errs, s.closer[len(s.closer)-1-i]())
	}
	s.closer = nil
	return errors.Join(errs...)
}

// credentials reads the environment. Its error names all missing variables, but no values.
func credentials(env func(string) string) (spapi.LWA, error) {
	var missing []string
	get := func(name string) string {
		value := env(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	lwa := spapi.LWA{ClientID: get("LWA_CLIENT_ID"), ClientSecret: auth.NewSecret(get("LWA_CLIENT_SECRET")),
		RefreshToken: auth.NewSecret(get("LWA_REFRESH_TOKEN"))}
	if len(missing) > 0 {
		return lwa, fmt.Errorf("credentials: %s not set in the environment", strings.Join(missing, ", "))
	}
	return lwa, nil
}

// configOf returns the run-time configuration: the user's, or one for a fake that runs faster.
func configOf(f *flags) (*policy.Config, error) {
	switch {
	case f.policy != "":
		return readPolicy(f.policy)
	case f.speed == 1 && f.demo == 0:
		return &policy.Config{}, nil
	}
	config, found := policyfile.DecodeConfig("policies of a fake", []byte(demoPolicy(f.speed)))
	return config, found.Err()
}

// readPolicy reads run-time configuration.
func readPolicy(path string) (*policy.Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("policy file %s: %w", path, unwrapPath(err))
	}
	config, found := policyfile.DecodeConfig(path, data)
	return config, found.Err()
}

// noProbe runs nothing.
func noProbe(context.Context) <-chan string {
	result := make(chan string)
	close(result)
	return result
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "0.1"
}
