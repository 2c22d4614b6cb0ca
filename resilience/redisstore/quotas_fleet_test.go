package redisstore_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

// This file runs fleets of the processes in quotas_processes_test.go.

// A run is what happened in a time.
type run struct {
	allowed float64 // requests that the quota allows
	sent    int
	over    int
	overAt  []time.Duration
	each    map[string]int // requests after the burst, which is for those who come first
}

// want checks how many of the allowed requests were sent, and how many over the quota.
func (r run) want(t *testing.T, least, over float64) {
	t.Helper()
	if share := float64(r.sent) / r.allowed; share < least {
		t.Errorf("%.3f of the allowed requests were sent, want %.2f", share, least)
	}
	if float64(r.over) > over*float64(r.sent) {
		t.Errorf("%d of %d requests were over the quota, at %v", r.over, r.sent, r.overAt)
	}
}

// wantShares checks that a number of processes have sent as much as each other. Over a few seconds,
// a few requests more or less are no difference.
func (r run) wantShares(t *testing.T, processes int) {
	t.Helper()
	least, greatest := r.sent, 0
	for _, n := range r.each {
		least, greatest = min(least, n), max(greatest, n)
	}
	if len(r.each) != processes || float64(greatest) > max(1.2*float64(least), float64(least+6)) {
		t.Errorf("the processes sent %v", r.each)
	}
}

// run lets the processes run for a time after the burst is used up.
func (c *crew) run(d time.Duration, during func()) run {
	begin := time.Now()
	if during != nil {
		during()
	}
	time.Sleep(d - time.Since(begin))
	c.api.mu.Lock()
	lasted := time.Since(c.api.first)
	c.api.mu.Unlock()
	total, over, each := c.api.counts()
	r := run{quotaBurst + quotaRate*lasted.Seconds(), total, over, c.api.overAt, each}
	c.t.Logf("%.1f s: %d requests, %.1f %% of %.0f allowed; %d over the quota; by process %v", lasted.Seconds(),
		r.sent, 100*float64(r.sent)/r.allowed, r.allowed, r.over, r.each)
	if len(r.overAt) > 0 {
		c.t.Logf("over the quota at %v", r.overAt)
	}
	return r
}

// patient makes calls wait longer for the store than by default, because tests may run on a machine
// on which all processes wait for a processor.
const patient = quotaWait + "=300ms"

func TestDraw_EightProcesses(t *testing.T) {
	for reserve, most := range map[int]float64{1: 0, 0: 0.01} {
		t.Run(fmt.Sprintf("reserve %d", reserve), func(t *testing.T) {
			c := newCrew(t, 8, reserve, quotaRedis+"="+redistest.Start(t).Addr, patient)
			got := c.run(period(6*time.Second), nil)
			least := 0.97
			if got.over > 0 && !*long {
				least = 0.7 // a rejection cuts the rate to this, and the run is too short for more
			}
			got.want(t, least, most)
			got.wantShares(t, 8)
			c.finish()
		})
	}
}

// finish stops the processes, checks that no call has failed, and returns what they have seen.
func (c *crew) finish() []tally {
	c.t.Helper()
	var all []tally
	for _, p := range c.processes {
		got := p.stop(c.t)
		if len(got.Failed) > 0 {
			c.t.Errorf("%s: %d calls failed: %s", p.name, len(got.Failed), got.Failed[0])
		}
		c.t.Logf("%s: longest call %s, apart %d times", p.name, got.Longest, got.Apart)
		all = append(all, got)
	}
	return all
}

// backWithin reports whether the process shared its quota again within a time after another.
func (t tally) backWithin(begin time.Time, d time.Duration) bool {
	return slices.ContainsFunc(t.Back, func(at time.Time) bool {
		return at.After(begin) && at.Before(begin.Add(d))
	})
}

// Two processes join and two are killed while the others run.
func TestDraw_ProcessesJoinAndDie(t *testing.T) {
	c := newCrew(t, 8, 1, quotaRedis+"="+redistest.Start(t).Addr, patient)
	d := period(9 * time.Second)
	got := c.run(d, func() {
		time.Sleep(d / 3)
		for range 2 {
			p := c.add()
			p.ready(t)
			p.begin(t)
		}
		time.Sleep(d / 3)
		for _, p := range c.processes[:2] {
			if err := p.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		c.processes = c.processes[2:]
	})
	got.want(t, 0.97, 0)
	for name := range got.each {
		switch name {
		case "p0", "p1", "p8", "p9":
			delete(got.each, name)
		}
	}
	got.wantShares(t, 6)
	c.finish()
}

// A server that is killed, hangs or fails over costs no call, and few requests are over the quota.
func TestDraw_Outages(t *testing.T) {
	for name, start := range map[string]func(*testing.T) (store string, outage func(time.Duration)){
		"killed": func(t *testing.T) (string, func(time.Duration)) {
			s := redistest.Start(t)
			return quotaRedis + "=" + s.Addr, func(d time.Duration) {
				s.Kill()
				time.Sleep(d)
				s.Restart()
			}
		},
		"paused": func(t *testing.T) (string, func(time.Duration)) {
			s := redistest.Start(t)
			return quotaRedis + "=" + s.Addr, func(d time.Duration) {
				s.Pause()
				time.Sleep(d)
				s.Resume()
			}
		},
		"failed over": func(t *testing.T) (string, func(time.Duration)) {
			s := redistest.StartSentinels(t)
			client := s.Client()
			t.Cleanup(func() { client.Close() })
			return quotaSentinel + "=" + s.Addrs(), func(time.Duration) {
				s.Primary.Kill()
				for client.Set(context.Background(), "x", "y", time.Second).Err() != nil {
					time.Sleep(10 * time.Millisecond)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			store, outage := start(t)
			c := newCrew(t, 8, 1, store, quotaWait+"=100ms")
			var back time.Time
			d := period(12 * time.Second)
			got := c.run(d, func() {
				time.Sleep(d / 4)
				outage(d / 4)
				back = time.Now()
			})
			t.Logf("the server was back at %s", back.Format("05.000"))
			got.want(t, 0, 0.02)
			for i, p := range c.finish() {
				if !p.backWithin(back, 2*time.Second) {
					t.Errorf("process %d: apart %d times, back at %v; the server at %s", i, p.Apart, p.Back, back)
				}
			}
		})
	}
}
