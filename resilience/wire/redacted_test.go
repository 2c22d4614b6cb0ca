package wire_test

import (
	"testing"

	"github.com/resgen/resgen/resilience/wire"
)

func TestRedacted(t *testing.T) {
	type inner struct{ Name string }
	type login struct {
		User     string
		Password string
		Token    *string
		Age      *int
		Inner    *inner
		List     []string
	}
	text, number := "the-token", 7
	for _, c := range []struct {
		v       any
		secrets []string
		want    string
	}{
		{
			login{"ann", "pw", &text, &number, &inner{"x"}, []string{"a", "b"}}, []string{"Password", "Token"},
			"{User:ann Password:[redacted] Token:[redacted] Age:7 Inner:{Name:x} List:[a b]}",
		},
		{
			login{}, []string{"Password", "Token", "List"},
			"{User: Password: Token:<nil> Age:<nil> Inner:<nil> List:[]}",
		},
		{login{Password: "pw", List: []string{"a"}}, []string{"List"},
			"{User: Password:pw Token:<nil> Age:<nil> Inner:<nil> List:[redacted]}"},
		{struct{}{}, []string{"Password"}, "{}"},
	} {
		if got := wire.Redacted(c.v, c.secrets...); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
