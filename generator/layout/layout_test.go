package layout

import (
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// show prints declarations with their layout.
func show(source string) {
	out, err := Source([]byte("package p\n\n" + source))
	if err != nil {
		panic(err)
	}
	fmt.Print(strings.TrimPrefix(string(out), "package p\n\n"))
}

func ExampleSource() {
	show(`
func (c *Client) GetItem(ctx context.Context, sellerID, sku string, params GetItemParams, opts ...resilience.CallOption) (*Item, error) {
	return resilience.Call[*Item](ctx, c.caller, &getItem, wire.Args(sellerID, sku, params.Locale, params.Fields), opts...)
}
`)
	// Output:
	// func (c *Client) GetItem(
	// 	ctx context.Context, sellerID, sku string, params GetItemParams, opts ...resilience.CallOption,
	// ) (*Item, error) {
	// 	return resilience.Call[*Item](
	// 		ctx, c.caller, &getItem, wire.Args(sellerID, sku, params.Locale, params.Fields), opts...,
	// 	)
	// }
}

func ExampleSource_literals() {
	show(`
var policies = policy.Policy{
	Why: "a text of many words is broken behind one of them, so that people can read every one of its lines without scrolling",
	Retry: policy.Retry{Attempts: 4, Throttle: policy.Backoff{Base: time.Second, Factor: 2, Max: time.Minute}, Jitter: policy.EqualJitter},
	Rate: policy.Rate{PerSecond: 5},
}
`)
	// Output:
	// var policies = policy.Policy{
	// 	Why: "a text of many words is broken behind one of them, so that people can read every one of its lines without " +
	// 		"scrolling",
	// 	Retry: policy.Retry{
	// 		Attempts: 4,
	// 		Throttle: policy.Backoff{Base: time.Second, Factor: 2, Max: time.Minute},
	// 		Jitter:   policy.EqualJitter,
	// 	},
	// 	Rate: policy.Rate{PerSecond: 5},
	// }
}

func ExampleSource_alignment() {
	show(`
type Item struct {
	// A comment stays with its field.
	ID string ` + "`json:\"id\"`" + `
	Name string ` + "`json:\"name\"`" + `
	IssueLocations []ListingsItemIssueLocationOfTheRequestedMarketplace ` + "`json:\"issueLocations,omitzero\"`" + `
	Description string ` + "`json:\"aLongNameOfAPropertyThatFillsTheLineAndMore,omitzero\"`" + `
}

const (
	ColorRed Color = "red"
	TransportationModeOfShipmentConfirmationOcean TransportationModeOfShipmentConfirmation = "Ocean Transportation Without Escort"
)
`)
	// Output:
	// type Item struct {
	// 	// A comment stays with its field.
	// 	ID             string                                               `json:"id"`
	// 	Name           string                                               `json:"name"`
	// 	IssueLocations []ListingsItemIssueLocationOfTheRequestedMarketplace `json:"issueLocations,omitzero"`
	//
	// 	Description string `json:"aLongNameOfAPropertyThatFillsTheLineAndMore,omitzero"`
	// }
	//
	// const (
	// 	ColorRed Color = "red"
	//
	// 	TransportationModeOfShipmentConfirmationOcean TransportationModeOfShipmentConfirmation = "" +
	// 		"Ocean Transportation Without Escort"
	// )
}

func TestSource_Breaks(t *testing.T) {
	a, b, c := strings.Repeat("a", 70), strings.Repeat("b", 70), strings.Repeat("c", 130)
	tests := []struct{ name, in, want string }{
		{"120 columns stay", "var x" + strings.Repeat("x", 111) + " = 1", "var x" + strings.Repeat("x", 111) + " = 1"},
		{
			"arguments that do not fit on a line",
			"var _ = f(" + a + ", " + b + ")",
			"var _ = f(\n\t" + a + ",\n\t" + b + ",\n)",
		},
		{
			"arguments that fit on two lines",
			"var _ = f(1, " + a + ", 2, " + b + ", 3)",
			"var _ = f(\n\t1, " + a + ", 2,\n\t" + b + ", 3,\n)",
		},
		{"results", "func F() (" + a + ", " + b + ") {}", "func F() (\n\t" + a + ",\n\t" + b + ",\n) {\n}"},
		{"type arguments", "var _ f[" + a + ", " + b + "]", "var _ f[\n\t" + a + ",\n\t" + b + ",\n]"},
		{"receiver", "func (x *" + a + ") " + b + "() {}", "func (\n\tx *" + a + ",\n) " + b + "() {\n}"},
		{
			"type assertion",
			"func f() {\n\t" + a + " = x.(" + b + ")\n}",
			"func f() {\n\t" + a + " =\n\t\tx.(" + b + ")\n}",
		},
		{"comment behind code", "var " + a + " int // " + b, "// " + b + "\nvar " + a + " int"},
		{"one long word", "var x = \"" + c + "\"", "var x = \"" + c + "\""},
		{"one long name", "type " + c + " struct {\n\tA int\n}", "type " + c + " struct {\n\tA int\n}"},
		{"long words of a text", "var _ = \"" + c + " " + c + "\"", "var _ = \"" + c + " \" +\n\t\"" + c + "\""},
		{
			"struct tags are not broken",
			"type T struct {\n\tA int `" + a + " " + b + "`\n}",
			"type T struct {\n\tA int `" + a + " " + b + "`\n}",
		},
		{
			"raw strings",
			"var _ = []string{`" + a + "\n" + c + "`, " + b + "}",
			"var _ = []string{`" + a + "\n" + c + "`, " + b + "}",
		},
		{"comments", "// " + a + " " + b + "\nvar x int", "// " + a + " " + b + "\nvar x int"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := Source([]byte("package p\n\n" + tt.in + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			if formatted, err := format.Source(out); err != nil || string(formatted) != string(out) {
				t.Errorf("gofmt changes the result to\n%s\n%v", formatted, err)
			}
			want := "package p\n\n" + tt.want + "\n"
			if strings.ReplaceAll(string(out), ") {}", ") {\n}") != want {
				t.Errorf("got\n%s\nwant\n%s", out, want)
			}
		})
	}
}

func TestSource_DoesNotParse(t *testing.T) {
	if out, err := Source([]byte("package p\n\nvar x = \n")); err == nil {
		t.Errorf("got %q, want an error", out)
	}
}

// The hand-written source of the generator keeps its tokens.
func TestSource_KeepsTokens(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Source(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := meaning(out), meaning(source); !slices.Equal(got, want) {
			t.Errorf("%s: other tokens", name)
		}
	}
}

// meaning returns the tokens that layout must keep: without commas before brackets, and with
// concatenated strings as one.
func meaning(source []byte) []string {
	set := token.NewFileSet()
	var s scanner.Scanner
	s.Init(set.AddFile("", set.Base(), len(source)), source, nil, 0)
	var list []string
	for {
		_, kind, text := s.Scan()
		switch {
		case kind == token.EOF:
			return list
		case kind == token.SEMICOLON, kind == token.COMMA, kind == token.ADD:
			continue
		case kind == token.STRING:
			list = append(list, strings.Fields(strings.Trim(text, "\"`"))...)
			continue
		case text == "":
			text = kind.String()
		}
		list = append(list, text)
	}
}
