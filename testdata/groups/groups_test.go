package groups_test

import (
	"context"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/resgen/resgen/resilience"
	groups "github.com/resgen/resgen/testdata/groups/want"
)

// shout is a function of a program: it needs the operations of one group only.
func shout(ctx context.Context, pets groups.PetsOperations_2) (string, error) {
	names := ""
	for pet, err := range pets.ListAll(ctx, groups.ListPetsParams{}) {
		if err != nil {
			return "", err
		}
		names += pet.Name + "!"
	}
	return names, nil
}

// fakePets is a fake of a group.
type fakePets struct {
	groups.PetsOperations_2
	names []string
}

func (f fakePets) ListAll(
	context.Context, groups.ListPetsParams, ...resilience.CallOption,
) iter.Seq2[groups.Pet, error] {
	return func(yield func(groups.Pet, error) bool) {
		for _, name := range f.names {
			if !yield(groups.Pet{Name: name}, nil) {
				return
			}
		}
	}
}

// A fake of a group needs no other operation.
func TestFakeOfAGroup(t *testing.T) {
	got, err := shout(t.Context(), fakePets{names: []string{"Rex", "Tom"}})
	if err != nil || got != "Rex!Tom!" {
		t.Errorf("got %q, %v; want Rex!Tom!", got, err)
	}
}

// A method of a group makes the same requests as that of the client.
func TestSameRequests(t *testing.T) {
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.String())
		switch r.URL.RequestURI() {
		case "/a/pets":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"data": [{"name": "Rex"}], "next": "2"}`))
		case "/a/pets?cursor=2":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"data": [{"name": "Tom"}]}`))
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	defer server.Close()
	c, err := groups.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := t.Context()
	for _, test := range []struct {
		name      string
		group     func() error
		flat      func() error
		wantFirst string
		requests  int
	}{
		{"a path", func() error { return c.Pets.DeletePhoto(ctx, "a b", 7) },
			func() error { return c.DeletePetPhoto(ctx, "a b", 7) }, "DELETE /a/pets/a%20b/7", 1},
		{"a body", func() error { return c.Pets.GetPet(ctx, "x", 1, &groups.Pet{Name: "Rex"}) },
			func() error { return c.GetPet(ctx, "x", 1, &groups.Pet{Name: "Rex"}) }, "PUT /a/pets/x/1", 1},
		{"pages", func() error { return wantNames(t, ctx, c.Pets) }, func() error {
			for _, err := range c.ListPetsAll(ctx, groups.ListPetsParams{}) {
				if err != nil {
					return err
				}
			}
			return nil
		}, "GET /a/pets", 2},
		{"a clash", func() error { return c.Search.Search(ctx) }, func() error { return c.SearchOperation(ctx) },
			"GET /c/search", 1},
	} {
		seen = nil
		if err := test.group(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if len(seen) != test.requests || seen[0] != test.wantFirst {
			t.Errorf("%s: requests %q, want %d, the first one %s", test.name, seen, test.requests, test.wantFirst)
		}
		if err := test.flat(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if len(seen) != 2*test.requests || seen[test.requests] != seen[0] {
			t.Errorf("%s: the method of the client requests %q", test.name, seen)
		}
	}
}

// wantNames checks that both pages are read.
func wantNames(t *testing.T, ctx context.Context, pets groups.PetsOperations_2) error {
	t.Helper()
	got, err := shout(ctx, pets)
	if got != "Rex!Tom!" {
		t.Errorf("got %q, want Rex!Tom!", got)
	}
	return err
}

// The interface of all operations has the methods of the client, whether they are grouped or not.
func TestFlatInterface(t *testing.T) {
	var c groups.Operations = &groups.Client{}
	if _, ok := c.(interface {
		Untagged(ctx context.Context, opts ...resilience.CallOption) error
		ListPetsAll(
			ctx context.Context, params groups.ListPetsParams, opts ...resilience.CallOption,
		) iter.Seq2[groups.Pet, error]
	}); !ok {
		t.Error("a method is missing")
	}
}
