package spapi_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/spapi"
)

// The documented countries by region.
var countries = map[spapi.Region]string{
	spapi.NorthAmerica: "CA US MX BR",
	spapi.Europe:       "IE ES UK FR BE NL DE IT SE ZA PL EG TR SA AE IN",
	spapi.FarEast:      "SG AU JP",
}

func TestMarketplaces_AreThoseOfTheDocumentation(t *testing.T) {
	got, ids := map[spapi.Region]string{}, map[string]bool{}
	for _, m := range spapi.Marketplaces() {
		got[m.Region] = strings.TrimSpace(got[m.Region] + " " + m.Country)
		if ids[m.ID] || len(m.ID) < 12 || len(m.ID) > 14 || strings.ToUpper(m.ID) != m.ID || m.Name == "" {
			t.Errorf("%+v: want an id of its own and a name", m)
		}
		ids[m.ID] = true
	}
	for region, want := range countries {
		if got[region] != want {
			t.Errorf("%s has %q, want %q", region, got[region], want)
		}
	}
	if len(ids) != 23 || len(got) != 3 {
		t.Errorf("%d marketplaces in %d regions, want 23 in 3", len(ids), len(got))
	}
	spapi.Marketplaces()[0].ID = "changed"
	if spapi.Marketplaces()[0].ID == "changed" {
		t.Error("the table can be changed from outside")
	}
}

func TestFindMarketplace(t *testing.T) {
	for text, want := range map[string]string{
		"ATVPDKIKX0DER": "United States", "us": "United States", " de ": "Germany", "A1PA6795UKMFR9": "Germany",
		"GB": "United Kingdom", "uk": "United Kingdom", "JP": "Japan", "a1vc38t7yxb528": "Japan",
	} {
		if m, err := spapi.FindMarketplace(text); err != nil || m.Name != want {
			t.Errorf("%q is %+v with error %v, want %s", text, m, err, want)
		}
	}
	for _, text := range []string{"", "XX", "AT"} {
		if m, err := spapi.FindMarketplace(text); err == nil || m != (spapi.Marketplace{}) {
			t.Errorf("%q is %+v, want an error", text, m)
		}
	}
}

func TestRegion_Endpoints(t *testing.T) {
	for region, want := range map[spapi.Region][2]string{
		spapi.NorthAmerica: {
			"https://sellingpartnerapi-na.amazon.com", "https://sandbox.sellingpartnerapi-na.amazon.com",
		},
		spapi.Europe: {
			"https://sellingpartnerapi-eu.amazon.com", "https://sandbox.sellingpartnerapi-eu.amazon.com",
		},
		spapi.FarEast: {
			"https://sellingpartnerapi-fe.amazon.com", "https://sandbox.sellingpartnerapi-fe.amazon.com",
		},
		"mars": {"", ""},
		"":     {"", ""},
	} {
		if got := [2]string{region.Endpoint(), region.Sandbox()}; got != want {
			t.Errorf("region %q: %q, want %q", region, got, want)
		}
	}
}
