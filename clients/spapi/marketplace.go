package spapi

import (
	"fmt"
	"slices"
	"strings"
)

// A Region is one of the three regions of the API. A refresh token is valid only in the region
// where it was granted.
type Region string

// The regions.
const (
	NorthAmerica Region = "na"
	Europe       Region = "eu" // with the Middle East, India and South Africa
	FarEast      Region = "fe"
)

// Endpoint returns the base URL of the region's API, or "" for an unknown region.
func (r Region) Endpoint() string { return r.url("") }

// Sandbox returns the base URL of the region's sandbox, or "" for an unknown region. All its
// operations allow 5 requests per second with a burst of 15, independent of the production API.
func (r Region) Sandbox() string { return r.url(sandboxPrefix) }

const sandboxPrefix = "sandbox."

func (r Region) url(prefix string) string {
	switch r {
	case NorthAmerica, Europe, FarEast:
		return "https://" + prefix + "sellingpartnerapi-" + string(r) + ".amazon.com"
	}
	return ""
}

// A Marketplace is an Amazon marketplace. Operations take its ID.
type Marketplace struct {
	ID      string
	Country string // two letters as used by Amazon: ISO 3166-1 except UK
	Name    string
	Region  Region
}

// marketplaces lists https://developer-docs.amazon.com/sp-api/docs/marketplace-ids.
var marketplaces = [...]Marketplace{
	{"A2EUQ1WTGCTBG2", "CA", "Canada", NorthAmerica},
	{"ATVPDKIKX0DER", "US", "United States", NorthAmerica},
	{"A1AM78C64UM0Y8", "MX", "Mexico", NorthAmerica},
	{"A2Q3Y263D00KWC", "BR", "Brazil", NorthAmerica},

	{"A28R8C7NBKEWEA", "IE", "Ireland", Europe},
	{"A1RKKUPIHCS9HS", "ES", "Spain", Europe},
	{"A1F83G8C2ARO7P", "UK", "United Kingdom", Europe},
	{"A13V1IB3VIYZZH", "FR", "France", Europe},
	{"AMEN7PMS3EDWL", "BE", "Belgium", Europe},
	{"A1805IZSGTT6HS", "NL", "Netherlands", Europe},
	{"A1PA6795UKMFR9", "DE", "Germany", Europe},
	{"APJ6JRA9NG5V4", "IT", "Italy", Europe},
	{"A2NODRKZP88ZB9", "SE", "Sweden", Europe},
	{"AE08WJ6YKNBMC", "ZA", "South Africa", Europe},
	{"A1C3SOZRARQ6R3", "PL", "Poland", Europe},
	{"ARBP9OOSHTCHU", "EG", "Egypt", Europe},
	{"A33AVAJ2PDY3EV", "TR", "Turkey", Europe},
	{"A17E79C6D8DWNP", "SA", "Saudi Arabia", Europe},
	{"A2VIGQ35RCS4UG", "AE", "United Arab Emirates", Europe},
	{"A21TJRUUN4KGV", "IN", "India", Europe},

	{"A19VAU5U5O7RUS", "SG", "Singapore", FarEast},
	{"A39IBJ37TRP1C6", "AU", "Australia", FarEast},
	{"A1VC38T7YXB528", "JP", "Japan", FarEast},
}

// Marketplaces returns all 23 marketplaces by region.
func Marketplaces() []Marketplace { return slices.Clone(marketplaces[:]) }

// FindMarketplace returns the marketplace with an id or country code in upper or lower case. GB
// means UK.
func FindMarketplace(idOrCountry string) (Marketplace, error) {
	wanted := strings.ToUpper(strings.TrimSpace(idOrCountry))
	if wanted == "GB" {
		wanted = "UK"
	}
	for _, m := range marketplaces {
		if m.ID == wanted || m.Country == wanted {
			return m, nil
		}
	}
	return Marketplace{}, fmt.Errorf("marketplace %q: no such id or country; see Marketplaces", idOrCountry)
}
