package main

import (
	"strings"
	"testing"
	"time"
)

// rowsOf is a fleet of two workers that run and one that has ended.
func rowsOf() []row {
	open := row{name: "worker-1", rate: 12.34, share: 0.5, count: count{Sent: 300, Throttled: 3, Down: 2}}
	open.Circuit, open.Shared = "open", true
	closed := row{name: "worker-2", rate: 1, share: 0.4, count: count{Sent: 240}}
	closed.Circuit = "closed"
	ended := row{name: "worker-3", gone: true, share: 0.08, count: count{Sent: 50, Throttled: 1}}
	ended.Circuit, ended.Shared = "open", true
	other := row{name: "worker-4", gone: true, share: 0.02, rate: 0.5, count: count{Sent: 10, Down: 1}}
	return []row{open, ended, closed, other}
}

func TestTableOf(t *testing.T) {
	got := tableOf(rowsOf(), 17)
	for _, want := range []string{
		"│ worker-1 │       12.3 │      300 │ 50.0 % │   3 │      2 │ open    │ shared │",
		"│ worker-2 │        1.0 │      240 │ 40.0 % │   0 │      0 │ closed  │ alone  │",
		"│ 2 ended  │        0.5 │       60 │ 10.0 % │   1 │      1 │         │        │",
		"│ all      │       13.8 │      600 │        │   4 │      3 │         │ 17/s   │",
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("the table has no line\n%s\nbut is\n%s", want, got)
		}
	}
	if got := tableOf(rowsOf(), -1); strings.Contains(got, "/s  ") {
		t.Errorf("unknown round trips are shown:\n%s", got)
	}
}

func TestLineOf(t *testing.T) {
	want := " 12s:  13.8 requests/s of 2 processes, 600 sent, 4 over the quota, 1 circuits not closed"
	if got := lineOf(rowsOf(), -1, 12*time.Second); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := lineOf(rowsOf(), 0, 12*time.Second); got != want+", 0 round trips/s to Redis" {
		t.Errorf("got %q", got)
	}
}

func TestResultOf(t *testing.T) {
	f := &flags{rate: 50, burst: 50, outage: 20 * time.Second, outageAfter: 10 * time.Second, coolDown: 5 * time.Second}
	want := "600 requests in 31s, 99.3 % of the 600 that the API allows; 4 over the quota (0.67 %)\n" +
		"3 requests reached the API in its outage of 20s, with a cool-down of 5s"
	if got := resultOf(rowsOf(), f, 31*time.Second); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	f.outageAfter = time.Minute // it has not begun
	if got := resultOf(rowsOf(), f, 11*time.Second); !strings.Contains(got, "of the 600 that") {
		t.Errorf("got %q", got)
	}
	if got := resultOf(nil, &flags{rate: 1, burst: 1}, 0); !strings.HasPrefix(got, "0 requests") ||
		strings.Contains(got, "outage") {
		t.Errorf("got %q", got)
	}
}
