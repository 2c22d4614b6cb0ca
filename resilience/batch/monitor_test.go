package batch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/batch"
)

func TestMonitor_Progress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m batch.Monitor
		if list := m.Progress(); len(list) != 0 {
			t.Errorf("without a run: got %+v", list)
		}
		s := &script{
			during: func() { time.Sleep(time.Second) }, errs: map[string][]error{"b": {errors.New("bad")}},
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			run(t, s, []string{"a", "b", "c", "d"}, batch.WithMax(1), batch.WithName("demo"), batch.WithMonitor(&m))
		}()
		time.Sleep(2500 * time.Millisecond)
		p := m.Progress()[0]
		if p.Job != "demo" || p.Total != 4 || p.Settled != 2 || p.Active != 1 || p.Finished ||
			p.Counts[batch.Done] != 1 || p.Counts[batch.Failed] != 1 || p.Elapsed != 2500*time.Millisecond ||
			p.Rate != 0.8 || p.Left != 2500*time.Millisecond || p.Item != nil {
			t.Errorf("running: got %+v", p)
		}
		p.Counts[batch.Done] = 100 // a copy
		<-done
		time.Sleep(time.Hour)
		if p := m.Progress()[0]; !p.Finished || p.Settled != 4 || p.Active != 0 || p.Elapsed != 4*time.Second ||
			p.Counts[batch.Done] != 3 || p.Rate != 1 {
			t.Errorf("an hour after the end: got %+v", p)
		}
	})
}

func TestMonitor_Runs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m batch.Monitor
		start := func(name string, end <-chan struct{}) {
			_, _ = batch.Run(t.Context(), slices.Values([]string{"a"}), same, func(context.Context, string) error {
				<-end
				return nil
			}, batch.WithName(name), batch.WithMonitor(&m))
		}
		names := func() (list []string) {
			for _, p := range m.Progress() {
				list = append(list, fmt.Sprintf("%s %t", p.Job, p.Finished))
			}
			return list
		}
		over, running := make(chan struct{}), make(chan struct{})
		close(over)
		go start("a", running)
		synctest.Wait()
		start("b", over)
		start("c", over)
		start("b", over)
		go start("a", running)
		synctest.Wait()
		if got, want := names(), []string{"a false", "c true", "b true", "a false"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		for i := range 17 {
			go start(fmt.Sprint(i), running)
			synctest.Wait()
		}
		if got := names(); len(got) != 20 || got[0] != "a false" || got[1] != "b true" || got[19] != "16 false" {
			t.Errorf("finished ones should be forgotten first: got %q", got)
		}
		for i := range 2 {
			go start(fmt.Sprint("more ", i), running)
			synctest.Wait()
		}
		if got := names(); len(got) != 20 || got[0] != "a false" || got[1] != "0 false" || got[19] != "more 1 false" {
			t.Errorf("without a finished one the oldest should be forgotten: got %q", got)
		}
		close(running)
		synctest.Wait()
	})
}

// A report of progress that takes long, for example on a terminal that is stopped, does not keep a
// status page waiting.
func TestMonitor_DuringReport(t *testing.T) {
	var m batch.Monitor
	seen := make(chan int, 1)
	_, err := batch.Run(t.Context(), slices.Values([]string{"a"}), same,
		func(context.Context, string) error { return nil }, quiet, batch.WithMonitor(&m),
		batch.WithProgress(func(p batch.Progress) {
			if p.Item == nil {
				return
			}
			go func() { seen <- m.Progress()[0].Settled }()
			select {
			case n := <-seen:
				if n != 1 {
					t.Errorf("%d items are settled, want 1", n)
				}
			case <-time.After(10 * time.Second):
				t.Error("the monitor waits for the report")
			}
		}))
	if err != nil {
		t.Fatal(err)
	}
}

// An item is counted before it is released, because it may be granted again then.
func TestRun_SharedReleasesLast(t *testing.T) {
	var m batch.Monitor
	b, counted := newBoard(), -1
	b.fail = func(method string) error {
		if method == "release" {
			counted = m.Progress()[0].Settled
		}
		return nil
	}
	s := &script{errs: map[string][]error{"a": {batch.As(batch.RetryLater, errors.New("busy"))}}}
	together(t, b, 1, s, []string{"a"}, batch.WithPasses(1), batch.WithMonitor(&m))
	if counted != 1 {
		t.Errorf("%d items were counted when one was released, want 1", counted)
	}
}
