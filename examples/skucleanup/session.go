package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// A session holds the clients of a run, which talk to Amazon, another server or the built-in
// fake.
type session struct {
	stock    fbainventory.Operations
	listings listingsitems.Operations
	patience time.Duration
	log      *slog.Logger

	probe  func(context.Context) <-chan string // runs during the cleanup; its result is printed at the end
	closer []func() error
}

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
	config, err := readPolicy(f.policy)
	if err != nil {
		return nil, err
	}
	s := &session{patience: 5 * time.Minute, probe: noProbe, log: log}
	return s, s.connect(spapi.Config{LWA: lwa, BaseURL: f.endpoint}, func(string) resilience.Option {
		return resilience.WithConfig(config)
	})
}

// connect creates the clients. opts are applied last and take precedence.
func (s *session) connect(c spapi.Config, opts ...func(api string) resilience.Option) error {
	c.Application, c.Version = "skucleanup", version()
	account, err := spapi.New(c)
	if err != nil {
		return err
	}
	s.closer = append(s.closer, account.Close)
	with := func(api string) []resilience.Option {
		all := append(account.Options(), resilience.WithLogger(s.log))
		for _, o := range opts {
			all = append(all, o(api))
		}
		return all
	}
	stock, err := fbainventory.New(with("fbainventory")...)
	if err != nil {
		return errors.Join(err, s.close())
	}
	listings, err := listingsitems.New(with("listingsitems")...)
	if err != nil {
		return errors.Join(err, s.close())
	}
	s.stock, s.listings = stock, listings
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

// readPolicy reads run-time configuration. Without a path, it returns one that changes nothing.
func readPolicy(path string) (*policy.Config, error) {
	if path == "" {
		return &policy.Config{}, nil
	}
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
