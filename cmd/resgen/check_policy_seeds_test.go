package main

// policySeeds are changes of policies.
var policySeeds = []seed{
	{
		name: "class",
		edit: replace("policy.yaml", "unsafe\n    why: a second request adds a second pet",
			"idempotent\n    why: the name is unique"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: createPet changed",
			"pets: createPet: unsafe → idempotent, policy.yaml:9:18 (was out/pets/client.gen.go); at most " +
				"1 → 3 requests a call, refused ones not counted: looser",
		},
		after: 4,
		since: []string{
			"pets: createPet: unsafe → idempotent, policy.yaml:9:18; at most 1 → 3 requests a call, refused ones " +
				"not counted: looser",
		},
	},
	{
		name: "class lower",
		edit: replace("policy.yaml", "  listPets:\n",
			"  listPets:\n    idempotency: unsafe\n    why: it counts calls\n"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: listPets changed",
			"pets: listPets: safe → unsafe, policy.yaml:15:18 (was out/pets/client.gen.go); at most 3 → 1 " +
				"requests a call, refused ones not counted: stricter",
		},
		since: []string{
			"pets: listPets: safe → unsafe, policy.yaml:15:18 (was method GET (RFC 9110 9.2.1)); at most 3 → 1 " +
				"requests a call, refused ones not counted: stricter",
		},
	},
	{
		name: "attempts up",
		edit: replace("policy.yaml", "attempts: 3", "attempts: 5"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: defaults changed",
			"pets: the defaults and createPet: retry.attempts 3 → 5, policy.yaml:2:21 (was " +
				"out/pets/client.gen.go): looser",
			"pets: listPets, deletePet and getPet: retry.attempts 3 → 5, policy.yaml:2:21 (was " +
				"out/pets/client.gen.go); at most 3 → 5 requests a call, refused ones not counted: looser",
		},
		after: 4,
		since: []string{
			"pets: the defaults and createPet: retry.attempts 3 → 5, policy.yaml:2:21: looser",
			"pets: listPets, deletePet and getPet: retry.attempts 3 → 5, policy.yaml:2:21; at most 3 → 5 " +
				"requests a call, refused ones not counted: looser",
		},
	},
	{
		name: "attempts down",
		edit: replace("policy.yaml", "attempts: 3", "attempts: 2"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: defaults changed",
			"pets: the defaults and createPet: retry.attempts 3 → 2, policy.yaml:2:21 (was " +
				"out/pets/client.gen.go): stricter",
			"pets: listPets, deletePet and getPet: retry.attempts 3 → 2, policy.yaml:2:21 (was " +
				"out/pets/client.gen.go); at most 3 → 2 requests a call, refused ones not counted: " +
				"stricter",
		},
		since: []string{
			"pets: the defaults and createPet: retry.attempts 3 → 2, policy.yaml:2:21: stricter",
			"pets: listPets, deletePet and getPet: retry.attempts 3 → 2, policy.yaml:2:21; at most 3 → 2 " +
				"requests a call, refused ones not counted: stricter",
		},
	},
	{
		name: "default removed",
		edit: replace("policy.yaml", "defaults:\n  retry: {attempts: 3}\n", ""),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: defaults changed",
			"pets: the defaults and createPet: retry.attempts 3 → 4, built-in default (was " +
				"out/pets/client.gen.go): looser",
			"pets: listPets, deletePet and getPet: retry.attempts 3 → 4, built-in default (was " +
				"out/pets/client.gen.go); at most 3 → 4 requests a call, refused ones not counted: looser",
		},
		after: 4,
		since: []string{
			"pets: the defaults and createPet: retry.attempts 3 → 4, built-in default (was policy.yaml:2:21): looser",
			"pets: listPets, deletePet and getPet: retry.attempts 3 → 4, built-in default (was " +
				"policy.yaml:2:21); at most 3 → 4 requests a call, refused ones not counted: looser",
		},
	},
	{
		name: "rate up",
		edit: replace("policy.yaml", "per-second: 2,", "per-second: 4,"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: listPets changed",
			"pets: listPets: rate.per-second 2 → 4, policy.yaml:15:24 (was out/pets/client.gen.go): looser",
		},
		after: 4,
		since: []string{
			"pets: listPets: rate.per-second 2 → 4, policy.yaml:15:24: looser",
		},
	},
	{
		name: "rate removed",
		edit: replace("policy.yaml", "  listPets:\n    rate: {per-second: 2, burst: 4}\n", ""),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: listPets changed",
			"pets: listPets: rate.per-second 2 → none, not set (was out/pets/client.gen.go): looser",
			"pets: listPets: rate.burst 4 → none, not set (was out/pets/client.gen.go)",
		},
		after: 4,
		since: []string{
			"pets: listPets: rate.per-second 2 → none, not set (was policy.yaml:15:24): looser",
			"pets: listPets: rate.burst 4 → none, not set (was policy.yaml:15:34)",
		},
	},
	{
		name: "bucket value",
		edit: replace("policy.yaml", "per-second: 5,", "per-second: 3,"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: description changed",
			"pets: bucket shared: rate.per-second 5 → 3, policy.yaml:6:24 (was out/pets/client.gen.go): " +
				"stricter",
		},
		since: []string{
			"pets: bucket shared: rate.per-second 5 → 3, policy.yaml:6:24: stricter",
		},
	},
	{
		name: "circuit value",
		edit: replace("policy.yaml", "open: 30s", "open: 10s"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: description changed",
			"pets: circuit main: breaker.open 30s → 10s, policy.yaml:4:32 (was out/pets/client.gen.go): looser",
		},
		after: 4,
		since: []string{
			"pets: circuit main: breaker.open 30s → 10s, policy.yaml:4:32: looser",
		},
	},
	{
		name: "circuit renamed",
		edit: all(replace("policy.yaml", "  main:", "  other:"),
			replace("policy.yaml", "circuit: main", "circuit: other")),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: description and deletePet changed",
			"pets: circuit main: was removed, was out/pets/client.gen.go",
			"pets: circuit other: was added, policy.yaml:4:3",
			"pets: deletePet: breaker.circuit main → other, policy.yaml:13:24 (was out/pets/client.gen.go)",
		},
		since: []string{
			"pets: circuit main: was removed, was policy.yaml:4:3",
			"pets: circuit other: was added, policy.yaml:4:3",
			"pets: deletePet: breaker.circuit main → other, policy.yaml:13:24",
		},
	},
	{
		name: "own bucket",
		edit: replace("policy.yaml", "rate: {bucket: shared}", "rate: {per-second: 50, burst: 1}"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: deletePet changed",
			"pets: deletePet: rate.per-second none → 50, policy.yaml:12:24 (was not set): looser",
			"pets: deletePet: rate.burst none → 1, policy.yaml:12:35 (was not set): stricter",
			"pets: deletePet: rate.bucket shared → none, not set (was out/pets/client.gen.go): looser",
		},
		after: 4,
		since: []string{
			"pets: deletePet: rate.per-second none → 50, policy.yaml:12:24 (was not set): looser",
			"pets: deletePet: rate.burst none → 1, policy.yaml:12:35 (was not set): stricter",
			"pets: deletePet: rate.bucket shared → none, not set (was policy.yaml:12:20): looser",
		},
	},
	{
		name: "breaker off",
		edit: replace("policy.yaml", "breaker: {circuit: main}", "breaker: {enabled: false}"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: deletePet changed",
			"pets: deletePet: breaker.enabled true → false, policy.yaml:13:24 (was " +
				"out/pets/client.gen.go): looser",
			"pets: deletePet: breaker.circuit main → none, not set (was out/pets/client.gen.go): looser",
		},
		after: 4,
		since: []string{
			"pets: deletePet: breaker.enabled true → false, policy.yaml:13:24 (was built-in default): looser",
			"pets: deletePet: breaker.circuit main → none, not set (was policy.yaml:13:24): looser",
		},
	},
	{
		name: "timeout",
		edit: replace("policy.yaml", "  retry: {attempts: 3}\n", "  retry: {attempts: 3}\n  timeout: {overall: 5m}\n"),
		code: 3,
		want: []string{
			"out/pets/RESILIENCE.md: is stale",
			"out/pets/client.gen.go: is stale: defaults changed",
			"pets: the defaults, listPets, createPet and 2 more: timeout.overall 2m → 5m, policy.yaml:3:22 (was " +
				"out/pets/client.gen.go): looser",
		},
		after: 4,
		since: []string{
			"pets: the defaults, listPets, createPet and 2 more: timeout.overall 2m → 5m, policy.yaml:3:22 (was " +
				"built-in default): looser",
		},
	},
	{
		name: "transport",
		edit: replace("policy.yaml", "  retry: {attempts: 3}\n",
			"  retry: {attempts: 3}\n  transport: {max-conns: 10}\n"),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: is stale: defaults changed",
			"pets: the defaults, listPets, createPet and 2 more: transport.max-conns none → 10, policy.yaml:3:26 " +
				"(was not set): stricter",
		},
		since: []string{
			"pets: the defaults, listPets, createPet and 2 more: transport.max-conns none → 10, policy.yaml:3:26 " +
				"(was not set): stricter",
		},
	},
	{
		name: "auth",
		edit: replace("policy.yaml", "  listPets:\n", "  listPets:\n    auth: {kind: restricted}\n"),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: is stale: listPets changed",
			"pets: listPets: auth.kind none → restricted, policy.yaml:15:18 (was not set)",
		},
		since: []string{
			"pets: listPets: auth.kind none → restricted, policy.yaml:15:18 (was not set)",
		},
	},
	{
		name: "throttled",
		edit: replace("policy.yaml", "  listPets:\n", "  listPets:\n    throttled: [{status: [403]}]\n"),
		code: 3,
		want: []string{
			"out/pets/client.gen.go: is stale: listPets changed",
			"pets: listPets: throttled none → [{status: [403]}], policy.yaml:15:16 (was not set): looser",
		},
		after: 4,
		since: []string{
			"pets: listPets: throttled none → [{status: [403]}], policy.yaml:15:16 (was not set): looser",
		},
	},
}
