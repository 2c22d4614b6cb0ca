package naming

import "testing"

func TestWithin(t *testing.T) {
	for _, c := range []struct{ method, group, want string }{
		// At the beginning.
		{"ReposGet", "repos", "Get"},
		{"ReposListForOrg", "repos", "ListForOrg"},
		{"CodeScanningListAlerts", "code-scanning", "ListAlerts"},
		{"CodeScanningListAlerts", "codescanning", "ListAlerts"},
		{"PetList", "Pets", "List"},
		{"PetsList", "Pet", "List"},
		{"CategoryGet", "categories", "Get"},
		{"CategoriesGet", "category", "Get"},
		{"BoxesGet", "box", "Get"},
		{"APIsGet", "API", "Get"},
		{"OAuth2Revoke", "OAuth2", "Revoke"},
		{"N2faEnable", "2fa", "Enable"},
		// After the first word.
		{"GetPet", "pets", "Get"},
		{"GetPetByID", "pets", "GetByID"},
		{"ListPets", "pets", "List"},
		{"FindPetsByStatus", "pet", "FindByStatus"},
		{"SearchPets", "pets", "Search"},
		{"QueryPets", "pets", "Query"},
		{"CountPets", "pets", "Count"},
		{"BrowsePets", "pets", "Browse"},
		{"GetUserAccount", "user accounts", "Get"},
		{"GetStatus", "status", "Get"},
		{"GetAnalysis", "analysis", "Get"},
		{"GetAddress", "address", "Get"},
		// Delete is already DeletePet.
		{"DeletePets", "pets", "DeletePets"},
		{"GetPetsByStatus", "pets", "GetPetsByStatus"},
		// Neither.
		{"Pets", "pets", "Pets"},
		{"ListAllPets", "pets", "ListAllPets"},
		{"ListOwnerPets", "pets", "ListOwnerPets"},
		{"PetsfooGet", "pets", "PetsfooGet"},
		{"GetPetition", "pet", "GetPetition"},
		{"Health", "meta", "Health"},
		// The rest must be a name.
		{"Pets2", "pets", "Pets2"},
		{"Pets_2", "pets", "Pets_2"},
		{"PetsList_2", "pets", "List_2"},
		{"GetPet_2", "pets", "Get_2"},
		{"PetsPets", "pets", "Pets"},
		{"Pets_List", "pets", "List"},
		{"GetPetPet", "pet", "GetPet"},
		{"X获取", "获取", "X获取"},
	} {
		if got := Within(c.method, c.group); got != c.want {
			t.Errorf("%s in %q: got %s, want %s", c.method, c.group, got, c.want)
		}
	}
	for _, c := range []struct{ method, want string }{
		{"ReposGet", "Get"}, {"RepositoriesGet", "Get"}, {"GetRepo", "Get"}, {"Other", "Other"},
	} {
		if got := Within(c.method, "repos", "Repositories"); got != c.want {
			t.Errorf("%s with two names: got %s, want %s", c.method, got, c.want)
		}
	}
}
