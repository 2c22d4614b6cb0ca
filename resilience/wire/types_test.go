package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

func TestTime_Forms(t *testing.T) {
	const noon = "2024-02-29T12:30:00Z"
	rows := []struct{ text, want string }{
		{"2024-02-29T12:30:00Z", noon},
		{"2024-02-29t12:30:00z", noon},
		{"2024-02-29 12:30:00Z", noon},
		{"2024-02-29T12:30Z", noon},
		{"2024-02-29T12:30", noon},
		{"2024-02-29T12:30:00", noon},
		{"2024-02-29 12:30:00", noon},
		{"2024-02-29T07:30:00-05:00", noon},
		{"2024-02-29T07:30-05:00", noon},
		{"2024-02-29T07:30:00-0500", noon},
		{"2024-02-29T07:30-0500", noon},
		{"2024-02-29T07:30:00-05", noon},
		{"2024-02-29 07:30:00 -05:00", noon},
		{"2024-02-29 07:30:00 -0500", noon},
		{"2024-02-29 07:30:00 -0500 EST", noon},
		{"2024-02-29 12:30:00 UTC", noon},
		{"20240229T123000Z", noon},
		{"20240229T123000", noon},
		{"20240229T073000-0500", noon},
		{"2024-02-29T12:30:00.000Z", noon},
		{"2024-02-29T12:30:00.25Z", "2024-02-29T12:30:00.25Z"},
		{"2024-02-29T12:30:00,250", "2024-02-29T12:30:00.25Z"},
		{"2024-02-29T12:30:00.123456789Z", "2024-02-29T12:30:00.123456789Z"},
		{"2024-02-29", "2024-02-29T00:00:00Z"},
		{" 2024-02-29 ", "2024-02-29T00:00:00Z"},
		{"Thu, 29 Feb 2024 12:30:00 GMT", noon},
		{"Thu, 29 Feb 2024 07:30:00 -0500", noon},
		{"Thu, 29 Feb 2024 07:30:00 EST", noon},
		{"Fri, 1 Mar 2024 07:30:00 GMT", "2024-03-01T07:30:00Z"},
		{"Fri, 1 Mar 2024 07:30:00 -0500", "2024-03-01T12:30:00Z"},
		{"Thursday, 29-Feb-24 12:30:00 UTC", noon},
		{"Thu Feb 29 12:30:00 2024", noon},
		{"Thu Feb 29 12:30:00 UTC 2024", noon},
		{"Thu Feb 29 05:30:00 PDT 2024", noon},
		{"Thu Feb 29 04:30:00 -0800 2024", noon},
		{"Mon Oct 28 18:49:32 UTC 2019", "2019-10-28T18:49:32Z"},
		{"Mon Oct  7 18:49:32 UTC 2019", "2019-10-07T18:49:32Z"},
	}
	for _, row := range rows {
		var v Time
		if err := v.UnmarshalJSON([]byte(`"` + row.text + `"`)); err != nil {
			t.Fatal(err)
		}
		got, err := v.Time()
		if err != nil || got.UTC().Format(time.RFC3339Nano) != row.want || !v.Valid() || v.String() != row.text {
			t.Errorf("%q: got %v, %v, want %s", row.text, got, err, row.want)
		}
		if data, err := Marshal(v); err != nil || string(data) != `"`+row.text+`"` {
			t.Errorf("%q is sent back as %s, %v", row.text, data, err)
		}
	}
}

func TestTime_KeepsZone(t *testing.T) {
	v, err := ParseTime("2024-02-29T07:30:00-05:00")
	got, _ := v.Time()
	if _, offset := got.Zone(); err != nil || offset != -5*3600 {
		t.Error(got, err)
	}
	named, _ := ParseTime("Thu, 29 Feb 2024 07:30:00 CST")
	got, _ = named.Time()
	if name, offset := got.Zone(); name != "CST" || offset != -6*3600 || got.Minute() != 30 {
		t.Error(got)
	}
}

func TestTime_NoTime(t *testing.T) {
	for _, data := range []string{`"2024-02-30T00:00:00Z"`, `""`, `"soon"`, `"Thu, 29 Feb 2024 07:30:00 IST"`,
		`1700000000`, `{"a": "b"}`, `[1,2]`, `true`, `"24:00"`, `"2024-13-01"`} {
		var v Time
		if err := Unmarshal([]byte(data), &v); err != nil {
			t.Errorf("%s costs the answer around it: %v", data, err)
		}
		if _, err := v.Time(); err == nil || v.Valid() || v.IsZero() {
			t.Errorf("%s is a time", data)
		}
		if got, _ := Marshal(v); string(got) != `{"a":"b"}` && string(got) != data {
			t.Errorf("%s is sent back as %s", data, got)
		}
	}
	if v, err := ParseTime("tomorrow"); err == nil ||
		err.Error() != "a text of 8 characters is not a time in a known form" || v.String() != "tomorrow" {
		t.Error(v, err)
	}
	if _, err := (Time{}).Time(); err == nil || err.Error() != "the time is absent" {
		t.Error(err)
	}
}

func TestTime_New(t *testing.T) {
	at := time.Date(2024, 2, 29, 12, 30, 0, 5e6, time.FixedZone("", 3600))
	v := NewTime(at)
	got, err := v.Time()
	if v.String() != "2024-02-29T12:30:00.005+01:00" || err != nil || !got.Equal(at) {
		t.Error(v, got, err)
	}
	utc, _ := ParseTime("2024-02-29T11:30:00.005Z")
	late, _ := ParseTime("2024-02-29T11:30:01Z")
	bad, _ := ParseTime("x")
	worse, _ := ParseTime("y")
	if v == utc || !v.Equal(utc) || v.Equal(late) || !bad.Equal(bad) || bad.Equal(worse) || bad.Equal(utc) ||
		utc.Equal(bad) || (Time{}).Equal(utc) {
		t.Error("equality")
	}
}

func TestDate(t *testing.T) {
	rows := []struct{ text, want string }{
		{"2024-02-29", "2024-02-29"},
		{"20240229", "2024-02-29"},
		{"2024-02-29T23:30:00-05:00", "2024-02-29"},
		{"2024-02-29T00:00Z", "2024-02-29"},
		{"Thu, 29 Feb 2024 23:30:00 EST", "2024-02-29"},
		{"2024-02-30", ""},
		{"02/29/2024", ""},
		{"2024229", ""},
		{"", ""},
	}
	for _, row := range rows {
		v, err := ParseDate(row.text)
		day, _ := v.Time()
		if (err == nil) != (row.want != "") || v.Valid() != (err == nil) || v.String() != row.text || err == nil &&
			day.Format(time.RFC3339) != row.want+"T00:00:00Z" {
			t.Errorf("%q: got %v, %v, want %s", row.text, day, err, row.want)
		}
	}
	short, _ := ParseDate("20240229")
	bad, _ := ParseDate("never")
	worse, _ := ParseDate("ever")
	if d := NewDate(2024, 2, 29); d.String() != "2024-02-29" || !d.Equal(short) || d == short ||
		d.Equal(NewDate(2024, 3, 1)) || !bad.Equal(bad) || bad.Equal(worse) || bad.Equal(d) || d.Equal(bad) {
		t.Error(d)
	}
	if d := DateOf(time.Date(2024, 1, 1, 1, 0, 0, 0, time.FixedZone("", 7200))); d != NewDate(2024, 1, 1) {
		t.Error(d)
	}
	if _, err := (Date{}).Time(); err == nil || err.Error() != "the date is absent" {
		t.Error(err)
	}
	if _, err := bad.Time(); err == nil || err.Error() != "a text of 5 characters is not a date in a known form" {
		t.Error(err)
	}
}

func TestDecimal(t *testing.T) {
	for _, text := range []string{"0", "-0", "12", "47.99999995104", "-0.50", "1e3", "1E+3", "2.5e-10",
		"123456789012345678901234567890.12", "10", "100.001"} {
		d, err := ParseDecimal(text)
		if data, _ := Marshal(d); err != nil || string(data) != text || d.String() != text || d.IsZero() {
			t.Errorf("%s: %s, %v", text, data, err)
		}
	}
	for _, text := range []string{"", "-", "+1", "01", "-01", ".5", "1.", "1.e3", "e3", "1e", "1e+", "1e3x", "1x",
		"0x10", "1_000", "NaN", "1,5", " 1", "1/2", "1.5.5"} {
		if d, err := ParseDecimal(text); err == nil || !d.IsZero() {
			t.Errorf("%q is a number", text)
		}
		if r, err := (Decimal{lossless.TextToken(text)}).Rat(); err == nil {
			t.Errorf("%q is the number %v", text, r)
		}
		if f, err := (Decimal{lossless.TextToken(text)}).Float64(); err == nil {
			t.Errorf("%q is the number %v", text, f)
		}
	}
	if d := DecimalOf(-7); d.String() != "-7" {
		t.Error(d)
	}
	if d, err := DecimalOfFloat(0.1); err != nil || d.String() != "0.1" {
		t.Error(d, err)
	}
	if d, err := DecimalOfFloat(math.Inf(-1)); err == nil || !d.IsZero() {
		t.Error(d, err)
	}
}

func TestDecimal_Wire(t *testing.T) {
	rows := []struct {
		data  string
		float float64
		rat   string
	}{
		{`47.99999995104`, 47.99999995104, "149999999847/3125000000"},
		{`"0.50"`, 0.5, "1/2"},
		{`1e3`, 1000, "1000/1"},
		{`1E+999`, math.Inf(1), "1" + strings.Repeat("0", 999) + "/1"},
		{`1e1000`, math.Inf(1), ""},
		{`"n/a"`, 0, ""},
		{`""`, 0, ""},
		{`null`, 0, ""},
	}
	for _, row := range rows {
		var d Decimal
		if err := Unmarshal([]byte(row.data), &d); err != nil {
			t.Fatal(err)
		}
		if got, _ := Marshal(d); string(got) != row.data {
			t.Errorf("%s is sent back as %s", row.data, got)
		}
		f, err := d.Float64()
		if (err == nil) != (row.float != 0 && !math.IsInf(row.float, 0)) || err == nil && f != row.float {
			t.Errorf("%s: got %v, %v", row.data, f, err)
		}
		if r, err := d.Rat(); row.rat != "" && (err != nil || r.String() != row.rat) || row.rat == "" && err == nil {
			t.Errorf("%s: got %v, %v", row.data, r, err)
		}
	}
	_, noFloat := Decimal{}.Float64()
	_, noRat := Decimal{}.Rat()
	_, textFloat := Decimal{`"secret"`}.Float64()
	_, textRat := Decimal{`"secret"`}.Rat()
	if got := fmt.Sprint(noFloat, "; ", noRat, "; ", textFloat, "; ",
		textRat); got != "the number is absent; the number is absent; "+
		"a text of 6 characters is not a number; a text of 6 characters is not a number of a supported size" {
		t.Error(got)
	}
	one, _ := ParseDecimal("1.0")
	if one == DecimalOf(1) || !one.Equal(DecimalOf(1)) || one.Equal(DecimalOf(2)) || one.Equal(Decimal{}) ||
		(Decimal{}).Equal(one) || !(Decimal{}).Equal(Decimal{}) ||
		(Decimal{`"x"`}).Equal(Decimal{`"y"`}) {
		t.Error("equality")
	}
}

func TestScalar(t *testing.T) {
	const none = math.MinInt64
	rows := []struct {
		data  string
		text  string
		whole int64
		truth string
	}{
		{`12`, "12", 12, "x"},
		{`"12"`, "12", 12, "x"},
		{`"0012"`, "0012", 12, "x"},
		{`12.0`, "12.0", 12, "x"},
		{`1.2e1`, "1.2e1", 12, "x"},
		{`12.5`, "12.5", none, "x"},
		{`9223372036854775807`, "9223372036854775807", math.MaxInt64, "x"},
		{`9223372036854775808`, "9223372036854775808", none, "x"},
		{`1e99999999`, "1e99999999", none, "x"},
		{`"a\u0062"`, "ab", none, "x"},
		{`true`, "true", none, "true"},
		{`"false"`, "false", none, "false"},
		{`1`, "1", 1, "true"},
		{`"0"`, "0", 0, "false"},
		{`""`, "", none, "x"},
		{`null`, "", none, "x"},
		{`{"a" :1}`, `{"a":1}`, none, "x"},
	}
	for _, row := range rows {
		var s Scalar
		if err := Unmarshal([]byte(row.data), &s); err != nil {
			t.Fatal(err)
		}
		i, err := s.Int64()
		if s.String() != row.text || (err == nil) != (row.whole != none) || err == nil && i != row.whole {
			t.Errorf("%s: got %q, %d, %v", row.data, s, i, err)
		}
		b, err := s.Bool()
		if (err == nil) != (row.truth != "x") || err == nil && fmt.Sprint(b) != row.truth {
			t.Errorf("%s: got %v, %v", row.data, b, err)
		}
		if s.IsString() != (row.data[0] == '"') || s.IsZero() != (row.data == "null") {
			t.Errorf("%s: kind", row.data)
		}
	}
}

func TestScalar_Of(t *testing.T) {
	rows := []struct {
		s    Scalar
		want string
	}{
		{ScalarOf("a<\"b"), `"a<\"b"`},
		{ScalarOf(condition("c")), `"c"`},
		{ScalarOf(12), `12`},
		{ScalarOf(int64(-1)), `-1`},
		{ScalarOf(1.5), `1.5`},
		{ScalarOf(true), `true`},
		{ScalarOf(math.NaN()), `null`},
		{ScalarOf(""), `""`},
	}
	for _, row := range rows {
		if got, err := Marshal(row.s); err != nil || string(got) != row.want {
			t.Errorf("got %s, %v, want %s", got, err, row.want)
		}
	}
	f, err := ScalarOf("2.5").Float64()
	if err != nil || f != 2.5 {
		t.Error(f, err)
	}
	_, absent := Scalar{}.Float64()
	_, text := ScalarOf("secret").Float64()
	_, whole := ScalarOf("secret").Int64()
	_, truth := ScalarOf("maybe").Bool()
	if got := fmt.Sprint(absent, "; ", text, "; ", whole, "; ",
		truth); got != "the value is absent; a text of 6 characters is not a number; "+
		"a text of 6 characters is not an integer of 64 bits; a text of 5 characters is not a boolean" {
		t.Error(got)
	}
}

func TestNullable(t *testing.T) {
	type holder struct {
		A Nullable[int]            `json:"a,omitzero"`
		B Nullable[*colour]        `json:"b,omitzero"`
		M map[string]Nullable[int] `json:"m,omitzero"`
	}
	for _, data := range []string{`{}`, `{"a":null}`, `{"a":0}`, `{"a":5,"b":{"R":1,"G":2,"B":3}}`,
		`{"b":null,"m":{"x":null,"y":1}}`} {
		var h holder
		if err := Unmarshal([]byte(data), &h); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(h); err != nil || string(got) != data {
			t.Errorf("%s became %s, %v", data, got, err)
		}
	}
	n := NullableOf("x")
	if v, ok := n.Get(); v != "x" || !ok || n.Or("y") != "x" || n.IsNull() || n.IsZero() {
		t.Error(n)
	}
	null := Null[string]()
	if v, ok := null.Get(); v != "" || ok || null.Or("y") != "y" || !null.IsNull() || null.IsZero() {
		t.Error(null)
	}
	if none := (Nullable[string]{}); none.IsNull() || !none.IsZero() || none == null || none.Or("z") != "z" {
		t.Error(none)
	}
	if got := fmt.Sprintf("%v|%v|%v", n, null, Nullable[string]{}); got != "x|null|" {
		t.Error(got)
	}
	if err := n.UnmarshalJSON([]byte(`5`)); err == nil || n.Or("") != "x" {
		t.Error(n, err)
	}
	if err := n.UnmarshalJSON([]byte(`null`)); err != nil || !n.IsNull() || n.Or("y") != "y" {
		t.Error(n, err)
	}
}

func TestRaw(t *testing.T) {
	var h struct {
		A Raw `json:"a,omitzero"`
		B Raw `json:"b"`
	}
	for _, data := range []string{`{"a":{"x":[1.50]},"b":"t"}`, `{"a":null,"b":null}`, `{"b":1}`} {
		h.A, h.B = "", ""
		if err := Unmarshal([]byte(data), &h); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(h); err != nil || string(got) != data {
			t.Errorf("%s became %s, %v", data, got, err)
		}
	}
	r, err := RawOf(colourObject)
	var c colour
	if err != nil || r.Decode(&c) != nil || c != colourObject {
		t.Error(r, c, err)
	}
	if _, err := RawOf(failing{}); err == nil {
		t.Error("no error")
	}
}

// everything has each tolerant type in each place.
type everything struct {
	Time    Time              `json:"time,omitzero"`
	Date    Date              `json:"date,omitzero"`
	Decimal Decimal           `json:"decimal,omitzero"`
	Scalar  Scalar            `json:"scalar,omitzero"`
	Times   []Time            `json:"times,omitzero"`
	ByKey   map[string]Scalar `json:"byKey,omitzero"`
	Pointer *Decimal          `json:"pointer,omitzero"`
	Must    Date              `json:"must"`
}

func TestTypes_RoundTrip(t *testing.T) {
	for _, data := range []string{
		`{"must":null}`,
		`{"time":"2024-01-01T00:00Z","date":"x","decimal":1.10,"scalar":"1","times":[null,"2024"],"byKey":{"a":1,"b":null,"c":"1"},"pointer":"2.0","must":"2024-01-01"}`,
		`{"time":"é\"\\\n","scalar":false,"times":[],"byKey":{},"must":""}`,
	} {
		var v everything
		if err := Unmarshal([]byte(data), &v); err != nil {
			t.Fatal(err)
		}
		if got, err := Marshal(v); err != nil || string(got) != data {
			t.Errorf("%s\nbecame %s, %v", data, got, err)
		}
	}
}

func TestTypes_Print(t *testing.T) {
	d, _ := ParseDecimal("1.50")
	got := fmt.Sprintf("%v %s %v %v %v", NewDate(2024, 1, 2), DateOf(time.Unix(0, 0).UTC()), d, ScalarOf("x"),
		[]Time{NewTime(time.Unix(0, 0).UTC())})
	if got != "2024-01-02 1970-01-01 1.50 x [1970-01-01T00:00:00Z]" {
		t.Error(got)
	}
}

// Errors name the types as users know them.
func TestTypes_NamesInErrors(t *testing.T) {
	_, err := Marshal(map[string]any{"a": Raw("{")})
	var marshaler *json.MarshalerError
	if !errors.As(err, &marshaler) || !strings.Contains(err.Error(), "wire.Raw") {
		t.Errorf("got %v, want a json.MarshalerError that names wire.Raw", err)
	}
	for want, v := range map[string]any{"wire.Nullable[int]": Null[int](), "wire.Time": Time{}, "wire.Union": Union{}} {
		if got := fmt.Sprintf("%T", v); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
