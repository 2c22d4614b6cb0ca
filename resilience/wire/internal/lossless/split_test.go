package lossless

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestSplitObject(t *testing.T) {
	rows := []struct{ data, want string }{
		{`{}`, `[]`},
		{` { } `, `[]`},
		{`{"a":1}`, `[{a 1}]`},
		{" {\t\"a\" :\n1 ,\r \"b\": \"}\" } ", `[{a 1} {b "}"}]`},
		{`{"a\"":"\\","\u0062":{"x":["]",{"y":"\"}"}]},"c":[[],[1]],"d":null,"":-1.5e3 ,"a\"":true}`,
			`[{a" "\\"} {b {"x":["]",{"y":"\"}"}]}} {c [[],[1]]} {d null} { -1.5e3} {a" true}]`},
	}
	for _, row := range rows {
		got, err := SplitObject([]byte(row.data))
		text := []string{}
		for _, m := range got {
			text = append(text, fmt.Sprintf("{%s %s}", m.Name, m.Value))
		}
		if fmt.Sprint(text) != row.want || err != nil {
			t.Errorf("%s: got %v, %v, want %s", row.data, text, err, row.want)
		}
	}
}

func FuzzSplitObject(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":{"b":[1,"x\\"]},"c":null}`, `[]`, `{"a":1`, ` { "a" : 1 } `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		members, err := SplitObject(data)
		var want map[string]json.RawMessage
		if json.Unmarshal(data, &want) != nil || want == nil {
			if err == nil {
				t.Fatalf("%q is an object of %d", data, len(members))
			}
			return
		}
		got := map[string]json.RawMessage{}
		for _, m := range members {
			got[m.Name] = m.Value
		}
		if err != nil || len(got) != len(want) {
			t.Fatalf("%q: %d members, %v, want %d", data, len(got), err, len(want))
		}
		for name, value := range want {
			if string(got[name]) != string(value) {
				t.Fatalf("%q: member %q is %q, want %q", data, name, got[name], value)
			}
		}
	})
}
