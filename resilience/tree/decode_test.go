package tree

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/diag"
)

// level is a hook that reads words.
type level uint8

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low":
		*l = 1
	case "true":
		*l = 2
	default:
		return errors.New("want low or true, got " + string(text))
	}
	return nil
}

// names is a hook that keeps the order of keys.
type names []string

func (n *names) DecodeNode(node *Node) diag.List {
	for _, p := range node.Pairs {
		*n = append(*n, p.Key)
	}
	if len(*n) == 0 {
		return diag.List{{Pos: node.Pos, What: "want names"}}
	}
	return nil
}

type retry struct {
	Attempts int           `yaml:"attempts"`
	Wait     time.Duration `yaml:"wait"`
	Statuses []int         `yaml:"statuses"`
}

type shared struct {
	Title string `yaml:"title"`
}

type config struct {
	shared   `yaml:",inline"`
	Retry    retry            `yaml:"retry"`
	Pointer  *retry           `yaml:"pointer"`
	On       bool             `yaml:"on"`
	Small    uint8            `yaml:"small"`
	Big      int64            `yaml:"big"`
	Huge     uint64           `yaml:"huge"`
	Rate     float64          `yaml:"rate"`
	Names    []string         `yaml:"names"`
	Circuits map[string]retry `yaml:"circuits"`
	Level    level            `yaml:"level"`
	Order    names            `yaml:"order"`
	Raw      *Node            `yaml:"raw"`
	Any      any              `yaml:"any"`
	Ignored  int              `yaml:"-"`
	Untagged int
}

func decodeDoc(t *testing.T, doc string, opts ...Option) (config, diag.List) {
	t.Helper()
	var c config
	found := Decode(mustParse(t, doc), &c, opts...)
	return c, found
}

func TestDecode_Values(t *testing.T) {
	tests := []struct {
		doc  string
		want config
	}{
		{"title: x", config{shared: shared{Title: "x"}}},
		{"retry: {attempts: 3, wait: 1m30s, statuses: [409, 410]}",
			config{Retry: retry{3, 90 * time.Second, []int{409, 410}}}},
		{"retry: {statuses: []}", config{Retry: retry{Statuses: []int{}}}},
		{"retry:\npointer:\nnames:\ncircuits:\nany:\n", config{}},
		{"pointer: {attempts: 1}", config{Pointer: &retry{Attempts: 1}}},
		{"on: true", config{On: true}},
		{"on: False", config{On: false}},
		{"small: 255", config{Small: 255}},
		{"small: 0x1F", config{Small: 31}},
		{"small: 1e2", config{Small: 100}},
		{"small: 2.0", config{Small: 2}},
		{"big: 9007199254740993", config{Big: 9007199254740993}},
		{"big: -9223372036854775808", config{Big: -9223372036854775808}},
		{"huge: 18446744073709551615", config{Huge: 18446744073709551615}},
		{"big: +9007199254740992", config{Big: 9007199254740992}},
		{"huge: 0xFFFFFFFF", config{Huge: 0xFFFFFFFF}},
		{"rate: .5", config{Rate: 0.5}},
		{"rate: 3", config{Rate: 3}},
		{"names: [a, b]", config{Names: []string{"a", "b"}}},
		{"circuits: {main: {attempts: 2}, other: }", config{Circuits: map[string]retry{"main": {Attempts: 2},
			"other": {}}}},
		{"level: low", config{Level: 1}},
		{"level: true", config{Level: 2}},
		{"order: {z: 1, a: 2}", config{Order: names{"z", "a"}}},
		{"any: {a: [1, x, true, null]}", config{Any: map[string]any{"a": []any{1.0, "x", true, nil}}}},
	}
	for _, test := range tests {
		if got, found := decodeDoc(t, test.doc); len(found) > 0 || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n got %+v %v\nwant %+v", test.doc, got, found, test.want)
		}
	}
}

func TestDecode_Raw(t *testing.T) {
	n := mustParse(t, "raw: {a: 1}")
	var c config
	if found := Decode(n, &c); len(found) > 0 || c.Raw != n.Get("raw") {
		t.Errorf("got %v, %v", c.Raw, found)
	}
	if found := Decode(nil, &c); len(found) > 0 || c.Raw == nil {
		t.Error("decoding nothing changed something")
	}
}

func TestDecode_KeepsWhatIsNotThere(t *testing.T) {
	c := config{Retry: retry{Attempts: 7, Wait: time.Second}, Circuits: map[string]retry{"a": {Attempts: 1}}}
	Decode(mustParse(t, "retry: {wait: 2s}\ncircuits: {b: {}}"), &c)
	if c.Retry.Attempts != 7 || c.Retry.Wait != 2*time.Second || len(c.Circuits) != 2 {
		t.Errorf("got %+v", c)
	}
}

func TestDecode_Errors(t *testing.T) {
	tests := []struct{ doc, want string }{
		{"retry:\n  atempts: 3", `f:2:3: retry: unknown key "atempts"; did you mean "attempts"?`},
		{"retry: {Attempts: 3}", `f:1:9: retry: unknown key "Attempts"; did you mean "attempts"?`},
		{"retry: {zzz: 3}", `f:1:9: retry: unknown key "zzz"; the keys are attempts, wait, statuses`},
		{"tilte: x", `f:1:1: unknown key "tilte"; did you mean "title"?`},
		{"Ignored: 1", `f:1:1: unknown key "Ignored"; the keys are title, retry, pointer, on, small, big, huge, rate, names, circuits, level, order, raw, any`},
		{"Untagged: 1", `f:1:1: unknown key "Untagged"; the keys are title, retry, pointer, on, small, big, huge, rate, names, circuits, level, order, raw, any`},
		{"circuits:\n  main: {wiat: 1s}", `f:2:10: circuits.main: unknown key "wiat"; did you mean "wait"?`},
		{"- 1", `f:1:1: want a mapping, got a list`},
		{"retry: 3", `f:1:8: retry: want a mapping, got 3`},
		{"retry: {attempts: three}", `f:1:19: retry.attempts: want a whole number, got "three"`},
		{"retry: {attempts: '3'}", `f:1:19: retry.attempts: want a whole number, got "3"`},
		{"retry: {attempts: 1.5}", `f:1:19: retry.attempts: want a whole number, got 1.5`},
		{"retry: {attempts: .inf}", `f:1:19: retry.attempts: want a whole number, got .inf`},
		{"retry: {attempts: .nan}", `f:1:19: retry.attempts: want a whole number, got .nan`},
		{"retry: {attempts: true}", `f:1:19: retry.attempts: want a whole number, got true`},
		{"retry: {attempts: }", `f:1:19: retry.attempts: has no value; give it one or delete the key`},
		{"retry: {attempts: [1]}", `f:1:19: retry.attempts: want a whole number, got a list`},
		{"retry: {attempts: 1e400}", `f:1:19: retry.attempts: want a whole number, got 1e400`},
		{"small: 256", `f:1:8: small: 256 is out of range`},
		{"small: -1", `f:1:8: small: -1 is out of range`},
		{"big: 9223372036854775808", `f:1:6: big: 9223372036854775808 is out of range`},
		{"big: -9223372036854777856", `f:1:6: big: -9223372036854777856 is out of range`},
		{"huge: 18446744073709551616", `f:1:7: huge: 18446744073709551616 is out of range`},
		{"huge: -0x1", `f:1:7: huge: want a whole number, got "-0x1"`},
		{"huge: 1e17", `f:1:7: huge: 1e17 is out of range`},
		{"rate: fast", `f:1:7: rate: want a number, got "fast"`},
		{"on: yes", `f:1:5: on: want true or false, got "yes"`},
		{"on: 1", `f:1:5: on: want true or false, got 1`},
		{"title: 1.0", `f:1:8: title: want text, got 1.0; write "1.0"`},
		{"title: true", `f:1:8: title: want text, got true; write "true"`},
		{"title: {}", `f:1:8: title: want text, got a mapping`},
		{"names: a", `f:1:8: names: want a list, got "a"`},
		{"names: [a, 2, b, 3]",
			"f:1:12: names[1]: want text, got 2; write \"2\"\nf:1:18: names[3]: want text, got 3; write \"3\""},
		{"names: [a, ]\ncircuits: []", `f:2:11: circuits: want a mapping, got a list`},
		{"retry: {wait: 30}", `f:1:15: retry.wait: 30 has no unit; write 30s`},
		{"retry: {wait: 30 s}", `f:1:15: retry.wait: want a duration like 30s, 5m or 1h30m, got "30 s"`},
		{"retry: {wait: 1d}", `f:1:15: retry.wait: want a duration like 30s, 5m or 1h30m, got "1d"`},
		{"retry: {wait: true}", `f:1:15: retry.wait: want a duration like 30s, 5m or 1h30m, got true`},
		{"retry: {wait: }", `f:1:15: retry.wait: has no value; give it one or delete the key`},
		{"level: high", `f:1:8: level: want low or true, got high`},
		{"level: [low]", `f:1:8: level: want one value, got a list`},
		{"level: {}", `f:1:8: level: want one value, got a mapping`},
		{"level:", `f:1:7: level: want one value, got nothing`},
		{"order: {}", `f:1:8: want names`},
		{"on: 1\nretry: {wait: 1, foo: 2}\ntitel: x",
			"f:1:5: on: want true or false, got 1\nf:2:15: retry.wait: 1 has no unit; write 1s\nf:2:18: retry: " +
				"unknown key \"foo\"; the keys are attempts, wait, statuses\nf:3:1: unknown key \"titel\"; did you mean " +
				"\"title\"?"},
	}
	for _, test := range tests {
		if _, found := decodeDoc(t, test.doc); found.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.doc, found, test.want)
		}
	}
}

func TestDecode_LongTextsAreCut(t *testing.T) {
	_, found := decodeDoc(t, "on: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéb")
	want := `f:1:5: on: want true or false, got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"`
	if found.Error() != want {
		t.Errorf("got  %v\nwant %s", found, want)
	}
}

func TestDecode_About(t *testing.T) {
	_, found := decodeDoc(t, "foo: 1\nretry: {attempts: x}", About("operation addPet"), Also("extra"))
	want := "f:1:1: operation addPet: unknown key \"foo\"; the keys are title, retry, pointer, on, small, big, " +
		"huge, rate, names, circuits, level, order, raw, any, extra\n" +
		`f:2:19: operation addPet: retry.attempts: want a whole number, got "x"`
	if found.Error() != want {
		t.Errorf("got  %v\nwant %s", found, want)
	}
}

func TestDecode_Also(t *testing.T) {
	if _, found := decodeDoc(t, "extra: [1]\ntitle: x", Also("extra")); len(found) > 0 {
		t.Errorf("a key at the top: %v", found)
	}
	if _, found := decodeDoc(t, "retry: {extra: 1}", Also("extra")); len(found) != 1 {
		t.Errorf("a key further down is allowed")
	}
}

func TestDecode_Record(t *testing.T) {
	set := map[string]diag.Position{}
	doc := "title: x\nretry:\n  attempts: 0\n  statuses: [1, 2]\n  wait: 5\ncircuits:\n  main: {wait: 1s}\nlevel: " +
		"low\norder: {a: 1}\nraw: 1\nany: 2\npointer: {attempts: 1}\non: false\nnames: [a, 1]\nsmall: 256\nrate: 1"
	decodeDoc(t, doc, Record(set))
	got := make(map[string][2]int)
	for path, p := range set {
		got[path] = [2]int{p.Line, p.Column}
	}
	want := map[string][2]int{
		"title": {1, 8}, "retry.attempts": {3, 13}, "retry.statuses": {4, 13}, "circuits.main.wait": {7, 16},
		"level": {8, 8}, "order": {9, 8}, "raw": {10, 6}, "any": {11, 6}, "pointer.attempts": {12, 21}, "on": {13, 5},
		"rate": {16, 7},
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestDecode_PanicsOnTypesThatNoDocumentFills(t *testing.T) {
	defer func() {
		if got := recover(); got != "tree: no document can fill a chan int" {
			t.Errorf("got %v", got)
		}
	}()
	var v struct {
		C chan int `yaml:"c"`
	}
	Decode(mustParse(t, "c: 1"), &v)
}

func TestUnknownKey_NoKeys(t *testing.T) {
	got := UnknownKey(Pair{Key: "a", KeyPos: diag.Position{File: "f", Line: 1, Column: 2}}, "x", nil).Error()
	if want := `f:1:2: x: unknown key "a"; delete it`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFieldsOf(t *testing.T) {
	var keys []string
	for _, f := range fieldsOf(reflect.TypeFor[config]()) {
		keys = append(keys, f.key)
	}
	if want := []string{"title", "retry", "pointer"}; !slices.Equal(keys[:3], want) {
		t.Errorf("got %v", keys)
	}
}
