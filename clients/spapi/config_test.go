package spapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/sellers"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

func whole() spapi.Config {
	return spapi.Config{
		LWA: spapi.LWA{
			ClientID:     "the-client",
			ClientSecret: auth.NewSecret(clientSecret),
			RefreshToken: auth.NewSecret(refreshToken),
		},
		Application: "Test", Version: "1", Region: spapi.Europe,
	}
}

func TestNew_ReportsAllErrors(t *testing.T) {
	_, err := spapi.New(spapi.Config{LWA: spapi.LWA{Endpoint: "lwa"}, Region: "mars"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"ClientID is empty", "ClientSecret is empty", "Endpoint is not a URL", `region "mars": want na, eu or fe`,
		"name and version must not be empty",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %q, want %q in it", err, want)
		}
	}
	for _, bad := range []string{"api.test", "/x", "http://%zz"} {
		config := whole()
		config.BaseURL = bad
		if _, err := spapi.New(config); err == nil || !strings.Contains(err.Error(), "BaseURL is not a URL") {
			t.Errorf("BaseURL %q: %v", bad, err)
		}
	}
	for _, bad := range []string{"lwa.test", "ftp://lwa.test/", "http:///token", "http://%zz"} {
		if _, err := spapi.NewCredential(
			spapi.LWA{ClientID: "c", ClientSecret: auth.NewSecret("s"), Endpoint: bad},
		); err == nil ||
			!strings.Contains(err.Error(), "Endpoint is not a URL") {
			t.Errorf("Endpoint %q: %v", bad, err)
		}
	}
}

// Configurations may be logged.
func TestSecrets_AreNotPrinted(t *testing.T) {
	config := whole()
	account := open(t, config)
	defer func() { _ = account.Close() }()
	for _, v := range []any{
		config, &config, config.LWA, &config.LWA, account.Credential(), account, struct{ C spapi.Config }{config},
	} {
		js, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%T as JSON: %v", v, err)
		}
		for _, text := range []string{fmt.Sprint(v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v), string(js)} {
			if strings.Contains(text, clientSecret) || strings.Contains(text, "the-refresh-token") {
				t.Errorf("%T prints its secrets: %s", v, text)
			}
		}
	}
}

func TestAccount_NameIsUniqueAndNotSecret(t *testing.T) {
	names, applications := map[string]bool{}, map[string]int{}
	for _, l := range []spapi.LWA{
		{ClientID: "c1", ClientSecret: auth.NewSecret("s"), RefreshToken: auth.NewSecret("r1")},
		{ClientID: "c1", ClientSecret: auth.NewSecret("s"), RefreshToken: auth.NewSecret("r2")},
		{
			ClientID:     "c2",
			ClientSecret: auth.NewSecret("s"),
			RefreshToken: auth.NewSecret("r1"),
		}, {ClientID: "c1", ClientSecret: auth.NewSecret("s"), Account: "shop"},
		{ClientID: "c2", ClientSecret: auth.NewSecret("s"), Account: "shop"},
	} {
		c, err := spapi.NewCredential(l)
		if err != nil {
			t.Fatal(err)
		}
		names[c.Account()] = true
		if strings.Contains(c.Account(), "r1") || len(c.Account()) > 21 {
			t.Errorf("account %q", c.Account())
		}
		applications[c.Application()]++
		if l.Account != "" && c.Account() != "shop@"+c.Application() {
			t.Errorf("account %q of application %q", c.Account(), c.Application())
		}
	}
	if len(names) != 5 || len(applications) != 2 {
		t.Errorf("accounts %v of applications %v, want five of two", names, applications)
	}
	rotated, err := spapi.NewCredential(
		spapi.LWA{ClientID: "c1", ClientSecret: auth.NewSecret("another"), RefreshToken: auth.NewSecret("r1")},
	)
	if err != nil || !names[rotated.Account()] {
		t.Errorf("a new client secret makes another account: %v, %v", rotated, err)
	}
}

// A wireTap is a round tripper that records requests and returns tokens and empty lists.
type wireTap struct{ sent []*http.Request }

func (w *wireTap) RoundTrip(r *http.Request) (*http.Response, error) {
	w.sent = append(w.sent, r)
	body := `{"payload":[]}`
	if r.URL.Host == "api.amazon.com" {
		body = `{"access_token":"t","expires_in":3600}`
	}
	return &http.Response{
		StatusCode: 200,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
		Request:    r,
	}, nil
}

// The host and the headers of requests.
func TestAccount_RegionsAndHeaders(t *testing.T) {
	for _, c := range []struct {
		region  spapi.Region
		sandbox bool
		base    string
		want    string
	}{
		{spapi.NorthAmerica, false, "", "https://sellingpartnerapi-na.amazon.com/sellers/v1/marketplaceParticipations"},
		{spapi.Europe, false, "", "https://sellingpartnerapi-eu.amazon.com/sellers/v1/marketplaceParticipations"},
		{
			spapi.FarEast, true, "",
			"https://sandbox.sellingpartnerapi-fe.amazon.com/sellers/v1/marketplaceParticipations",
		},
		{"", true, "http://127.0.0.1:8080/proxy", "http://127.0.0.1:8080/proxy/sellers/v1/marketplaceParticipations"},
	} {
		tap, config := &wireTap{}, whole()
		config.Region, config.Sandbox, config.BaseURL = c.region, c.sandbox, c.base
		config.Transport, config.Attributes = tap, []string{"Host=test"}
		account := open(t, config)
		client, err := sellers.New(account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.GetMarketplaceParticipations(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(tap.sent) != 2 || tap.sent[0].URL.String() != spapi.TokenEndpoint || tap.sent[1].URL.String() != c.want {
			t.Fatalf("%s: sent %d requests, the last to %s", c.region, len(tap.sent), tap.sent[len(tap.sent)-1].URL)
		}
		for _, r := range tap.sent {
			if agent := r.UserAgent(); !strings.HasPrefix(agent, "Test/1 (Language=Go/") ||
				!strings.HasSuffix(agent, "; Host=test)") {
				t.Errorf("%s was asked as %q", r.URL, agent)
			}
		}
		if got := tap.sent[1].Header.Get("x-amz-access-token"); got != "t" ||
			tap.sent[1].Header.Get("Authorization") != "" {
			t.Errorf("signed %q", got)
		}
		if err := account.Close(); err != nil {
			t.Error(err)
		}
		if _, err := client.GetMarketplaceParticipations(t.Context()); err == nil {
			t.Error("a call after Close succeeded")
		}
	}
}

// Restricted data tokens for the sandbox are issued by production.
func TestAccount_RestrictedTokensForTheSandbox(t *testing.T) {
	tap, config := &wireTap{}, whole()
	config.Sandbox, config.Transport = true, tap
	account := open(t, config)
	defer func() { _ = account.Close() }()
	caller, err := resilience.NewCaller(byHand(), account.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	err = (&world{plain: caller}).do(t.Context(), &getAddress, "1")
	if err == nil || !strings.Contains(err.Error(), "createRestrictedDataToken returned no token") {
		t.Errorf("the error is %v", err)
	}
	want := "https://sellingpartnerapi-eu.amazon.com/tokens/2021-03-01/restrictedDataToken"
	if last := tap.sent[len(tap.sent)-1].URL.String(); last != want {
		t.Errorf("asked %s", last)
	}
}

// A runtime from the configuration is shared and stays open; the account's clients are closed with
// it.
func TestAccount_SharesARuntime(t *testing.T) {
	runtime := resilience.NewRuntime()
	defer func() { _ = runtime.Close() }()
	tap, config := &wireTap{}, whole()
	config.Runtime, config.Transport = runtime, tap
	account := open(t, config)
	defer func() { _ = account.Close() }()
	other := open(t, config)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	closed, err := fbainventory.New(other.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := closed.GetInventorySummaries(
		t.Context(), fbainventory.GetInventorySummariesParams{GranularityID: "m", MarketplaceIDs: []string{"m"}},
	); !errors.Is(err, resilience.ErrRenewalClosed) ||
		len(tap.sent) != 0 {
		t.Errorf("a call of a closed account: %v after %d requests", err, len(tap.sent))
	}
	client, err := fbainventory.New(account.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetInventorySummaries(
		t.Context(), fbainventory.GetInventorySummariesParams{GranularityID: "m", MarketplaceIDs: []string{"m"}},
	); err == nil &&
		len(tap.sent) == 0 {
		t.Error("nothing was sent")
	} else if len(tap.sent) != 2 {
		t.Errorf("%d requests with error %v, want the token's and the call's", len(tap.sent), err)
	}
	if got := runtime.Snapshot(); len(got.Gates) != 2 || got.Gates[0].Host != got.Gates[1].Host {
		t.Errorf("the runtime has the gates %+v, want those of the call's host and account", got.Gates)
	}
	account.Options()[0] = nil
	if account.Options()[0] == nil {
		t.Error("the options can be changed from outside")
	}
}
