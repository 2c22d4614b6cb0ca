package crossmark_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

func TestNew_ReportsAllErrors(t *testing.T) {
	for _, c := range []struct {
		config crossmark.Config
		want   []string
	}{
		{crossmark.Config{}, []string{"set UserID", "set Password"}},
		{crossmark.Config{UserID: "u"}, []string{"set Password"}},
		{crossmark.Config{Password: auth.NewSecret("p")}, []string{"set UserID"}},
		{
			crossmark.Config{UserID: "u", Password: auth.NewSecret("p"), BaseURL: "crossmark"},
			[]string{"BaseURL is not a URL"},
		},
		{
			crossmark.Config{UserID: "u", Password: auth.NewSecret("p"), BaseURL: "ftp://crossmark.test"},
			[]string{"BaseURL is not a URL"},
		},
		{
			crossmark.Config{UserID: "u", Password: auth.NewSecret("p"), BaseURL: "https://u:p@crossmark.test"},
			[]string{"BaseURL is not a URL"},
		},
		{
			crossmark.Config{UserID: "u", Password: auth.NewSecret("p"), BaseURL: "https://crossmark.test?a=b"},
			[]string{"BaseURL is not a URL"},
		},
	} {
		_, err := crossmark.New(c.config)
		if err == nil || strings.Count(err.Error(), "\n")+1 != len(c.want) {
			t.Fatalf("%v, want %d mistakes", err, len(c.want))
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q lacks %q", err, want)
			}
		}
	}
	for _, base := range []string{"", "http://crossmark.test", "https://crossmark.test/base/"} {
		client, err := crossmark.New(crossmark.Config{UserID: "u", Password: auth.NewSecret("p"), BaseURL: base})
		if err != nil {
			t.Errorf("%q: %v", base, err)
			continue
		}
		if client.Zone().String() != "America/Indiana/Indianapolis" {
			t.Errorf("the zone is %s", client.Zone())
		}
		_ = client.Close()
	}
}

func TestConfig_HidesSecrets(t *testing.T) {
	c := crossmark.Config{UserID: user, Password: auth.NewSecret(password)}
	text, err := json.Marshal(c)
	if err != nil || strings.Contains(string(text), password) {
		t.Errorf("as JSON: %s, %v", text, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		secretFree(t, fmt.Sprintf(verb, c))
	}
	c.Account = "planner"
	if got := fmt.Sprint(c); got != "Crossmark account planner" {
		t.Errorf("printed as %q", got)
	}
}

func TestClient_Logger(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		w.server.Fail("getUserInfo", slices.Repeat([]crossmarktest.Fault{crossmarktest.ServerError}, 5)...)
		for range 2 {
			failure(t, w.who(t.Context()))
		}
		for _, want := range []string{"getUserInfo", "circuit open"} { // of the client and of its runtime
			if !strings.Contains(w.log.String(), want) {
				t.Errorf("%q is missing in %q", want, w.log.String())
			}
		}
	})
}

// A runtime from the configuration is shared and stays open; one created by the client is closed.
func TestClient_Runtime(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		c := w.config()
		c.Runtime = resilience.NewRuntime()
		shared := open(t, c)
		if err := shared.Close(); err != nil {
			t.Error(err)
		}
		other, err := api.New(append(shared.Options(), resilience.WithTransport(w.transport))...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.GetUserInfo(t.Context()); err != nil {
			t.Errorf("the runtime that was given: %v", err)
		}
		_ = c.Runtime.Close()
		if _, err := other.GetUserInfo(t.Context()); !errors.Is(err, resilience.ErrClosed) {
			t.Errorf("after closing it: %v", err)
		}
		own := open(t, w.config())
		second, err := api.New(own.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		_ = own.Close()
		if _, err := second.GetUserInfo(t.Context()); !errors.Is(err, resilience.ErrClosed) {
			t.Errorf("its own runtime after Close: %v", err)
		}
	})
}

// Operations that web pages call carry the pages' headers, also with a base URL that has a path;
// headers set by the caller are kept.
func TestClient_BrowserHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		seen := map[string]http.Header{}
		h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen[r.URL.Path] = r.Header
			rw.Header().Set("Set-Cookie", "PHPSESSID=a")
			rw.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(rw, `{"redirectUrl":"/"}`)
		})
		serve(t, &world{}, h, func(t *testing.T, w *world) {
			c := w.config()
			c.BaseURL += "/base/"
			client := open(t, c)
			defer func() { _ = client.Close() }()
			_, errPlans := client.API().
				GetQualifiedRepsForScheduling(
					t.Context(), api.GetQualifiedRepsForSchedulingParams{MPlanID: "1", StoreID: "2"},
				)
			_, errReps := client.API().
				GetAvailableReps(
					t.Context(), api.AvailableRepsRequest{Project: "01/01/2026 00:00:00,01/02/2026 00:00:00"},
				)
			_, errPrefs := client.API().
				GetSchedulingPrefs(t.Context(), resilience.WithHeader("Referer", "http://mine.test/"))
			_, errInfo := client.API().GetUserInfo(t.Context())
			if err := errors.Join(errPlans, errReps, errPrefs, errInfo); err != nil {
				t.Fatal(err)
			}
			for path, want := range map[string][3]string{ // Origin, Referer, X-Requested-With
				"/base/login/authenticate": {
					"http://crossmark.test", "http://crossmark.test/base/login", "",
				},
				"/base/planningextcontroller/getQualifiedRepsForScheduling": {
					"", "http://crossmark.test/base/planning/", "XMLHttpRequest",
				},
				"/base/schedulingcontroller/getAvailableReps": {
					"http://crossmark.test", "http://crossmark.test/base/scheduling/hourly/", "",
				},
				"/base/schedulingcontroller/getSchedulingPrefs": {
					"http://crossmark.test", "http://mine.test/", "",
				},
				"/base/users/getUserInfo": {"", "", ""},
			} {
				got := [3]string{
					seen[path].Get("Origin"),
					seen[path].Get("Referer"),
					seen[path].Get("X-Requested-With"),
				}
				if got != want {
					t.Errorf("%s was sent %q, want %q", path, got, want)
				}
			}
			if media := seen["/base/schedulingcontroller/getAvailableReps"].Get("Content-Type"); !strings.HasPrefix(
				media,
				"multipart/form-data; boundary=",
			) {
				t.Errorf("the form in parts is %q", media)
			}
		})
	})
}
