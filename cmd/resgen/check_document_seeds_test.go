package main

import "os"

// documentSeeds are changes of documents.
var documentSeeds = []seed{
	{
		name: "comment in policy",
		edit: replace("policy.yaml", "defaults:", "# a comment\ndefaults:"),
		code: 0,
	},
	{
		name: "policy CRLF",
		edit: on("policy.yaml", toCRLF),
		code: 0,
	},
	{
		name: "policy deleted",
		edit: on("policy.yaml", os.Remove),
		code: 1,
		want: []string{
			"resgen.yaml:3:49: policy file policy.yaml does not exist; paths are relative to the folder of " +
				"resgen.yaml",
		},
	},
	{
		name: "policy typo",
		edit: replace("policy.yaml", "attempts: 3", "atempts: 3"),
		code: 1,
		want: []string{
			"policy.yaml:2:11: defaults: retry: unknown key \"atempts\"; did you mean \"attempts\"?",
		},
	},
	{
		name: "operation added",
		edit: replace("shops.yaml", "paths:\n",
			"paths:\n  /new:\n    post: {operationId: addShop, responses: {\"204\": {description: none}}}\n"),
		code: 3,
		want: []string{
			"out/shops/RESILIENCE.md: is stale",
			"out/shops/client.gen.go: is stale: description and Operations changed; addShop and " +
				"Client.AddShop are missing",
		},
		since: []string{
			"shops: POST /new: was added, shops.yaml:6:5; unsafe, at most 1 request a call, refused ones not counted",
		},
	},
	{
		name: "operation removed",
		edit: replace("pets.yaml", "    get:\n      operationId: getPet\n      responses:\n        \"200\": "+
			"{description: ok, content: {application/json: {schema: {$ref: \"#/components/schemas/Pet\"}}}}\n", ""),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: description and Operations changed; getPet and Client.GetPet " +
				"are no longer generated",
		},
		since: []string{
			"pets: GET /pets/{id}: was removed, pets.yaml (was pets.yaml:23:5); breaks callers",
		},
	},
	{
		name: "operation renamed",
		edit: replace("pets.yaml", "operationId: getPet", "operationId: fetchPet"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: description and Operations changed; fetchPet and " +
				"Client.FetchPet are missing; getPet and Client.GetPet are no longer generated",
		},
		since: []string{
			"pets: GET /pets/{id}: operationId getPet → fetchPet, pets.yaml:23:5",
			"pets: GET /pets/{id}: method GetPet → FetchPet, pets.yaml:23:5",
		},
	},
	{
		name: "operation moved",
		edit: replace("shops.yaml", "/shops:", "/stores:"),
		code: 3,
		want: []string{
			"out/shops/RESILIENCE.md: is stale",
			"out/shops/client.gen.go: is stale: listShops changed",
		},
		since: []string{
			"shops: GET /shops: is GET /stores now, shops.yaml:6:5; breaks callers",
		},
	},
	{
		name: "param added",
		edit: replace("pets.yaml", "        - {name: limit,",
			"        - {name: page, in: query, schema: {type: integer}}\n        - {name: limit,"),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: is stale: listPets, ListPetsParams and Client.ListPets changed",
		},
		since: []string{
			"pets: GET /pets: query parameter page was added, pets.yaml:11:11 (was pets.yaml:7:5)",
		},
	},
	{
		name: "param required",
		edit: replace("pets.yaml", "in: query, schema", "in: query, required: true, schema"),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: is stale: listPets and ListPetsParams changed",
		},
		since: []string{
			"pets: GET /pets: query parameter limit must be sent now, pets.yaml:11:11; breaks callers",
		},
	},
	{
		name: "field added",
		edit: replace("pets.yaml", "name: {type: string}}", "name: {type: string}, age: {type: integer}}"),
		code: 3,
		want: []string{
			"out/pets/models.gen.go: is stale: Pet changed",
		},
		since: []string{
			"pets: schema Pet: member age was added, pets.yaml:33:96 (was pets.yaml:33:10)",
		},
	},
	{
		name: "schema renamed",
		edit: replace("pets.yaml", "    Pet: {type", "    Animal: {type"),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: is stale: listPets, getPet, Operations and 3 more changed",
			"out/pets/models.gen.go: is stale: Animal is missing; Pet is no longer generated",
			"out/pets/types.gen.go: is stale: Animal.MarshalJSON and Animal.UnmarshalJSON are missing; " +
				"Pet.MarshalJSON and Pet.UnmarshalJSON are no longer generated",
		},
		since: []string{
			"pets: GET /pets: response 200[] has another type: object → any value, pets.yaml:14:11; breaks callers",
			"pets: GET /pets/{id}: response 200 has another type: object → any value, pets.yaml:26:16; breaks " +
				"callers",
			"pets: POST /pets: request body may be null now, pets.yaml:18:31",
			"pets: POST /pets: request body has another type: object → any value, pets.yaml:18:31",
			"pets: models.gen.go: added: Animal; removed: Pet, out/pets/models.gen.go",
		},
	},
	{
		name: "schema and references renamed",
		edit: all(replace("pets.yaml", "schemas/Pet", "schemas/Animal"),
			replace("pets.yaml", "schemas/Pet", "schemas/Animal"),
			replace("pets.yaml", "schemas/Pet", "schemas/Animal"), replace("pets.yaml", "    Pet: {", "    Animal: {")),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: is stale: listPets, getPet, Operations and 3 more changed",
			"out/pets/models.gen.go: is stale: Animal is missing; Pet is no longer generated",
			"out/pets/types.gen.go: is stale: Animal.MarshalJSON and Animal.UnmarshalJSON are missing; " +
				"Pet.MarshalJSON and Pet.UnmarshalJSON are no longer generated",
		},
		since: []string{
			"pets: client.gen.go: changed: listPets, getPet, Operations, 3 more, out/pets/client.gen.go",
			"pets: models.gen.go: added: Animal; removed: Pet, out/pets/models.gen.go",
			"pets: types.gen.go: added: Animal.MarshalJSON, Animal.UnmarshalJSON; removed: Pet.MarshalJSON, " +
				"Pet.UnmarshalJSON, out/pets/types.gen.go",
		},
	},
	{
		name: "summary",
		edit: replace("pets.yaml", "Lists pets.", "Lists all pets."),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: only comments differ",
		},
		since: []string{
			"pets: client.gen.go: only comments differ, out/pets/client.gen.go",
		},
	},
	{
		name: "server",
		edit: replace("pets.yaml", "https://pets", "https://api.pets"),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: is stale: description changed",
		},
		since: []string{
			"pets: server default: has another URL: https://pets.example.com → https://api.pets.example.com, " +
				"pets.yaml:3:11; breaks callers",
		},
	},
	{
		name: "security",
		edit: replace("pets.yaml", "security: [{key: []}]\n", ""),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: description, listPets, createPet and 2 more changed",
		},
		since: []string{
			"pets: GET /pets: requires no credential any more, pets.yaml:6:5 (was pets.yaml:7:5)",
			"pets: POST /pets: requires no credential any more, pets.yaml:15:5 (was pets.yaml:16:5)",
			"pets: GET /pets/{id}: requires no credential any more, pets.yaml:22:5 (was pets.yaml:23:5)",
			"pets: DELETE /pets/{id}: requires no credential any more, pets.yaml:26:5 (was pets.yaml:27:5)",
		},
	},
	{
		name: "version",
		edit: replace("pets.yaml", "version: \"1\"", "version: \"2\""),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: only comments differ",
		},
		since: []string{
			"out/pets: version 1 → 2, pets.yaml",
		},
	},
	{
		name: "x-resgen",
		edit: replace("shops.yaml", "operationId: listShops,",
			"operationId: listShops, x-resgen: {retry: {attempts: 6}},"),
		code: 3,
		want: []string{
			"out/shops/RESILIENCE.md: is stale",
			"out/shops/client.gen.go: is stale: listShops changed",
			"shops: listShops: retry.attempts 4 → 6, shops.yaml:6:64 x-resgen (was " +
				"out/shops/client.gen.go); at most 4 → 6 requests a call, refused ones not counted: looser",
		},
		after: 4,
		since: []string{
			"shops: listShops: retry.attempts 4 → 6, shops.yaml:6:64 x-resgen (was built-in default); at most 4 " +
				"→ 6 requests a call, refused ones not counted: looser",
		},
	},
}
