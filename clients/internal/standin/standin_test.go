package standin

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestJournalKeepsAndWrites(t *testing.T) {
	type entry struct{ N int }
	var out strings.Builder
	j := Journal[entry]{To: &out}
	j.Add(entry{1})
	j.Add(entry{2})
	got := j.Entries()
	if !slices.Equal(got, []entry{{1}, {2}}) || out.String() != "{\"N\":1}\n{\"N\":2}\n" {
		t.Errorf("kept %v, wrote %q", got, out.String())
	}
	got[0].N = 7
	if j.Entries()[0].N != 1 {
		t.Error("what Entries returns is no copy")
	}
	var silent Journal[entry]
	silent.Add(entry{3})
	if !slices.Equal(silent.Entries(), []entry{{3}}) {
		t.Error("the zero journal keeps nothing")
	}
}

func TestBetween(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, bounds := range [][2]time.Duration{{5, 5}, {5, 0}, {5, 4}} {
		if got := Between(random, bounds); got != 5 {
			t.Errorf("Between(%v) = %d, want the first", bounds, got)
		}
	}
	seen := map[time.Duration]bool{}
	for range 200 {
		seen[Between(random, [2]time.Duration{5, 8})] = true
	}
	if len(seen) != 3 || !seen[5] || !seen[6] || !seen[7] {
		t.Errorf("drawn between 5 and 8: %v", seen)
	}
}

func TestHangUpResetsTheConnection(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { HangUp(w) }))
	defer s.Close()
	resp, err := http.Post(s.URL, "text/plain", strings.NewReader("x")) // a POST, so that net/http does not retry
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want a reset", err)
	}
}
