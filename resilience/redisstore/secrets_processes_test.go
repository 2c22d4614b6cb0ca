package redisstore_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/redisstore"
	"github.com/resgen/resgen/resilience/redisstore/redistest"
	"github.com/resgen/resgen/resilience/wire"
)

// These tests sign in with eight processes that share their tokens on a real server. The test
// binary runs itself as the processes.

// The environment of a process.
const (
	signInURL   = "RESGEN_SIGN_IN_URL"
	signInRedis = "RESGEN_SIGN_IN_REDIS"
)

// A portal is a token endpoint and an API.
type portal struct {
	mu       sync.Mutex
	n        int    // requests for access tokens
	revoked  int    // the tokens up to this one are not valid
	refresh  string // the valid refresh token
	rotates  bool   // each use of a refresh token replaces it
	needless int    // tokens issued while one was valid
	down     bool
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Path == "/token" {
		p.issue(w, r)
		return
	}
	var n int
	if _, err := fmt.Sscanf(r.Header.Get("Authorization"), "Bearer access-%d", &n); err != nil || n <= p.revoked {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (p *portal) issue(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	p.n++
	switch {
	case p.down:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case r.FormValue("refresh_token") != p.refresh:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	case p.n > p.revoked+1:
		p.needless++
	}
	if p.rotates {
		p.refresh = fmt.Sprintf("refresh-%d", p.n)
	}
	_, _ = fmt.Fprintf(w, `{"access_token":"access-%d","refresh_token":%q,"expires_in":3600}`, p.n, p.refresh)
}

// revoke makes all access tokens invalid.
func (p *portal) revoke() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked = p.n
}

// counts returns the number of token requests, and of tokens that were issued while one was valid.
func (p *portal) counts() (requests, needless int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n, p.needless
}

// A signedIn is a process of the fleet. It makes ten calls for each line of its input, and writes a
// line with the errors.
type signedIn struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startSignedIn(t *testing.T, url, addr string) *signedIn {
	t.Helper()
	cmd, in, out := startSelf(t, "TestSignInProcess", signInURL+"="+url, signInRedis+"="+addr)
	p := &signedIn{cmd: cmd, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = p.in.Close()
		_ = p.cmd.Wait()
	})
	return p
}

// results makes calls in all processes at once and returns the errors of each.
func (f *fleet) results() [][]string {
	f.t.Helper()
	for _, p := range f.processes {
		if _, err := fmt.Fprintln(p.in); err != nil {
			f.t.Fatal(err)
		}
	}
	all := make([][]string, len(f.processes))
	for i, p := range f.processes {
		if !p.out.Scan() || json.Unmarshal(p.out.Bytes(), &all[i]) != nil {
			f.t.Fatalf("process %d wrote %q", i, p.out.Text())
		}
	}
	return all
}

// TestSignInProcess is a process of the other tests.
func TestSignInProcess(t *testing.T) {
	url := os.Getenv(signInURL)
	if url == "" {
		t.Skip("runs in processes of other tests")
	}
	client := redis.NewClient(&redis.Options{Addr: os.Getenv(signInRedis), MaxRetries: -1})
	key, err := auth.NewSealKey("test", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	credential := auth.RefreshToken(auth.Endpoint{URL: url + "/token", ClientID: "client"}, "refresh-0", nil,
		auth.As("shop"), auth.WithSecretStore(redisstore.New(client).Secrets(key)))
	caller, op := portalCaller(t, url, credential)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		errs := make(chan error, 10)
		for range cap(errs) {
			go func() { errs <- resilience.Do(context.Background(), caller, op, wire.Args()) }()
		}
		texts := []string{}
		for range cap(errs) {
			if err := <-errs; err != nil {
				texts = append(texts, err.Error())
			}
		}
		line, _ := json.Marshal(texts)
		fmt.Printf("%s\n", line)
	}
}

func portalCaller(t *testing.T, url string, c resilience.Credential) (*resilience.Caller, *resilience.Operation) {
	p := policy.Default()
	p.Rate.Enabled = policy.Off
	op := &resilience.Operation{
		ID: "read", Method: "GET", Path: "/items", Policy: policy.Policy{Idempotency: policy.Safe},
		Security: []resilience.Requirement{{{Scheme: "bearer"}}},
	}
	api := &resilience.API{
		Name: "portal", Defaults: p, Operations: []*resilience.Operation{op},
		Schemes: []resilience.Scheme{{Name: "bearer", Kind: "http", HTTPScheme: "bearer"}},
	}
	caller, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithCredential(c))
	if err != nil {
		t.Fatal(err)
	}
	return caller, op
}

// A fleet is eight processes and the portal they call.
type fleet struct {
	t         *testing.T
	portal    *portal
	server    *redistest.Server
	processes []*signedIn
}

func startFleet(t *testing.T, p *portal) *fleet {
	t.Helper()
	f := &fleet{t: t, portal: p, server: redistest.Start(t)}
	p.refresh = "refresh-0"
	api := httptest.NewServer(p)
	t.Cleanup(api.Close)
	for range 8 {
		f.processes = append(f.processes, startSignedIn(t, api.URL, f.server.Addr))
	}
	return f
}

// want makes calls, of which none must fail, and checks the number of token requests.
func (f *fleet) want(what string, least, most int) {
	f.t.Helper()
	before, excess := f.portal.counts()
	for i, errs := range f.results() {
		for _, err := range errs {
			f.t.Errorf("%s: process %d: %s", what, i, err)
		}
	}
	requests, needless := f.portal.counts()
	if n := requests - before; n < least || n > most {
		f.t.Errorf("%s: %d token requests, want %d to %d", what, n, least, most)
	}
	if n := needless - excess; most == 1 && n > 0 {
		f.t.Errorf("%s: %d tokens were issued while one was valid", what, n)
	}
}

// A token that ends in eight processes at once is renewed once.
func TestSecrets_EightProcesses(t *testing.T) {
	f := startFleet(t, &portal{rotates: true})
	f.want("the first sign-in", 1, 1)
	for range 5 {
		f.want("with a valid token", 0, 0)
		f.portal.revoke()
		f.want("after an expiry", 1, 1)
	}
	f.server.Pause()
	f.want("while the server hangs, with a valid token", 0, 0)
	f.server.Resume()
	f.portal.revoke()
	f.want("after it hung", 1, 1)
}

// Without a server, each process signs in for itself, and no call fails. They share again when
// there is one.
func TestSecrets_EightProcessesWithoutAServer(t *testing.T) {
	f := startFleet(t, &portal{})
	f.want("at first", 1, 1)
	f.server.Pause()
	f.portal.revoke()
	f.want("while the server hangs", 8, 8)
	f.server.Kill()
	f.portal.revoke()
	f.want("without the server", 8, 8)
	f.server.Restart()
	f.portal.revoke()
	f.want("with an empty server", 1, 1)
}

// While the token endpoint is down, one process asks it for all.
func TestSecrets_EightProcessesWithoutAnEndpoint(t *testing.T) {
	f := startFleet(t, &portal{down: true})
	for i, errs := range f.results() {
		if len(errs) != 10 {
			t.Errorf("process %d: %d errors, want 10", i, len(errs))
		}
		for _, err := range errs {
			if !strings.Contains(err, "status 503") {
				t.Errorf("process %d: %s", i, err)
			}
		}
	}
	// four attempts of one process, and single ones after a rest for processes that are slow
	if n, _ := f.portal.counts(); n < 4 || n > 4+3 {
		t.Errorf("%d token requests, want those of one process", n)
	}
}
