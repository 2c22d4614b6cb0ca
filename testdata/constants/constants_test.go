package constants_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	constants "github.com/resgen/resgen/testdata/constants/want"
)

// recorded returns a client of a server that answers with answer and writes what it receives to got.
func recorded(t *testing.T, answer string, got *string) *constants.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		*got = string(data)
		if answer == "" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	c, err := constants.New(resilience.WithBaseURL(s.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestOrder_JSON(t *testing.T) {
	const all = `{"version":"2.0","level":3,"test":true,"quote":"a \"b\" ` + "`c`" + ` \\d","place":"home",` +
		`"since":"2026-02-03","note":"n"}`
	var got string
	out, err := recorded(t, all, &got).CreateOrder(t.Context(), constants.Order{Note: "n"})
	if err != nil || got != all {
		t.Fatalf("sent %s, %v, want %s", got, err, all)
	}
	if back, err := json.Marshal(out); err != nil || string(back) != all || out.Level != 3 || out.Place != "home" {
		t.Errorf("read %s, %v, want %s", back, err, all)
	}
	unit := "each"
	recorded(t, all, &got).CreateOrder(t.Context(), constants.Order{Version: "2.1", Unit: &unit})
	want := strings.Replace(all, `"2.0"`, `"2.1"`, 1)
	if want = strings.Replace(want, `"note":"n"`, `"note":"","unit":"each"`, 1); got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}

func TestOrder_Form(t *testing.T) {
	var got string
	err := recorded(t, "", &got).CreateOrderByForm(t.Context(), constants.Order{Note: "n"})
	const want = "version=2.0&level=3&test=true&quote=a+%22b%22+%60c%60+%5Cd&place=home&since=2026-02-03&note=n"
	if err != nil || got != want {
		t.Errorf("sent %s, %v, want %s", got, err, want)
	}
}

func TestOrder_Multipart(t *testing.T) {
	var got string
	err := recorded(t, "", &got).CreateOrderByParts(t.Context(), constants.Order{Note: "n"})
	boundary, _, _ := strings.Cut(got, "\r\n")
	want := ""
	for _, m := range [][2]string{
		{"version", "2.0"}, {"level", "3"}, {"test", "true"}, {"quote", "a \"b\" `c` \\d"}, {"place", "home"},
		{"since", "2026-02-03"}, {"note", "n"},
	} {
		want += fmt.Sprintf("%s\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", boundary, m[0], m[1])
	}
	if want += boundary + "--\r\n"; err != nil || got != want {
		t.Errorf("sent %s, %v, want %s", got, err, want)
	}
}

// Every variant is sent with its constant, read as the same variant, and sent back unchanged.
func TestEvents(t *testing.T) {
	var placed, packed, sent constants.ByText
	placed.FromPlaced(constants.Placed{At: 1})
	packed.FromPacked(constants.Packed{Event: "placed", At: 2})
	sent.FromSent(constants.Sent{At: 3})
	for _, row := range []struct {
		set  func(*constants.Events)
		want string
		kind func(*constants.Events) (any, error)
	}{
		{func(e *constants.Events) { e.List = []constants.ByText{placed} }, `{"list":[{"event":"placed","at":1}]}`,
			func(e *constants.Events) (any, error) { return e.List[0].Value() }},
		{func(e *constants.Events) { e.List = []constants.ByText{packed} }, `{"list":[{"event":"packed","at":2}]}`,
			func(e *constants.Events) (any, error) { return e.List[0].Value() }},
		{func(e *constants.Events) { e.List = []constants.ByText{sent} }, `{"list":[{"event":"sent","at":3}]}`,
			func(e *constants.Events) (any, error) { return e.List[0].Value() }},
		{func(e *constants.Events) { e.Number = new(constants.ByNumber); e.Number.FromFirst(constants.First{}) },
			`{"number":{"v":1}}`, func(e *constants.Events) (any, error) { return e.Number.Value() }},
		{func(e *constants.Events) {
			e.Number = new(constants.ByNumber)
			e.Number.FromSecond(constants.Second{V: 1})
		},
			`{"number":{"v":2}}`, func(e *constants.Events) (any, error) { return e.Number.Value() }},
		{func(e *constants.Events) { e.Bool = new(constants.ByBool); e.Bool.FromGood(constants.Good{}) },
			`{"bool":{"ok":true}}`, func(e *constants.Events) (any, error) { return e.Bool.Value() }},
		{func(e *constants.Events) { e.Bool = new(constants.ByBool); e.Bool.FromBad(constants.Bad{}) },
			`{"bool":{"ok":false}}`, func(e *constants.Events) (any, error) { return e.Bool.Value() }},
		{func(e *constants.Events) { e.Base = new(constants.ByBase); e.Base.FromCar(constants.Car{}) },
			`{"base":{"type":"car"}}`, func(e *constants.Events) (any, error) { return e.Base.Value() }},
		{func(e *constants.Events) { e.Base = new(constants.ByBase); e.Base.FromVan(constants.Van{}) },
			`{"base":{"type":"van"}}`, func(e *constants.Events) (any, error) { return e.Base.Value() }},
		{func(e *constants.Events) { e.Deep = new(constants.ByDepth); e.Deep.FromPerson(constants.Person{}) },
			`{"deep":{"data":{"is":"person"}}}`, func(e *constants.Events) (any, error) { return e.Deep.Value() }},
		{func(e *constants.Events) { e.Deep = new(constants.ByDepth); e.Deep.FromFirm(constants.Firm{}) },
			`{"deep":{"data":{"is":"firm"}}}`, func(e *constants.Events) (any, error) { return e.Deep.Value() }},
		{func(e *constants.Events) { e.Optional = new(constants.ByOptional); e.Optional.FromUp(constants.Up{}) },
			`{"optional":{"to":"up"}}`, func(e *constants.Events) (any, error) { return e.Optional.Value() }},
		{func(e *constants.Events) {
			e.Optional = new(constants.ByOptional)
			e.Optional.FromDown(constants.Down{})
		},
			`{"optional":{"to":"down"}}`, func(e *constants.Events) (any, error) { return e.Optional.Value() }},
	} {
		var in constants.Events
		row.set(&in)
		var got string
		out, err := recorded(t, row.want, &got).ExchangeEvents(t.Context(), in)
		if err != nil || got != row.want {
			t.Errorf("sent %s, %v, want %s", got, err, row.want)
			continue
		}
		before, _ := row.kind(&in)
		after, err := row.kind(out)
		if a, b := fmt.Sprintf("%T", before), fmt.Sprintf("%T", after); err != nil || a != b {
			t.Errorf("%s was %s and is %s, %v", row.want, a, b, err)
		}
		if back, err := json.Marshal(out); err != nil || string(back) != row.want {
			t.Errorf("read and written again: %s, %v, want %s", back, err, row.want)
		}
	}
}

// A constant that no variant has is no variant; the value is kept.
func TestEvents_Unknown(t *testing.T) {
	const data = `{"list":[{"event":"lost","at":1,"more":[1, 2]}],"number":{"v":3},"bool":{"ok":"true"}}`
	var got string
	out, err := recorded(t, data, &got).ExchangeEvents(t.Context(), constants.Events{})
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []func() (any, error){out.List[0].Value, out.Number.Value, out.Bool.Value} {
		if v, err := value(); v != nil || err == nil || !strings.HasPrefix(err.Error(), "the value is none of the ") {
			t.Errorf("got %v, %v", v, err)
		}
	}
	back, err := json.Marshal(out)
	if err != nil || string(back) != strings.Replace(data, "1, 2", "1,2", 1) {
		t.Errorf("read and written again: %s, %v", back, err)
	}
}
