package admin

import (
	"strings"
	"testing"
	"time"
)

func TestSummaryOf(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	s := summaryOf(Status{Status: Warn, At: at, Closed: true, APIs: []API{{Name: "shop", Status: Fail}}})
	want := `"status":"warn","at":"2026-01-01T12:00:00Z","apis":[{"name":"shop","status":"fail"}]}`
	if got := string(s.text); !strings.HasSuffix(got, want) || !strings.HasPrefix(got, `{"version":"`+s.version+`",`) {
		t.Errorf("got %s", got)
	}
	if !s.closed || summaryOf(Status{}).closed {
		t.Error("closed is wrong")
	}
}

// A version differs if anything but the time does, also on other pages.
func TestVersionOf(t *testing.T) {
	status := func(change func(*Status)) Status {
		account := Account{Name: "a", Circuits: []Circuit{{State: "open"}}}
		s := Status{Status: Pass, APIs: []API{{
			Name: "shop", Accounts: Accounts{Total: 1, degraded: []Account{account}},
		}}}
		change(&s)
		return s
	}
	same := versionOf(status(func(*Status) {}))
	if versionOf(status(func(s *Status) { s.At = time.Now() })) != same {
		t.Error("the time changes the version")
	}
	for name, change := range map[string]func(*Status){
		"status":             func(s *Status) { s.Status = Warn },
		"calls":              func(s *Status) { s.APIs[0].Calls.Total++ },
		"circuit of account": func(s *Status) { s.APIs[0].Accounts.degraded[0].Circuits[0].State = "half-open" },
		"batch":              func(s *Status) { s.Batches = []Batch{{}} },
	} {
		if versionOf(status(change)) == same {
			t.Errorf("%s does not change the version", name)
		}
	}
}
