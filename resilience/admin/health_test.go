package admin_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/admin"
)

// body is the body of a health check.
type body struct {
	Status   string
	Output   string
	Degraded []string
	Checks   map[string][]struct {
		ComponentID   string
		Status        string
		ObservedValue string
		Output        string
	}
}

// health returns the response to a health check.
func (w *world) health(path string) (int, body) {
	w.t.Helper()
	time.Sleep(300 * time.Millisecond)
	r := w.get("GET", path)
	var b body
	if err := json.Unmarshal(r.Body.Bytes(), &b); err != nil {
		w.t.Fatal(err)
	}
	return r.Code, b
}

func TestHealth_OfACircuit(t *testing.T) {
	for _, critical := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var opts []admin.Option
			code, status := 200, "warn"
			if critical {
				opts, code, status = append(opts, admin.WithCritical("shop")), 503, "fail"
			}
			w := newWorld(t, opts...)
			c := w.client("a")
			if err := w.call(c); err != nil {
				t.Fatal(err)
			}
			if got, b := w.health("/health/ready"); got != 200 || b.Status != "pass" || len(b.Degraded) != 0 {
				t.Errorf("before: got %d %+v", got, b)
			}
			w.fail(c)
			got, b := w.health("/health/ready")
			if got != code || b.Status != status || strings.Join(b.Degraded, " ") != "shop" {
				t.Errorf("critical %t: got %d %+v", critical, got, b)
			}
			if c := b.Checks["shop:circuit"]; len(c) != 1 || c[0].Status != "fail" || c[0].ObservedValue != "open" ||
				c[0].ComponentID != "shop shop.test" {
				t.Errorf("got %+v", c)
			}
			if c := b.Checks["shop:api"]; len(c) != 1 || c[0].Output != "circuit shop shop.test is open" {
				t.Errorf("got %+v", c)
			}
			if got, b := w.health("/health/live"); got != 200 || b.Status != "pass" {
				t.Errorf("live: got %d %+v", got, b)
			}
			time.Sleep(time.Minute)
			if got, b := w.health("/health/ready"); got != 200 || b.Status != "warn" {
				t.Errorf("half-open, so that probes come: got %d %+v", got, b)
			}
		})
	}
}

func TestHealth_OfASignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, admin.WithCritical("shop", "typo"))
		err := error(errDown)
		w.denies.Store(&err)
		c := w.client("a")
		_ = w.call(c)
		got, b := w.health("/health/ready")
		in := b.Checks["shop:sign-in"]
		if got != 503 || b.Status != "fail" || len(in) != 1 || in[0].ObservedValue != "resting" ||
			!strings.HasPrefix(in[0].Output, "next try at ") {
			t.Errorf("got %d %+v", got, b)
		}
		w.client("b")
		if got, b := w.health("/health/ready"); got != 200 || b.Status != "warn" {
			t.Errorf("one of two accounts: got %d %+v", got, b)
		}
		if c := b.Checks["typo:api"]; len(c) != 1 || c[0].Status != "warn" || c[0].Output == "" {
			t.Errorf("unknown API: got %+v", c)
		}
	})
}

func TestHealth_ClosedRuntime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.client("a")
		w.runtime.Close()
		if got, b := w.health("/health/ready"); got != 503 || b.Output == "" {
			t.Errorf("ready: got %d %+v", got, b)
		}
		if got, _ := w.health("/health/live"); got != 200 {
			t.Errorf("live: got %d", got)
		}
	})
}
