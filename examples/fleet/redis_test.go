package main

import "testing"

func TestScriptsIn(t *testing.T) {
	info := "# Commandstats\r\ncmdstat_get:calls=7,usec=3\r\ncmdstat_evalsha:calls=20,usec=1\r\n" +
		"cmdstat_eval:calls=3,usec=1\r\n"
	if got := scriptsIn(info); got != 23 {
		t.Errorf("got %d, want 23", got)
	}
	if got := scriptsIn("# Commandstats\r\n"); got != 0 {
		t.Errorf("got %d of none", got)
	}
}
