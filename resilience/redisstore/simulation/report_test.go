package simulation

import (
	"strings"
	"testing"
	"time"
)

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{5: "5", 999: "999", 1000: "1,000", 12045: "12,045"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPage(t *testing.T) {
	r := sample()
	r.scenario.down = span{}
	got := page(1000, []result{r})
	for _, want := range []string{
		"# A fleet of 1,000 processes, simulated\n", "| T | 70.0 % | 5.41 % | 30.0 % | 30.0 % | 3 |\n",
		"\n## T\n\nText.\n\n![Requests per second: t](simulation/n.svg)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestResult_Notes(t *testing.T) {
	r := result{
		scenario: &scenario{length: 60 * time.Second, silent: span{10 * time.Second, 20 * time.Second}},
		quota:    10, seconds: make([]second, 60),
		failed: map[string]int{"rate-limited": 2, "other": 1, "circuit-open": 9},
	}
	r.seconds[9], r.seconds[10] = second{Accepted: 7}, second{Accepted: 30, Throttled: 1}
	r.seconds[19] = second{Accepted: 20}
	r.seconds[20], r.seconds[24], r.seconds[25] = second{Throttled: 3}, second{Throttled: 4}, second{Throttled: 50}
	want := "- While the store is silent: 50.0 % of the quota is used, 1 requests over it.\n" +
		"- In the 5 s after: 7 over it.\n- Calls that failed because of the limit or the store: 3."
	if got := strings.Join(r.notes(), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	r = result{
		scenario: &scenario{length: 60 * time.Second, down: span{10 * time.Second, 40 * time.Second}},
		quota:    10, seconds: make([]second, 60),
	}
	r.seconds[10], r.seconds[24], r.seconds[25] = second{Down: 5}, second{Down: 1}, second{Down: 2}
	r.seconds[39], r.seconds[40], r.seconds[43] = second{Down: 1}, second{Down: 9, Accepted: 4}, second{Accepted: 5}
	want = "- 6 requests reach the server in its outage until the circuit is open everywhere.\n" +
		"- In the 15 s after that 3 more do.\n- 4s after its end, half of the quota is used again."
	if got := strings.Join(r.notes(), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
