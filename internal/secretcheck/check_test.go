package secretcheck_test

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/resgen/resgen/internal/secretcheck"
	"github.com/resgen/resgen/resilience/auth"
)

// Types that show their secret in one way or another.
type (
	plain   struct{ Password string }
	unseen  struct{ password string }
	raw     struct{ Token []byte }
	nested  struct{ Inner map[string][]plain }
	pointed struct{ user *struct{ SessionID string } }
	channel struct {
		token string
		done  chan int
	}
	locked struct {
		inner [1]struct{ mu sync.Mutex }
		token string
	}
	formatted struct{ Secret string } // fmt calls no method in a hidden field
	array     struct{ Cookies [2]string }
)

func (formatted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "hidden") }

// Types that do not.
type (
	safe     struct{ Password auth.Secret }
	harmless struct{ Name string }
	library  struct{ sessions url.URL } // its fields are not ours
	function struct{ token func() string }
	itself   struct {
		next  *itself
		Token auth.Secret
	}
)

// The fields are read by reflection only.
var _ = []any{
	unseen{}.password, pointed{}.user, channel{}.token, channel{}.done, new(locked).token, &new(locked).inner,
	library{}.sessions, function{}.token, itself{}.next,
}

func TestType(t *testing.T) {
	for name, c := range map[string]struct {
		leaks map[string][]string
		path  string
		want  []string // among them
	}{
		"plain": {
			secretcheck.Type[plain](), ".Password",
			[]string{"%v as value", "JSON as value", "slog JSON as list", "%x as hidden"},
		},
		"unseen": {secretcheck.Type[unseen](), ".password", []string{"%v as value", "slog text as value"}},
		"raw": {
			secretcheck.Type[raw](), ".Token", []string{"%d as value", "JSON as value", "%x as value", "%#v as hidden"},
		},
		"nested":  {secretcheck.Type[nested](), ".Inner.Password", []string{"%v as map"}},
		"pointed": {secretcheck.Type[pointed](), ".user.SessionID", []string{"%s as value"}},
		"channel": {secretcheck.Type[channel](), ".token", []string{"%s as hidden pointer", "%s as list of pointers"}},
		"locked":  {secretcheck.Type[locked](), ".token", []string{"%v as pointer", "%s as any pointer"}},
		"formatted": {
			secretcheck.Type[formatted](),
			".Secret",
			[]string{"%v as hidden", "%+v as holder", "JSON as value"},
		},
		"array":    {secretcheck.Type[array](), ".Cookies", []string{"%q as hidden list"}},
		"safe":     {secretcheck.Type[safe](), "", nil},
		"harmless": {secretcheck.Type[harmless](), "", nil},
		"library":  {secretcheck.Type[library](), "", nil},
		"function": {secretcheck.Type[function](), "", nil},
		"itself":   {secretcheck.Type[itself](), "", nil},
	} {
		if len(c.want) == 0 && len(c.leaks) > 0 || len(c.want) > 0 && len(c.leaks) != 1 {
			t.Errorf("%s: %v", name, c.leaks)
		}
		for _, leak := range c.want {
			if !slices.Contains(c.leaks[c.path], leak) {
				t.Errorf("%s: %q is not among %s", name, leak, strings.Join(c.leaks[c.path], "; "))
			}
		}
	}
	for _, leaks := range []map[string][]string{secretcheck.Type[channel](), secretcheck.Type[locked]()} {
		if slices.Contains(leaks[".token"], "%v as value") || slices.Contains(leaks[".token"], "%v as list") {
			t.Errorf("copied: %v", leaks)
		}
	}
	if leaks := secretcheck.Type[formatted]()[".Secret"]; slices.Contains(leaks, "%v as value") {
		t.Errorf("methods are not called: %s", strings.Join(leaks, "; "))
	}
}

func TestValue(t *testing.T) {
	secret, other := secretcheck.Marker, "other"
	if leaks := secretcheck.Value(&secret); !slices.Contains(leaks, "%s as pointer to holder") &&
		!slices.Contains(leaks, "%s as value") {
		t.Errorf("%v", leaks)
	}
	if leaks := secretcheck.Value(&other); len(leaks) != 0 {
		t.Errorf("%v", leaks)
	}
}
