package plan_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"
)

// groupsOf writes the groups of an API, a line each, and the operations without a group:
// "Pets PetsGroup PetsOperations: Get=GetPet".
func groupsOf(a *api.API) string {
	var lines []string
	for _, g := range a.Groups {
		line := g.Field + " " + g.Type + " " + g.Interface + ":"
		for _, o := range a.Operations {
			if o.Group != g.Field {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(o.Grouped)) {
				line += " " + o.Grouped[name] + "=" + name
			}
		}
		lines = append(lines, line)
	}
	for _, o := range a.Operations {
		if o.Group == "" {
			lines = append(lines, o.Name)
		}
	}
	return strings.Join(lines, "\n")
}

// tagged returns a document with an operation for each "operationId tag, tag", in this order.
func tagged(list ...string) string {
	var paths strings.Builder
	for i, item := range list {
		id, tags, _ := strings.Cut(item, " ")
		fmt.Fprintf(&paths, "  /%03d:\n    get: {operationId: %q, tags: [%s], responses: {\"204\": {description: d}}}\n", i,
			id, tags)
	}
	return plantest.Paths30(paths.String(), "")
}

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		name, doc, want string
		warnings        []string
	}{
		{"the first tag counts", tagged("getPet pets, shop", "listPets pets", "openShop shop, pets"),
			"Pets PetsGroup PetsOperations: Get=GetPet List=ListPets\nShop ShopGroup ShopOperations: Open=OpenShop", nil},
		{"no tag", tagged("a", "b ' '", "c ' ', x"), "X XGroup XOperations: C=C\nA\nB", nil},
		{"one group despite the spelling",
			tagged("a user accounts", "b User-Accounts", "c userAccounts", "d user_accounts"),
			"UserAccounts UserAccountsGroup UserAccountsOperations: A=A B=B C=C D=D", nil},
		{"a short name is taken", tagged("getPet pets", "petsGet pets", "pets_get pets"),
			"Pets PetsGroup PetsOperations: Get=GetPet PetsGet=PetsGet PetsUnderscoreGet=PetsUnderscoreGet", []string{
				"a.yaml:9:24: warning: operation pets_get: Go name PetsGet is already used by operation petsGet at " +
					"a.yaml:7:24; using PetsUnderscoreGet; choose a name with x-go-name, or rename one of them"}},
		{"the operation is first", tagged("search search", "other search"),
			"SearchGroup SearchGroup SearchOperations: Search=Search Other=Other", []string{
				"a.yaml:5:41: warning: tag search: Go name Search is already used by operation search at a.yaml:5:24; " +
					"using SearchGroup; choose a name with x-go-name, or rename one of them"}},
		{"the group is first", tagged("other search", "search search"),
			"Search SearchGroup SearchOperations: Other=Other Search=SearchOperation", []string{
				"a.yaml:7:24: warning: operation search: Go name Search is already used by tag search at a.yaml:5:40; " +
					"using SearchOperation; choose a name with x-go-name, or rename one of them"}},
		{"a method of every client", tagged("a close"), "CloseGroup CloseGroup CloseOperations: A=A", []string{
			"a.yaml:5:36: warning: tag close: Go name Close is already used by the package itself; using CloseGroup; " +
				"choose a name with x-go-name, or rename one of them"}},
		{"symbols", tagged("x c", "y c++"), "C CGroup COperations: X=X\nCPlusPlus CPlusPlusGroup CPlusPlusOperations: Y=Y",
			[]string{"a.yaml:7:36: warning: tag c++: Go name C is already used by tag c at a.yaml:5:36; using CPlusPlus; " +
				"choose a name with x-go-name, or rename one of them"}},
		{"the word of the group itself", tagged("x Group"), "Group GroupGroup GroupOperations: X=X", nil},
		{"a name of the document", tagged("repos/get repos", "getRepository repos") +
			"tags: [{name: other}, {name: repos, x-go-name: Repositories}]\n",
			"Repositories RepositoriesGroup RepositoriesOperations: Get=ReposGet GetRepository=GetRepository", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, found := plantest.Planned(t, c.doc, plan.Options{Group: true})
			if !slices.Equal(found, c.warnings) {
				t.Errorf("got  %q\nwant %q", found, c.warnings)
			}
			plantest.Same(t, sortedWords(groupsOf(a)), sortedWords(c.want))
			if broken := plantest.Broken(a); len(broken) > 0 {
				t.Error(broken)
			}
			flat, _ := plantest.Planned(t, c.doc, plan.Options{})
			if len(flat.Groups) > 0 || flat.Operations[0].Group != "" {
				t.Error("there are groups without the option")
			}
		})
	}
}

// sortedWords sorts the words of each line after a colon.
func sortedWords(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if head, rest, ok := strings.Cut(line, ": "); ok {
			words := strings.Fields(rest)
			slices.Sort(words)
			lines[i] = head + ": " + strings.Join(words, " ")
		}
	}
	return strings.Join(lines, "\n")
}

// A later operation changes no name: neither in the client nor in a group.
func TestGroups_AppendedOperations(t *testing.T) {
	verbs := []string{"get", "list", "pets", "shop", "close", ""}
	nouns := []string{"Pet", "Pets", "Shop", "Close", "All", ""}
	tags := []string{"pets", "shop", "close", "get", "Pets", "all", "list pets", ""}
	clashes := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		var list []string
		before := map[string]string{}
		for range 12 {
			id := verbs[r.IntN(len(verbs))] + nouns[r.IntN(len(nouns))]
			list = append(list, id+" "+tags[r.IntN(len(tags))])
			a, found := plantest.Planned(t, tagged(list...), plan.Options{Group: true})
			if broken := plantest.Broken(a); len(broken) > 0 {
				t.Fatalf("%q: %v", list, broken)
			}
			clashes += len(found)
			after := map[string]string{}
			for _, o := range a.Operations {
				after[o.Path] = o.Name + " = " + o.Group + "." + o.Grouped[o.Name]
			}
			for _, g := range a.Groups {
				after[g.Tag] = g.Field + " " + g.Type + " " + g.Interface
			}
			for at, name := range before {
				if after[at] != name {
					t.Fatalf("%q: %s was %s and is %s", list, at, name, after[at])
				}
			}
			before = after
		}
	}
	if clashes == 0 {
		t.Error("no names clash")
	}
}

// The iterators and the methods for further media types are in the group too.
func TestGroups_FurtherMethods(t *testing.T) {
	doc := plantest.Paths30(`
  /pets:
    get:
      operationId: listPets
      tags: [pets]
      parameters: [{name: cursor, in: query, schema: {type: string}}]
      responses:
        "200":
          description: d
          content:
            application/json:
              schema: {type: object, properties: {next: {type: string}, data: {type: array, items: {type: string}}}}
    post:
      operationId: addPet
      tags: [pets]
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Pet"}}
          multipart/form-data: {schema: {$ref: "#/components/schemas/Pet"}}
      responses: {"204": {description: d}}
  /pets/all:
    get: {operationId: petsListAll, tags: [pets], responses: {"204": {description: d}}}
  /pets/watch:
    get:
      operationId: watchPet
      tags: [pets]
      responses: {"200": {description: d, content: {text/event-stream: {schema: {$ref: "#/components/schemas/Pet"}}}}}`, "")
	policies := plantest.PolicyFile(t, "operations:\n  listPets:\n    pagination: "+
		"{style: token, request: cursor, response: next, items: data}\n")
	a, _ := plantest.Planned(t, doc, plan.Options{Group: true, Policies: append(plan.Options{}.Policies, policies)})
	plantest.Same(t, sortedWords(groupsOf(a)), sortedWords("Pets PetsGroup PetsOperations: List=ListPets "+
		"ListAll=ListPetsAll ListPages=ListPetsPages Add=AddPet AddMultipart=AddPetMultipart PetsListAll=PetsListAll Watch=WatchPet "+
		"WatchStream=WatchPetStream"))
}

// The names of further methods do not show that a method has lost its name to a group.
func TestGroups_FurtherMethodsAfterAClash(t *testing.T) {
	doc := plantest.Paths30(`
  /a:
    get: {operationId: other, tags: [search], responses: {"204": {description: d}}}
  /b:
    post:
      operationId: search
      tags: [search]
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Pet"}}
          multipart/form-data: {schema: {$ref: "#/components/schemas/Pet"}}
      responses: {"204": {description: d}}`, "")
	a, _ := plantest.Planned(t, doc, plan.Options{Group: true})
	plantest.Same(t, sortedWords(groupsOf(a)), sortedWords("Search SearchGroup SearchOperations: Other=Other "+
		"Search=SearchOperation SearchMultipart=SearchOperationMultipart"))
}
