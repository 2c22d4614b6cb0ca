package admin_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/admin"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

func TestWithConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		state := policyfile.FileState{Path: "policy.yaml", Applied: begun}
		w := newWorld(t, admin.WithConfiguration(func() policyfile.FileState { return state }))
		w.client("a")
		s := w.status("")
		if c := s.Configurations; s.Status != admin.Pass || len(c) != 1 || c[0].Path != "policy.yaml" ||
			c[0].Status != admin.Pass || !c[0].Applied.Equal(begun) || c[0].Refused != "" || c[0].RefusedSince != nil {
			t.Errorf("in use: got %s %+v", s.Status, c)
		}
		if got, b := w.health("/health/ready"); got != 200 || b.Status != "pass" || len(b.Degraded) != 0 ||
			b.Checks["configuration:file"][0].Status != "pass" {
			t.Errorf("in use: got %d %+v", got, b)
		}
		state.Refused, state.Since = errors.New("policy.yaml:3:7: shop: unknown key"), time.Now()
		s = w.status("")
		if c := s.Configurations[0]; s.Status != admin.Warn || c.Status != admin.Warn ||
			c.Refused != "policy.yaml:3:7: shop: unknown key" || !c.RefusedSince.Equal(state.Since) ||
			!c.Applied.Equal(begun) {
			t.Errorf("refused: got %s %+v", s.Status, c)
		}
		got, b := w.health("/health/ready")
		if c := b.Checks["configuration:file"]; got != 200 || b.Status != "warn" || b.Degraded[0] != "configuration" ||
			c[0].Status != "warn" || c[0].ComponentID != "policy.yaml" || c[0].Output != state.Refused.Error() {
			t.Errorf("refused: got %d %+v", got, b)
		}
		page := w.get("GET", "/").Body.String()
		for _, want := range []string{
			"configuration: warn", "refused; the earlier one remains", "policy.yaml:3:7: shop: unknown key",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the page has no %q", want)
			}
		}
	})
}

func TestWithBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m batch.Monitor
		w := newWorld(t, admin.WithBatches(&m))
		if s := w.status(""); len(s.Batches) != 0 {
			t.Errorf("without a run: got %+v", s.Batches)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = batch.Run(t.Context(), slices.Values([]string{"a", "b", "c", "d"}), strings.ToLower,
				func(_ context.Context, item string) error {
					time.Sleep(2 * time.Second)
					if item == "a" {
						return batch.ErrAlreadySo
					}
					return nil
				}, batch.WithMonitor(&m), batch.WithMax(1), batch.WithName("cleanup"))
		}()
		time.Sleep(4 * time.Second)
		b := w.status("").Batches[0]
		want := admin.Batch{
			Job: "cleanup", Total: 4, Settled: 2, Pass: 1, Active: 1, Limit: 1, ElapsedSeconds: 5, PerSecond: 0.4,
			LeftSeconds: 5, Outcomes: map[string]int{"already_so": 1, "done": 1},
		}
		if !reflect.DeepEqual(b, want) {
			t.Errorf("got  %+v\nwant %+v", b, want)
		}
		page := w.get("GET", "/").Body.String()
		for _, want := range []string{">cleanup<", "running", "1 already so", "2 of 4", "about 5s"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page has no %q", want)
			}
		}
		<-done
		if b := w.status("").Batches[0]; !b.Finished || b.Settled != 4 || b.LeftSeconds != 0 {
			t.Errorf("finished: got %+v", b)
		}
	})
}
