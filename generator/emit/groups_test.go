package emit

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/api/apitest"
)

// groupedPetstore returns the petstore with the group Pets of two operations.
func groupedPetstore() *api.API {
	a := apitest.Petstore()
	a.Groups = []*api.Group{{
		Tag: "pets", Description: "Animals.", Field: "Pets", Type: "PetsGroup", Interface: "PetsOperations",
	}}
	for _, op := range a.Operations {
		switch op.Name {
		case "FindPets":
			op.Group, op.ItemsMethod, op.ItemType = "Pets", "FindPetsAll", api.Ref("Pet")
			op.Grouped = map[string]string{"FindPets": "Find", "FindPetsAll": "FindAll"}
		case "AddPet":
			op.Group, op.Grouped = "Pets", map[string]string{"AddPet": "Add", "AddPetStream": "AddStream"}
			op.Streams = []*api.Streaming{{
				Name: "AddPetStream", Var: "addPetStream", Type: apitest.String,
				Success: &api.Outcome{Status: 200, Media: "application/jsonl"},
			}}
		}
	}
	return a
}

func Example_groups() {
	for _, code := range groups(groupedPetstore()) {
		show(code)
	}
	// Output:
	// // PetsOperations lists the methods of [PetsGroup]. Functions that accept it
	// // instead of the group can be tested with a fake.
	// type PetsOperations interface {
	// 	Find(ctx context.Context, params FindPetsParams, opts ...resilience.CallOption) ([]Pet, error)
	// 	FindAll(ctx context.Context, params FindPetsParams, opts ...resilience.CallOption) iter.Seq2[Pet, error]
	// 	Add(ctx context.Context, body Pet, opts ...resilience.CallOption) (*AddPetResult, error)
	// 	AddStream(ctx context.Context, body Pet, opts ...resilience.CallOption) iter.Seq2[string, error]
	// }
	//
	// var _ PetsOperations = PetsGroup{}
	//
	// // PetsGroup has the operations with the tag pets. It is the field Pets of a
	// // [*Client].
	// //
	// // Animals.
	// type PetsGroup struct {
	// 	client *Client
	// }
	//
	// // Find: Find pets.
	// //	GET /pets
	// //
	// // See [*Client.FindPets].
	// func (c PetsGroup) Find(ctx context.Context, params FindPetsParams, opts ...resilience.CallOption) ([]Pet, error) {
	// 	return c.client.FindPets(ctx, params, opts...)
	// }
	//
	// // FindAll is the same as [*Client.FindPetsAll].
	// func (c PetsGroup) FindAll(
	// 	ctx context.Context, params FindPetsParams, opts ...resilience.CallOption,
	// ) iter.Seq2[Pet, error] {
	// 	return c.client.FindPetsAll(ctx, params, opts...)
	// }
	//
	// // Add: Adds a pet.
	// //	POST /pets
	// //
	// // See [*Client.AddPet].
	// //
	// // Deprecated: the document marks it as deprecated.
	// func (c PetsGroup) Add(ctx context.Context, body Pet, opts ...resilience.CallOption) (*AddPetResult, error) {
	// 	return c.client.AddPet(ctx, body, opts...)
	// }
	//
	// // AddStream is the same as [*Client.AddPetStream].
	// func (c PetsGroup) AddStream(ctx context.Context, body Pet, opts ...resilience.CallOption) iter.Seq2[string, error] {
	// 	return c.client.AddPetStream(ctx, body, opts...)
	// }
}

// New gives each group its client.
func TestClient_Groups(t *testing.T) {
	source := text(t, Client, groupedPetstore())
	for _, want := range []string{
		"// Client calls the API. It is safe for concurrent use. Its fields have the same\n// operations, grouped by tag.\n" +
			"type Client struct {\n\tPets PetsGroup // tag pets\n\n\tcaller *resilience.Caller\n}\n",
		"\tc := &Client{caller: caller}\n\tc.Pets = PetsGroup{c}\n\treturn c, nil\n",
	} {
		if !strings.Contains(source, want) {
			t.Errorf("no %q in\n%s", want, source)
		}
	}
	flat := text(t, Client, apitest.Petstore())
	if strings.Contains(flat, "grouped by") || strings.Contains(flat, "c :=") {
		t.Errorf("without groups:\n%s", flat)
	}
}
