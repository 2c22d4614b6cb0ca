package comment

import (
	"slices"
	"testing"
)

func TestType(t *testing.T) {
	tests := []struct {
		name, schema, description string
		deprecated                bool
		want                      []string
	}{
		{"Item", "", "", false, []string{"Item is a type of the API."}},
		{"Item", "schema Item", "", false, []string{"Item is the schema Item."}},
		{"Item", "schema Item", "\n", true, []string{"Item is the schema Item.", "", Deprecated}},
		{"Item", "schema Item", "A thing.\n\nMore.", false, []string{"Item: A thing.", "", "More."}},
		{"Item", "", "A thing.", true, []string{"Item: A thing.", "", Deprecated}},
		{"ItemV2", "schema item_v2", "A thing.", false, []string{"ItemV2 is the schema item_v2.", "", "A thing."}},
		{
			"Item",
			"schema Item",
			"# Title\nA thing.",
			false,
			[]string{"Item is the schema Item.", "", "# Title", "", "A thing."},
		},
		{"ListItem", "[] of\nparameter list", "", false, []string{"ListItem is the item of parameter list."}},
	}
	for _, tt := range tests {
		if got := Type(tt.name, tt.schema, tt.description, tt.deprecated); !slices.Equal(got, tt.want) {
			t.Errorf(
				"Type(%q, %q, %q, %v)\ngot  %q\nwant %q",
				tt.name,
				tt.schema,
				tt.description,
				tt.deprecated,
				got,
				tt.want,
			)
		}
	}
}

func TestField(t *testing.T) {
	tests := []struct {
		description string
		deprecated  bool
		want        []string
	}{
		{"", false, nil},
		{"A thing.", false, []string{"A thing."}},
		{"", true, []string{Deprecated}},
		{"A thing.", true, []string{"A thing.", "", Deprecated}},
	}
	for _, tt := range tests {
		if got := Field("Price", "price", tt.description, tt.deprecated); !slices.Equal(got, tt.want) {
			t.Errorf("Field(..., %q, %v): got %q, want %q", tt.description, tt.deprecated, got, tt.want)
		}
	}
}

func TestSlashes(t *testing.T) {
	for want, lines := range map[string][]string{
		"": nil,
		"// a\n//\n//\tGET /x\n//\n// b\n//\n//   - c": {"a", "", "\tGET /x ", "", "b", "", "  - c", ""},
		"// a\n//\n// # Title\n//\n// b":               {"a", "", "Title", "", "b"},
		"// “a”":                                       {"``a''"},
	} {
		if got := Slashes(lines); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWireName(t *testing.T) {
	for _, tt := range []struct{ goName, wire, want string }{
		{"SellerID", "sellerId", ""},
		{"XAmznRequestID", "x-amzn-request-id", ""},
		{"SellerID", "seller_ids", `The API calls it "seller_ids".`},
		{"StartTimeLess", "StartTime<", `The API calls it "StartTime<".`},
		{"Top", "$top", `The API calls it "$top".`},
		{"AB", "a.b", `The API calls it "a.b".`},
		{"AB_2", "aB", `The API calls it "aB".`},
		{"X", "a\nb", `The API calls it "a b".`},
		{"N400", "400", `The API calls it "400".`},
	} {
		if got := WireName(tt.goName, tt.wire); got != tt.want {
			t.Errorf("WireName(%q, %q) = %q, want %q", tt.goName, tt.wire, got, tt.want)
		}
	}
	want := []string{`The API calls it "$top".`, "", "A number.", "", Deprecated}
	if got := Field("Top", "$top", "A number.", true); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
