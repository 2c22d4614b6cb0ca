package emit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

func TestLiteral_EveryWord(t *testing.T) {
	for v, word := range words {
		if s, ok := v.(interface{ String() string }); ok && s.String() == word {
			t.Errorf("%v has its own text as name", v)
		}
	}
	p := policy.Default()
	p.Redirects.Max, p.Response.MaxBytes, p.Breaker.Jitter = -1, 1<<40, -0.5
	got := fmt.Sprintf("%#v", literal(p))
	for _, want := range []string{
		"Redirects: policy.Redirects{Max: -1}", "MaxBytes: 1099511627776", "Jitter: -0.5", "Jitter: policy.EqualJitter",
		"Enabled: policy.Off",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nwant it to have %s", got, want)
		}
	}
}
