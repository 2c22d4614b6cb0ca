package wire

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

var testRules = NewRules(
	NamedRule{Name: "Order", Rule: &Rule{
		Types: TypeObject, Required: []string{"id", "lines"},
		Members: []MemberRule{
			{Name: "lines", Rule: &Rule{Types: TypeArray, MinItems: 1, Items: &Rule{Ref: "line"}}},
			{Name: "since", Rule: &Rule{Types: TypeString, Format: "date-time"}},
		},
		Additional: &Rule{Types: TypeInteger},
	}},
	NamedRule{Name: "line", Rule: &Rule{Types: TypeObject, Members: []MemberRule{
		{Name: "sku", Rule: &Rule{MinLength: 2}}, {Name: "at", Rule: &Rule{Types: TypeString}},
	}}},
)

type ruledLine struct {
	SKU string `json:"sku"`
	At  Time   `json:"at"`

	Unknown Unknown `json:"-"`
}

type ruledOrder struct {
	ID    int64       `json:"id"`
	Lines []ruledLine `json:"lines"`
	Since *Time       `json:"since,omitzero"`

	Unknown Unknown `json:"-"`
}

func (x ruledOrder) MarshalJSON() ([]byte, error)     { return MarshalStruct(&x) }
func (x *ruledOrder) UnmarshalJSON(data []byte) error { return UnmarshalStruct(data, x) }
func (x ruledLine) MarshalJSON() ([]byte, error)      { return MarshalStruct(&x) }
func (x *ruledLine) UnmarshalJSON(data []byte) error  { return UnmarshalStruct(data, x) }

// faultsOf returns the faults of an error, one in each line.
func faultsOf(err error) string {
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return ""
	}
	var lines []string
	for _, f := range invalid.Faults {
		lines = append(lines, f.Path+": "+f.What)
	}
	return strings.Join(lines, "\n")
}

func TestRules_Validate(t *testing.T) {
	var read ruledOrder
	const text = `{"lines":[{"sku":"ab","at":"2026-02-03T04:05:06Z"}],"since":7,"extra":"x"}`
	if err := Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	now := NewTime(time.Unix(0, 0))
	for _, c := range []struct {
		name, rule string
		value      any
		want       string
	}{
		{"valid", "Order", ruledOrder{Lines: []ruledLine{{SKU: "ab", At: now}}}, ""},
		{"pointer", "Order", &ruledOrder{Lines: []ruledLine{{SKU: "ab", At: now}}}, ""},
		{"a nil list is an empty one", "Order", ruledOrder{}, "$.lines: has 0 items; want at least 1 item"},
		{"no value", "Order", ruledOrder{Lines: []ruledLine{{SKU: "a"}, {SKU: "ab"}}},
			"$.lines[0].at: has no value\n$.lines[1].at: has no value\n" +
				"$.lines[0].sku: has 1 character; want at least 2 characters"},
		{"as it was read", "Order", read, "$.id: is required\n$.extra: is a string; want an integer\n" +
			"$.since: is a number; want a string"},
		{"unknown rule", "Else", ruledOrder{}, ""},
		{"list", "line", []int{1}, "$: is a list; want an object"},
	} {
		if got := faultsOf(testRules.Validate(c.rule, c.value)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if err := testRules.Validate("Order", func() {}); err == nil || faultsOf(err) != "" {
		t.Errorf("a value without JSON: %v", err)
	}
}

func TestRules_ValidateRequest(t *testing.T) {
	short := &Rule{MinLength: 2}
	params := []Param{
		{Name: "id", In: Path, Rule: short}, {Name: "X-A", In: Header, Rule: short},
		{Name: "c", In: Cookie, Rule: short},
		{Name: "free", In: Query}, {Name: "q", In: Query, Rule: &Rule{Items: short}},
		{Name: "whole", In: QueryString, Rule: &Rule{Ref: "line"}}, {Name: "more", In: Query, Rule: short},
	}
	body := &Body{Format: JSON, Rule: &Rule{Ref: "Order"}}
	// One value less than there are parameters.
	in := Args("a", "b", "c", "d", []string{"ab", "e"}, map[string]any{"sku": "f"})
	const want = "path.id: has 1 character; want at least 2 characters\n" +
		`header["X-A"]: has 1 character; want at least 2 characters` + "\n" +
		"cookie.c: has 1 character; want at least 2 characters\n" +
		"query.q[1]: has 1 character; want at least 2 characters\n" +
		"query.whole.sku: has 1 character; want at least 2 characters\n" +
		"$.lines: has 0 items; want at least 1 item"
	if got := faultsOf(testRules.ValidateRequest(params, body, in.With(ruledOrder{}))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	absent := Args("ab", nil, (*string)(nil), "", []string(nil), nil, nil)
	if err := testRules.ValidateRequest(params, body, absent); err != nil {
		t.Errorf("absent values: %v", err)
	}
	if err := testRules.ValidateRequest(params, nil, absent.With(ruledOrder{})); err != nil {
		t.Errorf("a body that is not validated: %v", err)
	}
	if err := testRules.ValidateRequest(params[:1], nil, Args(func() {})); err != nil {
		t.Errorf("an argument that cannot be sent is left to encoding: %v", err)
	}
}

// A check reads no file whose content can be read only once: it would be sent as empty.
func TestRules_FileReadOnce(t *testing.T) {
	type upload struct {
		Name  string  `json:"name"`
		Files []*File `json:"files"`
	}
	once := func(text string) *File { return &File{Content: io.MultiReader(strings.NewReader(text))} }
	files := &Rule{Unique: true, Items: &Rule{Types: TypeString, MinLength: 3}}
	rule := &Rule{Members: []MemberRule{{Name: "name", Rule: &Rule{MinLength: 2}}, {Name: "files", Rule: files}}}
	v := upload{"n", []*File{once("abc"), once("de"), {Content: strings.NewReader("fg")}}}
	const want = "$.files[2]: has 2 characters; want at least 3 characters\n" +
		"$.name: has 1 character; want at least 2 characters"
	body := &Body{Format: JSON, Rule: rule}
	if got := faultsOf(testRules.ValidateRequest(nil, body, Args().With(v))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	p, err := body.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := io.ReadAll(r); string(data) != `{"name":"n","files":["abc","de","fg"]}` {
		t.Errorf("sent %s", data)
	}
}

func TestRules_Multipart(t *testing.T) {
	body := &Body{Format: Multipart, Rule: &Rule{
		Required: []string{"file", "name"}, Additional: &Rule{Never: true},
		Members: []MemberRule{
			{Name: "file", Rule: &Rule{Types: TypeString}}, {Name: "name", Rule: &Rule{MinLength: 2}},
			{Name: "files", Rule: &Rule{MaxItems: 1, Items: &Rule{Types: TypeString}}},
			{Name: "line", Rule: &Rule{Ref: "line"}},
		},
	}}
	file := File{Content: strings.NewReader("x")}
	for _, c := range []struct {
		name string
		body any
		want string
	}{
		{"valid", map[string]any{"file": file, "name": "ab", "files": []File{file}}, ""},
		{"bytes are a file", map[string]any{"file": []byte("x"), "name": "ab"}, ""},
		{"absent", map[string]any{"name": "a", "file": nil},
			"$.file: is required\n$.name: has 1 character; want at least 2 characters"},
		{"no files", map[string]any{"file": File{}, "name": "ab", "files": []File{file, {}}},
			"$.file: has no value\n$.files[1]: has no value\n$.files: has 2 items; want at most 1 item"},
		{"nested", map[string]any{"file": file, "name": "ab", "line": ruledLine{SKU: "a"}, "else": 1},
			"$.line.at: has no value\n$.else: is not a member of the schema, which allows no others\n" +
				"$.line.sku: has 1 character; want at least 2 characters"},
	} {
		if got := faultsOf(testRules.ValidateRequest(nil, body, Input{}.With(c.body))); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if err := testRules.ValidateRequest(nil, body, Input{}.With(5)); err != nil {
		t.Errorf("a body that cannot be sent is left to encoding: %v", err)
	}
}

func TestRules_Zero(t *testing.T) {
	params := []Param{{Name: "n", Rule: &Rule{Max: "1"}}}
	if err := new(Rules).ValidateRequest(params, nil, Input{Params: []any{2}}); err != nil {
		t.Error(err)
	}
}
