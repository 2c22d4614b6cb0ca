package naming

import (
	"slices"
	"testing"
)

func TestExported(t *testing.T) {
	for in, want := range map[string]string{
		"pet":               "Pet",
		"petId":             "PetID",
		"pet_ids":           "PetIDs",
		"marketplaceIds":    "MarketplaceIDs",
		"marketplaceIDs":    "MarketplaceIDs",
		"IDsOfPets":         "IDsOfPets",
		"HTTPServer":        "HTTPServer",
		"httpUrl":           "HTTPURL",
		"apis":              "APIs",
		"asin":              "Asin",
		"ASIN":              "ASIN",
		"ASINList":          "ASINList",
		"identity":          "Identity",
		"x-amzn-RequestId":  "XAmznRequestID",
		"_links":            "Links",
		"a.b/c d":           "ABCD",
		"400_Details_Item":  "N400DetailsItem",
		"v1_2":              "V1_2",
		"v12":               "V12",
		"1.15":              "N1_15",
		"11.5":              "N11_5",
		"INVALID_STATE":     "InvalidState",
		"US_WEST_1":         "UsWest1",
		"Not_ALL_Capitals":  "NotALLCapitals",
		"2faEnabled":        "N2faEnabled",
		"B2BPrice":          "B2BPrice",
		"iso8601Date":       "Iso8601Date",
		"+1":                "Plus1",
		"-1":                "Minus1",
		"a-1":               "A1",
		"reactions--1":      "ReactionsMinus1",
		"reactions-+1":      "ReactionsPlus1",
		"":                  "Empty",
		"-":                 "Minus",
		"-created":          "MinusCreated",
		"+id":               "PlusID",
		"--x":               "X",
		"StartTime<":        "StartTimeLess",
		"StartTime>":        "StartTimeGreater",
		"date>=":            "DateGreaterEqual",
		"a<=b":              "ALessEqualB",
		"a!=b":              "ANotEqualB",
		"a==b":              "AEqualEqualB",
		"a=b":               "AB",
		"a!b":               "AB",
		"Page<Pet>":         "PagePet",
		"GMT-1":             "Gmt1",
		"GMT+1":             "Gmt1",
		">=":                "GreaterEqual",
		"*":                 "Star",
		"🙂":                 "Symbol",
		"🙂smile":            "Smile",
		"straße":            "Straße",
		"été":               "Été",
		"名前":                "X名前",
		"ключ":              "Ключ",
		"utf8":              "UTF8",
		"get_item.byId":     "GetItemByID",
		"description\nmore": "DescriptionMore",
	} {
		if got := Exported(in); got != want {
			t.Errorf("Exported(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestUnexported(t *testing.T) {
	for in, want := range map[string]string{
		"sellerId": "sellerID", "SellerID": "sellerID", "URLFor": "urlFor", "ID": "id", "x-key": "xKey", "400": "n400",
		"GetPet": "getPet", "INVALID_STATE": "invalidState",
		"": "empty", "-": "minus", "名前": "名前", "type": "type",
	} {
		if got := Unexported(in); got != want {
			t.Errorf("Unexported(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestSuffix(t *testing.T) {
	for in, want := range map[string]string{"400": "400", "desc": "Desc", "": "Empty", "a b": "AB", "1.5": "1_5"} {
		if got := Suffix(in); got != want {
			t.Errorf("Suffix(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestConstant(t *testing.T) {
	for in, want := range map[string]string{
		"ACTIVE": "Active", "USD": "USD", "DONE": "Done", "done": "Done", "OUT_OF_STOCK": "OutOfStock", "4x6": "4x6",
		"A B": "AB", "-created": "CreatedDesc", "-1": "Minus1", "-": "Minus", "+created": "PlusCreated",
		"-CREATED_AT": "CreatedAtDesc", "": "Empty",
		"a sentence that goes on and on beyond what anybody would like to read in a name": "ASentenceThatGoesOnAndOnBeyondWhatAnybodyWouldLikeToReadInA",
	} {
		if got := Constant(in); got != want {
			t.Errorf("Constant(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestConstants(t *testing.T) {
	tests := map[string][]string{
		"a-b": {"AMinusB"}, "ab": {"Ab"}, "GMT-1": {"GMTMinus1"}, "-": {"Minus"}, "": {"Empty"},
		"this value has so many words that its name is cut after the first sixty letters or so": {
			"ThisValueHasSoManyWordsThatItsNameIsCutAfterTheFirstSixtyLetters",
			"ThisValueHasSoManyWordsThatItsNameIsCutAfterTheFirstSixtyLettersOr",
		},
	}
	for value, want := range tests {
		got := Constants(value)
		if len(got) > len(want) {
			got = got[:len(want)] // the spelled name of a sentence is not worth reading
		}
		if !slices.Equal(got, want) {
			t.Errorf("Constants(%q) = %q, want %q", value, got, want)
		}
	}
}

func TestSpelled(t *testing.T) {
	for in, want := range map[string]string{
		"a.b": "ADotB", "a_b": "AUnderscoreB", "a b": "ASpaceB", "_a": "UnderscoreA", "ab": "Ab", "1.5": "N1Dot5",
		"": "Empty", "$": "Dollar",
	} {
		if got := Spelled(in); got != want {
			t.Errorf("Spelled(%q) = %s, want %s", in, got, want)
		}
	}
	if got := UnexportedSpelled("a.b"); got != "aDotB" {
		t.Errorf("UnexportedSpelled(a.b) = %s, want aDotB", got)
	}
}
