package discriminators_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/resgen/resgen/resilience"
	want "github.com/resgen/resgen/testdata/discriminators/want"
)

// echo returns a client of a server that answers with what it receives, or with answer if it has
// one, and writes what it receives to got.
func echo(t *testing.T, answer string, got *string) *want.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		*got = string(data)
		if answer != "" {
			data = []byte(answer)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(data)
	}))
	t.Cleanup(s.Close)
	c, err := want.New(resilience.WithBaseURL(s.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

type valuer interface{ Value() (any, error) }

// Every variant is sent with the value that selects it, and is read as the same variant.
func TestEachVariant(t *testing.T) {
	var (
		mapped  want.Mapped
		beside  want.Beside
		inside  want.Inside
		wrapped want.Wrapped
		anyOf   want.AnyOf
		base    want.ByBase
		number  want.ByNumber
		boolean want.ByBool
		open    want.Open
		free    want.Free
	)
	inMapped := func(b *want.Box) valuer { return b.Mapped }
	inBeside := func(b *want.Box) valuer { return b.Beside }
	inInside := func(b *want.Box) valuer { return b.Inside }
	inWrapped := func(b *want.Box) valuer { return b.Wrapped }
	inAny := func(b *want.Box) valuer { return b.Any }
	inBase := func(b *want.Box) valuer { return b.Base }
	inNumber := func(b *want.Box) valuer { return b.Number }
	inBool := func(b *want.Box) valuer { return b.Bool }
	inOpen := func(b *want.Box) valuer { return b.Open }
	inFree := func(b *want.Box) valuer { return b.Free }
	name := "n"
	for _, row := range []struct {
		err       error
		box       want.Box
		sent, typ string
		in        func(*want.Box) valuer
	}{
		{mapped.FromTea(want.Tea{}), want.Box{Mapped: new(mapped)}, `{"mapped":{"sort":"green"}}`, "Tea", inMapped},
		{mapped.FromTea(want.Tea{Sort: "black"}), want.Box{Mapped: new(mapped)},
			`{"mapped":{"sort":"black"}}`, "Tea", inMapped},
		{mapped.FromMilk(want.Milk{Sort: "green"}), want.Box{Mapped: new(mapped)},
			`{"mapped":{"sort":"cow"}}`, "Milk", inMapped},
		{beside.FromBesideTea(want.BesideTea{Price: 3}), want.Box{Beside: new(beside)},
			`{"beside":{"price":3,"sort":"green"}}`, "BesideTea", inBeside},
		{beside.FromBesideMilk(want.BesideMilk{}), want.Box{Beside: new(beside)}, `{"beside":{"price":0,"sort":"cow"}}`,
			"BesideMilk", inBeside},
		{inside.FromInsideTea(want.InsideTea{}), want.Box{Inside: new(inside)},
			`{"inside":{"sort":"Tea"}}`, "InsideTea", inInside},
		{inside.FromInsideMilk(want.InsideMilk{}), want.Box{Inside: new(inside)},
			`{"inside":{"sort":"Milk"}}`, "InsideMilk", inInside},
		{wrapped.FromTea(want.Tea{}), want.Box{Wrapped: new(wrapped)},
			`{"wrapped":{"sort":"green"}}`, "Tea", inWrapped},
		{wrapped.FromMilk(want.Milk{}), want.Box{Wrapped: new(wrapped)},
			`{"wrapped":{"sort":"cow"}}`, "Milk", inWrapped},
		{anyOf.FromTea(want.Tea{}), want.Box{Any: new(anyOf)}, `{"any":{"sort":"green"}}`, "Tea", inAny},
		{anyOf.FromMilk(want.Milk{}), want.Box{Any: new(anyOf)}, `{"any":{"sort":"cow"}}`, "Milk", inAny},
		{base.FromCircle(want.Circle{}), want.Box{Base: new(base)}, `{"base":{"shape":"circle"}}`, "Circle", inBase},
		{base.FromSquare(want.Square{}), want.Box{Base: new(base)}, `{"base":{"shape":"square"}}`, "Square", inBase},
		{number.FromOne(want.One{}), want.Box{Number: new(number)}, `{"number":{"v":1}}`, "One", inNumber},
		{number.FromHalf(want.Half{V: 1}), want.Box{Number: new(number)}, `{"number":{"v":0.5}}`, "Half", inNumber},
		{boolean.FromYes(want.Yes{}), want.Box{Bool: new(boolean)}, `{"bool":{"ok":true}}`, "Yes", inBool},
		{boolean.FromNo(want.No{Ok: true}), want.Box{Bool: new(boolean)}, `{"bool":{"ok":false}}`, "No", inBool},
		{open.FromTea(want.Tea{}), want.Box{Open: new(open)}, `{"open":{"sort":"green"}}`, "Tea", inOpen},
		{open.FromOther(want.Other{Name: &name}), want.Box{Open: new(open)},
			`{"open":{"sort":"Other","name":"n"}}`, "Other", inOpen},
		{open.FromOther(want.Other{Sort: &name}), want.Box{Open: new(open)}, `{"open":{"sort":"n"}}`, "Other", inOpen},
		{free.FromTea(want.Tea{Sort: "s"}), want.Box{Free: new(free)}, `{"free":{"sort":"s"}}`, "Tea", inFree},
	} {
		var got string
		out, err := echo(t, "", &got).Exchange(t.Context(), row.box)
		if err != nil || row.err != nil || got != row.sent {
			t.Errorf("sent %s, %v, %v, want %s", got, row.err, err, row.sent)
			continue
		}
		v, err := row.in(out).Value()
		if typ := fmt.Sprintf("%T", v); err != nil || typ != "discriminators."+row.typ {
			t.Errorf("%s is %s, %v, want %s", row.sent, typ, err, row.typ)
		}
		if back, err := json.Marshal(out); err != nil || string(back) != row.sent {
			t.Errorf("%s written again is %s, %v", row.sent, back, err)
		}
	}
}

// A value that selects no variant is kept as it was read.
func TestUnmapped(t *testing.T) {
	const data = `{"mapped":{"sort":"oat","cups":1.0},"number":{"v":2,"x":"y"},"bool":{"ok":null}}`
	var got string
	out, err := echo(t, data, &got).Exchange(t.Context(), want.Box{})
	if err != nil {
		t.Fatal(err)
	}
	for member, u := range map[string]valuer{"sort": out.Mapped, "v": out.Number, "ok": out.Bool} {
		text := "member " + member + " selects none of the 2 types of the union; use Raw"
		if v, err := u.Value(); v != nil || err == nil || err.Error() != text {
			t.Errorf("got %v, %v, want %s", v, err, text)
		}
	}
	if back, err := json.Marshal(out); err != nil || string(back) != data {
		t.Errorf("written again: %s, %v", back, err)
	}
}

func TestDefaultMapping(t *testing.T) {
	for data, typ := range map[string]string{
		`{"open":{"sort":"new"}}`: "discriminators.Other", `{"open":{"cups":2}}`: "discriminators.Other",
		`{"open":{"sort":"Tea"}}`: "discriminators.Tea",
	} {
		var got string
		out, err := echo(t, data, &got).Exchange(t.Context(), want.Box{})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := out.Open.Value(); err != nil || fmt.Sprintf("%T", v) != typ {
			t.Errorf("%s: got %T, %v, want %s", data, v, err, typ)
		}
	}
}

// Members that all variants have are read without a type switch.
func TestShared(t *testing.T) {
	const data = `{"mapped":{"sort":"oat","cups":5},"open":{"cups":6},"number":{"v":1,"x":"y"}}`
	var got string
	out, err := echo(t, data, &got).Exchange(t.Context(), want.Box{})
	if err != nil {
		t.Fatal(err)
	}
	if cups, err := out.Mapped.Cups(); err != nil || cups == nil || *cups != 5 {
		t.Errorf("got %v, %v", cups, err)
	}
	if sort, err := out.Mapped.Sort(); err != nil || sort != "oat" {
		t.Errorf("got %v, %v", sort, err)
	}
	if sort, err := out.Open.Sort(); err != nil || sort != nil {
		t.Errorf("got %v, %v", sort, err)
	}
	if x, err := out.Number.X(); err != nil || x == nil || *x != "y" {
		t.Errorf("got %v, %v", x, err)
	}
	if _, err := (want.Mapped{}).Cups(); err == nil {
		t.Error("a union without a value has a member")
	}
}
