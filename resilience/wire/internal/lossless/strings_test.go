package lossless

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAppendUnquoted(t *testing.T) {
	for _, row := range []struct {
		inside, want string
		whole        bool
	}{
		{``, "", true},
		{`plain text`, "plain text", true},
		{`\"\\\/\b\f\n\r\t`, "\"\\/\b\f\n\r\t", true},
		{`a\u00e9\u0000b\u20AC`, "aé\x00b€", true},
		{"é and \\n", "é and \n", true},
		{`\ud83d\ude00!`, "😀!", true},
		{`\uD83D\uDE00`, "😀", true},
		{`\ud800`, "\ufffd", false},
		{`\ude00`, "\ufffd", false},
		{`\ud800\u0041`, "\ufffdA", false},
		{`\ud800A`, "\ufffdA", false},
		{`\ud800\n`, "\ufffd\n", false},
		{`\ud83d\ud83d\ude00`, "\ufffd😀", false},
		{`\ude00\ud83d`, "\ufffd\ufffd", false},
		{"\xff", "\ufffd", false},
		{"a\xffb\xc3", "a\ufffdb\ufffd", false},
		{"\xed\xa0\x80", "\ufffd\ufffd\ufffd", false},
		{"\xe2\x82", "\ufffd\ufffd", false},
		{"\\n\xff\\n", "\n\ufffd\n", false},
		{`\ufffd`, "\ufffd", true},
		{`\uFFFD`, "\ufffd", true},
		{"\ufffd", "\ufffd", true},
		{"\\n\ufffd", "\n\ufffd", true},
	} {
		got := string(appendUnquoted([]byte("before"), []byte(row.inside)))
		if got != "before"+row.want {
			t.Errorf("%q: got %q, want %q", row.inside, got, row.want)
		}
		d := decoder{scanner: scanner{data: []byte(`"` + row.inside + `"`)}}
		if text, whole := d.readText(); text != row.want || whole != row.whole || d.at != len(d.data) {
			t.Errorf("%q: got %q, %v, want %q, %v", row.inside, text, whole, row.want, row.whole)
		}
	}
}

// A string that is kept must not keep more than a block of 1 KB, and a block must not be larger
// than what the text can fill.
func TestSlab(t *testing.T) {
	var s slab
	short := strings.Repeat("s", 100)
	for i := range 30 {
		if got := s.text([]byte(short), 5000); got != short {
			t.Fatalf("string %d: got %q", i, got)
		}
		if s.b.Cap() != 1024 {
			t.Fatalf("string %d: a block of %d bytes, want 1024", i, s.b.Cap())
		}
		if want := (i%10 + 1) * 100; s.b.Len() != want {
			t.Fatalf("string %d: %d bytes of the block are used, want %d", i, s.b.Len(), want)
		}
	}
	used := s.b.Len()
	if long := strings.Repeat("l", 256); s.text([]byte(long), 5000) != long || s.b.Len() != used {
		t.Error("a long string is in the block")
	}
	if s.text(nil, 5000) != "" || s.b.Len() != used {
		t.Error("an empty string is in the block")
	}
	if long := strings.Repeat("l", 255); s.text([]byte(long), 5000) != long || s.b.Len() != 255 {
		t.Error("a string of 255 bytes has its own memory, or is in a block that has no room for it")
	}
	s = slab{}
	if s.text([]byte("abc"), 5); s.b.Cap() > 8 {
		t.Errorf("a block of %d bytes for a text of 8", s.b.Cap())
	}
}

// What was read must not change when the memory of the text is used again.
func TestDecode_KeepsNoData(t *testing.T) {
	const text = `{"at":"2024","list":["a","é","\n",1],"map":{"k":1},"any":{"n":1.5,"l":["x"]},"some":7,"new":[1],` +
		`"leaves":[5],"r":{"at":1}}`
	data := []byte(text)
	var v tree
	if err := Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	want, err := Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] = 'X'
	}
	if got, err := Marshal(v); err != nil || string(got) != string(want) {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if v.List[3] != "1" || v.List[1] != "é" {
		t.Errorf("got %q", v.List)
	}
}

func FuzzAppendUnquoted(f *testing.F) {
	for _, s := range []string{`a`, `\ud83d\ude00`, `\ud800\u0041`, "\xff\\n", `\uFFFD`, "é\xc3"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, inside []byte) {
		data := append(append([]byte{'"'}, inside...), '"')
		if end, _ := textEnd(data, 1); end != len(data)-1 {
			return
		}
		var want string
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		if got := string(appendUnquoted(nil, inside)); got != want {
			t.Fatalf("%q: got %q, want %q", inside, got, want)
		}
	})
}
