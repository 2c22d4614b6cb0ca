package required_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
	required "github.com/resgen/resgen/testdata/required/want"
)

// start returns a client of a server that keeps the bodies of its requests.
func start(t *testing.T) (*required.Client, *[]string) {
	t.Helper()
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		if kind, boundary, ok := strings.Cut(r.Header.Get("Content-Type"), "; boundary="); ok {
			data = []byte(kind + " " + strings.NewReplacer(boundary, "B", "\r\n", "\n").Replace(string(data)))
		}
		bodies = append(bodies, string(data))
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	c, err := required.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, &bodies
}

func date(t *testing.T, text string) wire.Date {
	t.Helper()
	d, err := wire.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// order returns an order in which only the members have values that have no form without one.
func order(t *testing.T) required.Order {
	t.Helper()
	due := date(t, "2026-02-03")
	at, _ := wire.ParseTime("2026-02-03T04:05:06Z")
	o := required.Order{Day: due, At: at, Scalar: wire.ScalarOf("s"), Choice: "x", Line: required.Line{Due: due}}
	if err := o.Shape.FromCircle(required.Circle{}); err != nil {
		t.Fatal(err)
	}
	return o
}

// Lists and maps without a value are empty, scalars have their zero values, and only members that
// may be null are null.
func TestUnset_IsNotNull(t *testing.T) {
	c, bodies := start(t)
	if err := c.PutOrder(context.Background(), "1", order(t)); err != nil {
		t.Fatal(err)
	}
	o := order(t)
	o.Lists = map[string][][]string{"a": nil, "b": {nil}}
	o.More = []required.Line{}
	if err := c.SendBatch(context.Background(), []required.Order{o}); err != nil {
		t.Fatal(err)
	}
	const end = `"text":"","count":0,"flag":false,"line":{"due":"2026-02-03","sku":""},"day":"2026-02-03",` +
		`"at":"2026-02-03T04:05:06Z","amount":0,"scalar":"s","shape":{"radius":0},"anything":null,"choice":"x",` +
		`"note":null,"names":null`
	for i, want := range []string{
		`{"list":[],"map":{},"bytes":"","lists":{},` + end + `}`,
		`[{"list":[],"map":{},"bytes":"","lists":{"a":[],"b":[[]]},` + end + `,"more":[]}]`,
	} {
		if got := (*bodies)[i]; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// What has no form is refused before anything is sent, in one error with all paths.
func TestUnset_IsRefused(t *testing.T) {
	c, bodies := start(t)
	ctx := context.Background()
	two := order(t)
	two.More, two.SayX = []required.Line{{Due: two.Day}, {}}, &required.Line{}
	two.Next = &required.Next{}
	due := required.Line{Due: two.Day}
	for _, row := range []struct {
		err  error
		want string // members
	}{
		{c.PutOrder(ctx, "1", required.Order{}), "line.due, day, at, scalar, shape, choice"},
		{c.SendBatch(ctx, []required.Order{order(t), two}), `1.next.next, 1.more.1.due, 1.say "x".due`},
		{c.SendForm(ctx, required.Line{}), "due"},
		{c.SendParts(ctx, required.SendPartsBody{}), "day, line.due, picture"},
		{c.SendParts(ctx, required.SendPartsBody{Line: due, Picture: wire.NewFile("p", "x")}), "day"},
		{c.PutAnything(ctx, required.Line{}), "due"},
	} {
		want := "required members without a value: " + row.want + "; set them"
		if row.err == nil || !strings.Contains(row.err.Error(), want) || !errors.Is(row.err, resilience.ErrInvalidRequest) {
			t.Errorf("got %v, want an invalid request with %s", row.err, want)
		}
		var unset *wire.UnsetError
		if !errors.As(row.err, &unset) || strings.Join(unset.Members, ", ") != row.want || unset.More != 0 {
			t.Errorf("got %+v, want the members %s", unset, row.want)
		}
	}
	var shape required.Shape
	if err := shape.FromLine(required.Line{}); err == nil || !shape.IsZero() {
		t.Errorf("a variant without its required member: got %v and %s", err, shape)
	}
	if len(*bodies) != 0 {
		t.Errorf("%d requests were sent: %q", len(*bodies), *bodies)
	}
}

func TestUnset_Forms(t *testing.T) {
	c, bodies := start(t)
	due := date(t, "2026-02-03")
	if err := c.SendForm(context.Background(), required.Line{Due: due}); err != nil {
		t.Fatal(err)
	}
	if err := c.SendParts(context.Background(), required.SendPartsBody{
		Day: due, Line: required.Line{Due: due}, Picture: wire.NewFile("p.png", "x"),
	}); err != nil {
		t.Fatal(err)
	}
	const part = "--B\nContent-Disposition: form-data; name="
	for i, want := range []string{
		"due=2026-02-03&sku=",
		"multipart/form-data " + part + "\"day\"\n\n2026-02-03\n" +
			part + "\"line\"\nContent-Type: application/json\n\n{\"due\":\"2026-02-03\",\"sku\":\"\"}\n" +
			part + "\"data\"\n\n\n" +
			part + "\"picture\"; filename=\"p.png\"\nContent-Type: application/octet-stream\n\nx\n--B--\n",
	} {
		if got := (*bodies)[i]; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// A required body that is null is sent where the schema allows null.
func TestNullBody(t *testing.T) {
	c, bodies := start(t)
	ctx := context.Background()
	var empty []string
	n := 1.5
	for i, row := range []struct {
		err  error
		want string
	}{
		{c.PutNumber(ctx, nil), "null"}, {c.PutNumber(ctx, &n), "1.5"},
		{c.PutNames(ctx, nil), "null"}, {c.PutNames(ctx, &empty), "[]"},
		{c.PutLine(ctx, nil), "null"}, {c.PutAnything(ctx, nil), "null"}, {c.PutStrict(ctx, []string{}), "[]"},
		{c.PutOptional(ctx, nil), ""},
	} {
		if row.err != nil {
			t.Fatalf("%d: %v", i, row.err)
		}
		if got := (*bodies)[i]; got != row.want {
			t.Errorf("%d: got %q, want %q", i, got, row.want)
		}
	}
	if err := c.PutStrict(ctx, nil); !errors.Is(err, wire.ErrNoBody) {
		t.Errorf("got %v, want an error: the list may not be null", err)
	}
}
