package spapitest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi/spapitest"
)

// ask sends a request with a token and returns the status and the JSON body.
func ask(t *testing.T, s *spapitest.Server, method, path, token, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("x-amz-access-token", token)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var got map[string]any
	_ = json.Unmarshal(w.Body.Bytes(), &got)
	return w.Code, got
}

// signIn requests a token.
func signIn(t *testing.T, s *spapitest.Server, grant ...string) (int, map[string]any) {
	t.Helper()
	form := url.Values{"client_id": {"c"}, "client_secret": {"s"}}
	for i := 0; i < len(grant); i += 2 {
		form.Set(grant[i], grant[i+1])
	}
	return ask(t, s, "POST", "/auth/o2/token", "", form.Encode())
}

func token(t *testing.T, s *spapitest.Server) string {
	t.Helper()
	status, reply := signIn(t, s, "grant_type", "refresh_token", "refresh_token", "r")
	if status != 200 {
		t.Fatalf("status %d: %v", status, reply)
	}
	return reply["access_token"].(string)
}

func TestTokens(t *testing.T) {
	s := spapitest.New(spapitest.Options{TokenLife: time.Hour, Speed: 10})
	for _, c := range []struct {
		grant  []string
		status int
		say    string
	}{
		{[]string{"grant_type", "refresh_token", "refresh_token", "r"}, 200, "360"},
		{[]string{"grant_type", "client_credentials", "scope", "sellingpartnerapi::notifications"}, 200, "360"},
		{[]string{"grant_type", "refresh_token"}, 400, "invalid_request"},
		{[]string{"grant_type", "client_credentials", "scope", "x"}, 400, "invalid_scope"},
		{[]string{"grant_type", "password"}, 400, "invalid_request"},
		{[]string{"grant_type", "refresh_token", "refresh_token", "r", "client_id", ""}, 400, "invalid_request"},
		{[]string{"grant_type", "refresh_token", "refresh_token", "r", "client_secret", ""}, 400, "invalid_request"},
	} {
		status, reply := signIn(t, s, c.grant...)
		if said := fmt.Sprint(reply["error"], reply["expires_in"]); status != c.status ||
			!strings.Contains(said, c.say) {
			t.Errorf("%v: %d %v, want %d with %s", c.grant, status, reply, c.status, c.say)
		}
	}
	if n := s.TokenRequests(); n != 7 {
		t.Errorf("%d token requests counted", n)
	}
}

// Which token authorizes which operation.
func TestAuthorisation(t *testing.T) {
	s := spapitest.New(
		spapitest.Options{
			Stock:  map[string]int{"A": 1},
			Denied: []string{spapitest.GetInventorySummaries},
			Rates:  map[string]spapitest.Rate{},
		},
	)
	own := token(t, s)
	_, reply := signIn(t, s, "grant_type", "client_credentials", "scope", "sellingpartnerapi::notifications")
	grantless := reply["access_token"].(string)
	_, reply = ask(
		t,
		s,
		"POST",
		"/tokens/2021-03-01/restrictedDataToken",
		own,
		`{"restrictedResources":[{"method":"GET","path":"/orders/v0/orders/{orderId}/address"}]}`,
	)
	restricted := reply["restrictedDataToken"].(string)
	_, reply = ask(
		t,
		s,
		"POST",
		"/tokens/2021-03-01/restrictedDataToken",
		own,
		`{"restrictedResources":[{"method":"GET","path":"/orders/v0/orders/7/address"}]}`,
	)
	restrictedToOne := reply["restrictedDataToken"].(string)
	const (
		listing      = "/listings/2021-08-01/items/S/A?marketplaceIds=m"
		inventory    = "/fba/inventory/v1/summaries"
		destinations = "/notifications/v1/destinations"
		address      = "/orders/v0/orders/8/address"
	)
	for _, c := range []struct {
		path, token string
		status      int
		details     string
	}{
		{listing, own, 200, ""}, {listing, grantless, 403, ""}, {listing, restricted, 403, ""},
		{listing, "", 403, "The access token you provided has expired."},
		{listing, "other", 403, "The access token you provided has expired."},
		{inventory, own, 403, ""},
		{destinations, grantless, 200, ""}, {destinations, own, 403, ""},
		{address, restricted, 200, ""}, {address, restrictedToOne, 403, ""}, {address, own, 403, ""},
		{"/orders/v0/orders/7/address", restrictedToOne, 200, ""},
	} {
		status, reply := ask(t, s, "GET", c.path, c.token, "")
		details := ""
		if list, ok := reply["errors"].([]any); ok {
			details = list[0].(map[string]any)["details"].(string)
		}
		if status != c.status || details != c.details {
			t.Errorf("%s with %q: %d %q, want %d %q", c.path, c.token, status, details, c.status, c.details)
		}
	}
	s.RevokeTokens()
	if status, _ := ask(t, s, "GET", listing, own, ""); status != 403 {
		t.Errorf("a revoked token: %d", status)
	}
	for _, bad := range []string{
		``, `{}`, `{"restrictedResources":[{"path":"/x"}]}`, `{"restrictedResources":[{"method":"GET","path":"x"}]}`,
		`{"restrictedResources":[` + strings.Repeat(`{"method":"GET","path":"/x"},`, 50) +
			`{"method":"GET","path":"/x"}]}`,
	} {
		if status, _ := ask(t, s, "POST", "/tokens/2021-03-01/restrictedDataToken", token(t, s), bad); status != 400 {
			t.Errorf("%.40s: %d", bad, status)
		}
	}
}

func TestTokens_Expire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spapitest.New(spapitest.Options{Stock: map[string]int{"A": 1}, TokenLife: time.Minute, ExpiredStatus: 401})
		own := token(t, s)
		for _, step := range []struct {
			wait time.Duration
			want int
		}{{time.Minute, 200}, {time.Nanosecond, 401}} {
			time.Sleep(step.wait)
			if status, _ := ask(t, s, "GET", "/listings/2021-08-01/items/S/A", own, ""); status != step.want {
				t.Errorf("after %s: %d, want %d", step.wait, status, step.want)
			}
		}
	})
}

func TestFailTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spapitest.New(spapitest.Options{TokenDelay: time.Second})
		s.FailTokens(
			spapitest.TokenFault{Status: 503, Type: "text/html", Body: "busy"},
			spapitest.TokenFault{},
			spapitest.TokenFault{Work: true, Delay: time.Minute},
		)
		begun := time.Now()
		for i, want := range []int{503, 200, 200, 200} {
			status, reply := signIn(t, s, "grant_type", "refresh_token", "refresh_token", "r")
			if issued := reply["access_token"] != nil; status != want || issued != (i > 1) {
				t.Errorf("request %d: %d %v", i+1, status, reply)
			}
		}
		if took := time.Since(begun); took != 64*time.Second {
			t.Errorf("took %s, want four delays of a second and one of a minute", took)
		}
	})
}

// The bucket allows the burst, then the rate.
func TestBuckets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spapitest.New(spapitest.Options{Stock: map[string]int{"A": 1}})
		own := token(t, s)
		get := func() int {
			status, _ := ask(t, s, "GET", "/listings/2021-08-01/items/S/A", own, "")
			return status
		}
		for range 5 {
			if got := get(); got != 200 {
				t.Fatalf("within the burst: %d", got)
			}
		}
		for _, step := range []struct {
			wait time.Duration
			want int
		}{{0, 429}, {199 * time.Millisecond, 429}, {time.Millisecond, 200}, {0, 429}} {
			time.Sleep(step.wait)
			if got := get(); got != step.want {
				t.Errorf("after %s: %d, want %d", step.wait, got, step.want)
			}
		}
	})
}

// The storage requires only a URL, and only the latest is valid.
func TestStorage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spapitest.New(spapitest.Options{Rates: map[string]spapitest.Rate{}})
		own := token(t, s)
		_, place := ask(t, s, "POST", "/feeds/2021-06-30/documents", own, `{"contentType":"text/plain"}`)
		target := place["url"].(string)
		put := func(target, contentType, token string) int {
			r := httptest.NewRequest("PUT", target, strings.NewReader("text"))
			r.Header.Set("Content-Type", contentType)
			if token != "" {
				r.Header.Set("x-amz-access-token", token)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			return w.Code
		}
		for _, c := range []struct {
			target, contentType, token string
			want                       int
		}{
			{target, "text/plain", own, 400}, {target, "text/html", "", 403}, {target + "0", "text/plain", "", 403},
			{"http://x.test/storage/none", "text/plain", "", 403}, {target, "text/plain", "", 200},
		} {
			if got := put(c.target, c.contentType, c.token); got != c.want {
				t.Errorf("%s with %q: %d, want %d", c.contentType, c.token, got, c.want)
			}
		}
		time.Sleep(5*time.Minute + 1)
		if got := put(target, "text/plain", ""); got != 403 {
			t.Errorf("after five minutes: %d", got)
		}
		if got := s.Transfers(); len(got) != 6 || !got[0].Token || got[4].Status != http.StatusOK ||
			got[4].Method != "PUT" {
			t.Errorf("transfers %+v", got)
		}
		for _, content := range s.Uploaded() {
			if string(content) != "text" {
				t.Errorf("uploaded %q", content)
			}
		}
	})
}

// Deletes, stock and the log.
func TestListings(t *testing.T) {
	s := spapitest.New(
		spapitest.Options{
			Stock:   map[string]int{"A": 3, "B/1": 0},
			Invalid: map[string]bool{"B/1": true},
			Rates:   map[string]spapitest.Rate{},
		},
	)
	own := token(t, s)
	for _, c := range []struct {
		method, path string
		status       int
		say          string
	}{
		{"DELETE", "/listings/2021-08-01/items/S/A?marketplaceIds=m", 200, "ACCEPTED"},
		{"DELETE", "/listings/2021-08-01/items/S/A?marketplaceIds=m", 404, "NotFound"},
		{"DELETE", "/listings/2021-08-01/items/S/B%2F1?marketplaceIds=m", 200, "INVALID"},
		{"DELETE", "/listings/2021-08-01/items/S/B%2F1", 400, "marketplaceIds is required"},
		{
			"GET",
			"/fba/inventory/v1/summaries?granularityType=Marketplace&granularityId=m" +
				"&marketplaceIds=m&sellerSkus=A,B%2F1,C",
			200, "totalQuantity:3",
		},
		{"GET", "/fba/inventory/v1/summaries?sellerSkus=A", 400, "required"},
		{
			"GET",
			"/fba/inventory/v1/summaries?granularityType=Marketplace&granularityId=m" +
				"&marketplaceIds=m&sellerSkus=" + strings.Repeat("x,", 50) + "x",
			400, "at most 50",
		},
		{"GET", "/nothing", 404, "no such operation"},
	} {
		if status, reply := ask(t, s, c.method, c.path, own, ""); status != c.status ||
			!strings.Contains(fmt.Sprint(reply), c.say) {
			t.Errorf("%s %s: %d %v, want %d with %q", c.method, c.path, status, reply, c.status, c.say)
		}
	}
	applied := 0
	for _, e := range s.Entries() {
		if e.Applied {
			applied++
		}
	}
	if applied != 1 || s.Listed("A") || !s.Listed("B/1") {
		t.Errorf("%d entries applied, want the one deletion", applied)
	}
}
