package admin_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
)

func TestHandler_StatusOfACircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, admin.WithCritical("shop"))
		c := w.client("a")
		begun := time.Now().UTC()
		if err := w.call(c); err != nil {
			t.Fatal(err)
		}
		s := w.status("")
		if s.Status != admin.Pass || s.Version != 1 || !s.Since.Equal(begun) || len(s.APIs) != 1 {
			t.Fatalf("got %+v", s)
		}
		a := s.APIs[0]
		if a.Status != admin.Pass || !a.Critical || a.Calls.Total != 1 || a.Calls.AttemptsPerCall != 1 ||
			a.Opened != 1 {
			t.Errorf("got %+v", a)
		}
		opened := time.Now()
		w.fail(c)
		s = w.status("")
		a = s.APIs[0]
		if s.Status != admin.Fail || a.Status != admin.Fail {
			t.Errorf("status %s, API %s, want fail", s.Status, a.Status)
		}
		circuit := a.Circuits[0]
		if circuit.Key != "shop shop.test" || circuit.State != "open" || !circuit.Since.Equal(opened) ||
			circuit.NextProbe == nil || !circuit.NextProbe.Equal(opened.Add(time.Minute)) {
			t.Errorf("got %+v", circuit)
		}
		if a.Calls.Total != 3 || a.Calls.Failed != 2 || a.Reused != 2 {
			t.Errorf("got %+v", a)
		}
		if len(s.Errors) != 2 || s.Errors[0].RequestID != "req-7" || s.Errors[0].Status != 500 ||
			s.Errors[0].Account != "a" || s.Errors[0].Operation != "getItem" {
			t.Errorf("errors: got %+v", s.Errors)
		}
		if len(s.Transitions) != 1 || s.Transitions[0].To != "open" {
			t.Errorf("transitions: got %+v", s.Transitions)
		}
		w.down.Store(false)
		time.Sleep(time.Minute)
		if s := w.status(""); s.Status != admin.Warn || s.APIs[0].Circuits[0].State != "half-open" {
			t.Errorf("after the cool-down: got %+v", s)
		}
		for w.status("").APIs[0].Circuits[0].State != "closed" {
			if err := w.call(c); err != nil {
				t.Fatal(err)
			}
		}
		if s := w.status(""); s.Status != admin.Pass || len(s.APIs[0].Reasons) != 0 {
			t.Errorf("after probes: got %+v", s)
		}
	})
}

func TestHandler_SignIns(t *testing.T) {
	for _, tt := range []struct {
		err       error
		state     string
		api       admin.State
		needsHelp bool
		tries     bool // the next try has a time
	}{
		{errDown, "resting", admin.Fail, false, true},
		{resilience.ErrSignInRequired, "sign-in-required", admin.Fail, true, false},
		{resilience.ErrBlocked, "blocked", admin.Fail, true, false},
		{resilience.ErrCredentialRefused, "refused", admin.Fail, true, true},
	} {
		t.Run(tt.state, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				c := w.client("a")
				if got := w.status("").APIs[0].SignIns; got["not-signed-in"] != 1 {
					t.Errorf("before the first call: got %v", got)
				}
				w.denies.Store(&tt.err)
				time.Sleep(time.Second)
				if w.call(c) == nil {
					t.Fatal("the call succeeded")
				}
				s := w.statusNow("")
				a := s.APIs[0]
				in := a.Accounts.List[0].SignIn
				if in == nil || in.State != tt.state || in.NeedsHelp != tt.needsHelp ||
					(in.NextTry != nil) != tt.tries {
					t.Fatalf("got %+v", in)
				}
				if a.Status != tt.api || s.Status != admin.Warn || a.SignIns[tt.state] != 1 {
					t.Errorf("API %s, whole %s, sign-ins %v", a.Status, s.Status, a.SignIns)
				}
				w.denies.Store(nil)
				time.Sleep(time.Hour)
				if err := w.call(c); err != nil {
					t.Fatal(err)
				}
				if s := w.status(""); s.Status != admin.Pass || s.APIs[0].SignIns["signed-in"] != 1 {
					t.Errorf("after the sign-in: got %+v", s.APIs[0])
				}
			})
		})
	}
}

// Failures of different states of a sign-in are listed separately.
func TestHandler_ErrorsOfSignIns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		blocked, required := w.client("a"), w.client("a")
		for _, step := range []struct {
			state  error
			caller *resilience.Caller
		}{{resilience.ErrBlocked, blocked}, {resilience.ErrSignInRequired, required}} {
			w.denies.Store(&step.state)
			for range 2 {
				if !errors.Is(w.call(step.caller), step.state) {
					t.Fatalf("the call did not fail with %v", step.state)
				}
			}
		}
		time.Sleep(time.Second)
		_ = w.call(blocked)
		list := w.status("").Errors
		if len(list) != 2 || list[0].Count != 3 || list[1].Count != 2 ||
			!strings.Contains(list[0].Text, "sign-in required") || !strings.Contains(list[1].Text, "blocked") {
			t.Errorf("got %+v", list)
		}
	})
}
