package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// A rotator is a token endpoint that replaces the refresh token with each use and accepts only the
// newest.
type rotator struct {
	current string
	keeps   bool     // it issues no new token
	used    []string // refresh tokens that were sent
	n       int
}

func (r *rotator) RoundTrip(req *http.Request) (*http.Response, error) {
	_ = req.ParseForm()
	used := req.PostForm.Get("refresh_token")
	r.used = append(r.used, used)
	if used != r.current {
		return answered(req, 400, `{"error":"invalid_grant"}`), nil
	}
	r.n++
	if r.keeps {
		return answered(req, 200, fmt.Sprintf(`{"access_token":"a%d","expires_in":60}`, r.n)), nil
	}
	r.current = fmt.Sprintf("r%d", r.n)
	return answered(req, 200,
		fmt.Sprintf(`{"access_token":"a%d","expires_in":60,"refresh_token":%q}`, r.n, r.current)), nil
}

func answered(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

func (r *rotator) endpoint() auth.Endpoint {
	return auth.Endpoint{URL: "https://token.example", ClientID: "c", Transport: r}
}

// A shelf is a store of tokens.
type shelf struct {
	mu      sync.Mutex
	token   string
	loadErr error
	swapErr error
	log     []string
}

func (s *shelf) Load(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token, s.loadErr
}

func (s *shelf) Swap(_ context.Context, old, new string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	swapped := s.swapErr == nil && (s.token == "" || s.token == old)
	s.log = append(s.log, fmt.Sprint(old, ">", new, " ", swapped))
	if swapped {
		s.token = new
	}
	return swapped, s.swapErr
}

// takes fetches one token and compares it.
func takes(t *testing.T, r *auth.Refresher, want string) {
	t.Helper()
	token, expiry, err := r.Token(t.Context())
	if token != want || err != nil || expiry.IsZero() {
		t.Errorf("got %q until %s, %v, want %q", token, expiry, err, want)
	}
}

func sent(t *testing.T, r *rotator, want string) {
	t.Helper()
	if got := strings.Join(r.used, " "); got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	r.used = nil
}

// The server's new refresh token replaces the old one (RFC 6749, section 6), also without a store.
func TestRefreshToken_Rotates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &rotator{current: "r0"}
		token := auth.RefreshToken(server.endpoint(), "r0", []string{"read", "write"})
		for i := range 4 {
			got, err := token.Secret(t.Context(), struct{}{})
			if got != fmt.Sprintf("a%d", i+1) || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
			time.Sleep(time.Minute)
		}
		sent(t, server, "r0 r1 r2 r3")
	})
}

func TestRefresher_WithoutRotation(t *testing.T) {
	server, store := &rotator{current: "r0", keeps: true}, &shelf{}
	r := auth.NewRefresher(server.endpoint(), "r0", auth.WithTokenStore(store))
	takes(t, r, "a1")
	takes(t, r, "a2")
	sent(t, server, "r0 r0")
	if len(store.log) != 0 {
		t.Errorf("stored %v, want nothing", store.log)
	}
}

// Each new token is stored in place of the one that was used. Another process continues with it.
func TestRefresher_Stores(t *testing.T) {
	server, store := &rotator{current: "r0"}, &shelf{}
	r := auth.NewRefresher(server.endpoint(), "r0", auth.WithTokenStore(store))
	takes(t, r, "a1")
	takes(t, r, "a2")
	later := auth.NewRefresher(server.endpoint(), "r0", auth.WithTokenStore(store))
	takes(t, later, "a3")
	takes(t, r, "a4") // the other process has replaced its token meanwhile
	sent(t, server, "r0 r1 r2 r3")
	if got := strings.Join(store.log, ", "); got != "r0>r1 true, r1>r2 true, r2>r3 true, r3>r4 true" {
		t.Errorf("stored %s", got)
	}
}

// A token that cannot be stored is used nevertheless and stored before the next request.
func TestRefresher_StoreFails(t *testing.T) {
	server, store := &rotator{current: "r0"}, &shelf{swapErr: errors.New("disk full")}
	r := auth.NewRefresher(server.endpoint(), "r0", auth.WithTokenStore(store))
	takes(t, r, "a1")
	takes(t, r, "a2")
	store.swapErr = nil
	takes(t, r, "a3")
	sent(t, server, "r0 r1 r2")
	want := "r0>r1 false, r0>r1 false, r0>r2 false, r0>r2 true, r2>r3 true"
	if got := strings.Join(store.log, ", "); got != want || store.token != "r3" {
		t.Errorf("stored %s, want %s", got, want)
	}
}

// If the store cannot be read, nothing is sent, because another process may have the current token.
func TestRefresher_LoadFails(t *testing.T) {
	server, store := &rotator{current: "r0"}, &shelf{loadErr: errors.New("no network")}
	r := auth.NewRefresher(server.endpoint(), "r0", auth.WithTokenStore(store))
	_, _, err := r.Token(t.Context())
	if !errors.Is(err, store.loadErr) || !strings.Contains(err.Error(), "the refresh token cannot be loaded") {
		t.Errorf("got %v", err)
	}
	sent(t, server, "")
	shows := &shelf{loadErr: errors.New("row the-first-token is locked")}
	_, _, err = auth.NewRefresher(server.endpoint(), "the-first-token", auth.WithTokenStore(shows)).Token(t.Context())
	if err == nil || strings.Contains(err.Error(), "the-first-token") {
		t.Errorf("got %v", err)
	}
	token := auth.RefreshToken(server.endpoint(), "r0", nil, auth.WithTokenStore(store))
	if _, err := token.Secret(t.Context(), struct{}{}); !errors.Is(err, resilience.ErrSignInUnavailable) {
		t.Errorf("got %v", err)
	}
}

// raced is a store in which another process stores its token during a request.
type raced struct{ *shelf }

func (s raced) Swap(ctx context.Context, old, new string) (bool, error) {
	s.token = "other"
	return s.shelf.Swap(ctx, old, new)
}

// If another process has stored a token meanwhile, that one is used next.
func TestRefresher_LosesARace(t *testing.T) {
	server, store := &rotator{current: "r0"}, raced{&shelf{}}
	r := auth.NewRefresher(server.endpoint(), "r0", auth.WithTokenStore(store))
	takes(t, r, "a1")
	if got := strings.Join(store.log, ", "); got != "r0>r1 false" || store.token != "other" {
		t.Errorf("stored %s", got)
	}
	server.current = "other"
	takes(t, r, "a2")
	sent(t, server, "r0 other")
}

// overtaken is a token endpoint during whose first request another process stores its token.
type overtaken struct {
	*rotator
	store *shelf
}

func (o overtaken) RoundTrip(r *http.Request) (*http.Response, error) {
	o.store.mu.Lock()
	o.store.token = o.current
	o.store.mu.Unlock()
	return o.rotator.RoundTrip(r)
}

// A refused token is replaced by that of the store, otherwise by the one that was given: it is
// newer if a person has authorized the application again.
func TestRefresher_RefusedToken(t *testing.T) {
	t.Run("another process was faster", func(t *testing.T) {
		server, store := &rotator{current: "r9"}, &shelf{token: "r0"}
		e := server.endpoint()
		e.Transport = overtaken{server, store}
		takes(t, auth.NewRefresher(e, "r0", auth.WithTokenStore(store)), "a1")
		sent(t, server, "r0 r9")
	})
	t.Run("authorized again", func(t *testing.T) {
		server, store := &rotator{current: "new"}, &shelf{token: "old"}
		takes(t, auth.NewRefresher(server.endpoint(), "new", auth.WithTokenStore(store)), "a1")
		sent(t, server, "old new")
		if got := strings.Join(store.log, ", "); got != "old>r1 true" {
			t.Errorf("stored %s", got)
		}
	})
	t.Run("authorized again, without rotation", func(t *testing.T) {
		server, store := &rotator{current: "new", keeps: true}, &shelf{token: "old"}
		r := auth.NewRefresher(server.endpoint(), "new", auth.WithTokenStore(store))
		takes(t, r, "a1")
		takes(t, r, "a2")
		sent(t, server, "old new new")
		if got := strings.Join(store.log, ", "); got != "old>new true" {
			t.Errorf("stored %s", got)
		}
	})
	t.Run("both are refused", func(t *testing.T) {
		server, store := &rotator{current: "none"}, &shelf{token: "old"}
		r := auth.NewRefresher(server.endpoint(), "new", auth.WithTokenStore(store))
		for range 2 {
			_, _, err := r.Token(t.Context())
			if !errors.Is(err, resilience.ErrCredentialRefused) {
				t.Errorf("got %v", err)
			}
		}
		sent(t, server, "old new old new")
		if len(store.log) != 0 {
			t.Errorf("stored %v, want nothing that was refused", store.log)
		}
	})
	t.Run("without a store", func(t *testing.T) {
		server := &rotator{current: "none"}
		if _, _, err := auth.NewRefresher(server.endpoint(), "r0").Token(t.Context()); !auth.Final(err) {
			t.Errorf("got %v", err)
		}
		sent(t, server, "r0")
	})
	t.Run("other refusals", func(t *testing.T) {
		server := &rotator{current: "new"}
		store := &shelf{token: "old"}
		e := server.endpoint()
		e.Transport = resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			_, _ = server.RoundTrip(r)
			return answered(r, 401, `{"error":"invalid_client"}`), nil
		})
		if _, _, err := auth.NewRefresher(e, "new", auth.WithTokenStore(store)).Token(t.Context()); !auth.Final(err) {
			t.Errorf("got %v", err)
		}
		sent(t, server, "old")
	})
}

// A store that hangs delays a token by five seconds at most, even if the fetch has little time
// left.
func TestRefresher_StoreHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &rotator{current: "r0"}
		r := auth.NewRefresher(server.endpoint(), "r0", auth.WithTokenStore(hanging{}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		token, _, err := r.Token(ctx)
		if token != "a1" || err != nil || time.Since(begun) != 5*time.Second {
			t.Errorf("got %q, %v after %s", token, err, time.Since(begun))
		}
	})
}

// hanging is a store whose Swap hangs.
type hanging struct{}

func (hanging) Load(context.Context) (string, error) { return "", nil }
func (hanging) Swap(ctx context.Context, _, _ string) (bool, error) {
	<-ctx.Done()
	return false, ctx.Err()
}

func TestRefresher_PrintsNoSecrets(t *testing.T) {
	server := &rotator{current: "the-secret"}
	r := auth.NewRefresher(server.endpoint(), "the-secret")
	holder := struct{ r *auth.Refresher }{r}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := fmt.Sprintf(verb, r) + fmt.Sprintf(verb, holder); strings.Contains(got, "the-secret") {
			t.Errorf("%s: %s", verb, got)
		}
	}
	if got := fmt.Sprint(r); got != "refresh token for token.example" {
		t.Errorf("got %q", got)
	}
}
