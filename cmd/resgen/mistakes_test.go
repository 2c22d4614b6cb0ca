package main

import (
	"fmt"
	"strings"
	"testing"
)

// Each mistake in resgen.yaml, in a policy file and in an extension of a document is one line with
// its place. It says what is wanted or how to correct it.
func TestMistakes(t *testing.T) {
	const document = `openapi: 3.0.3
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example.com}]
paths:
  /pets:
    get: {operationId: listPets, responses: {"200": {description: ok}}%s}
    post: {operationId: addPet, responses: {"204": {description: done}}}
`
	const start = "version: 1\nclients:\n  - spec: pets.yaml\n    output: out/pets\n    policy: policy.yaml\n"
	check := func(t *testing.T, file, content, line string) {
		t.Helper()
		dir := t.TempDir()
		put(t, dir, "go.mod", "module x\n")
		put(t, dir, "pets.yaml", fmt.Sprintf(document, ""))
		put(t, dir, "policy.yaml", "operations: {}\n")
		put(t, dir, "resgen.yaml", start)
		put(t, dir, file, content)
		code, out, errs := resgen(t, "generate", "--dry-run", "-C", dir)
		if _, after, ok := strings.Cut(errs, "plan: 2 documents\n"); ok {
			errs = after // without the lines of progress
		}
		if code != 1 || out != "" || errs != line+"\n" {
			t.Errorf("%q: exit %d, stdout %q, stderr\n%swant\n%s", content, code, out, errs, line)
		}
	}
	for _, tt := range []struct{ content, line string }{
		{
			"clients: []\n",
			"resgen.yaml:1:1: there are no clients; list at least one under clients:",
		},
		{
			"clients: {}\n",
			"resgen.yaml:1:10: clients: want a list, got a mapping",
		},
		{
			"version: 2\nclients:\n  - {spec: pets.yaml, output: out}\n",
			"resgen.yaml:1:10: version: want 1, got 2; write version: 1, or use a newer resgen if the file needs one",
		},
		{
			"",
			"resgen.yaml:1:1: is empty; write at least one key",
		},
		{
			"clients\n",
			`resgen.yaml:1:1: want a mapping, got "clients"`,
		},
		{
			"clients: [\n",
			"resgen.yaml:2:1: a value is missing, or a bracket is not closed; close it, or put text that starts with a comma, a bracket or a brace in quotes",
		},
		{
			start + "client: 3\n",
			`resgen.yaml:6:1: unknown key "client"; did you mean "clients"?`,
		},
		{
			start + "strict: maybe\n",
			`resgen.yaml:6:9: strict: want true or false, got "maybe"`,
		},
		{
			start + "severity: {name-clash: loud}\n",
			"resgen.yaml:6:24: severity: name-clash: want error, warning or ignore, got loud",
		},
		{
			start + "severity: {nme-clash: ignore}\n",
			"resgen.yaml:6:12: severity: no warning has the code nme-clash; did you mean name-clash?",
		},
		{
			start + "severity: [a]\n",
			"resgen.yaml:6:11: severity: want a mapping, got a list",
		},
		{
			"version: 1\nclients:\n  - sepc: pets.yaml\n    output: out/pets\n    policy: policy.yaml\n",
			`resgen.yaml:3:5: clients[0]: unknown key "sepc"; did you mean "spec"?`,
		},
		{
			"version: 1\nclients:\n  - spec: pest.yaml\n    output: out/pets\n    policy: policy.yaml\n",
			"resgen.yaml:3:11: spec pest.yaml matches no file; paths are relative to the folder of resgen.yaml",
		},
		{
			"version: 1\nclients:\n  - spec: pets.yaml\n    output: ../out\n    policy: policy.yaml\n",
			"resgen.yaml:4:13: output ../out is not below the folder of resgen.yaml; choose a separate folder below it",
		},
		{
			"version: 1\nclients:\n  - spec: pets.yaml\n    output: /abs\n    policy: policy.yaml\n",
			"resgen.yaml:4:13: output /abs is absolute; write it relative to the folder of resgen.yaml",
		},
		{
			"version: 1\nclients:\n  - spec: pets.yaml\n    output: pets.yaml\n    policy: policy.yaml\n",
			"resgen.yaml:4:13: output pets.yaml is a file or below one; choose a folder",
		},
		{
			start + "    package: func\n",
			"resgen.yaml:6:14: package func is not a valid name for an importable package; func is a keyword; choose another name",
		},
		{
			start + "    package: a-b\n",
			"resgen.yaml:6:14: package a-b is not a valid name for an importable package; choose a word of lower-case letters and digits",
		},
		{
			"version: 1\nclients:\n  - spec: pets.yaml\n    output: out/pets\n    policy: nope.yaml\n",
			"resgen.yaml:5:13: policy file nope.yaml does not exist; paths are relative to the folder of resgen.yaml",
		},
		{
			start + "    overlays: nope.yaml\n",
			"resgen.yaml:6:15: overlay nope.yaml does not exist; paths are relative to the folder of resgen.yaml",
		},
		{
			start + "    include: [tag]\n",
			"resgen.yaml:6:15: include: tag matches no operation; correct or delete it",
		},
		{
			start + "    exclude: [listPetz]\n",
			"resgen.yaml:6:15: exclude: listPetz matches no operation; correct or delete it",
		},
		{
			start + "    rename: {Pett: Dog}\n",
			"resgen.yaml:6:20: rename Pett: the document has no schema or operationId of this name; remove the entry",
		},
		{
			start + "    rename: {addPet: \"1x\"}\n",
			`resgen.yaml:6:22: rename addPet: "1x" is not an exported Go name; start with a capital letter, continue with letters and digits`,
		},
		{
			start + "    types: {number: float}\n",
			`resgen.yaml:6:21: clients[0].types.number: want float64 or decimal, got "float"`,
		},
		{
			start + "    types: {numbr: decimal}\n",
			`resgen.yaml:6:13: clients[0].types: unknown key "numbr"; did you mean "number"?`,
		},
		{
			start + "    extensions: no\n",
			`resgen.yaml:6:17: clients[0].extensions: want use or ignore, got "no"`,
		},
		{
			start + "    group: tags\n",
			`resgen.yaml:6:12: clients[0].group: want none or tag, got "tags"`,
		},
		{
			start + "    validate: maybe\n",
			`resgen.yaml:6:15: clients[0].validate: want true or false, got "maybe"`,
		},
		{
			start + "    remote: ftp://x\n",
			"resgen.yaml:6:13: remote ftp://x is not an http or https URL; write it in full: https://example.com/common.yaml",
		},
		{
			start + "    spec: other.yaml\n",
			`resgen.yaml:6:5: the key "spec" is repeated; it is first at line 3, column 5; keep one`,
		},
		{
			"version: 1\nclients:\n  - spec: [pets.yaml]\n    output: out/pets\n    policy: policy.yaml\n",
			"resgen.yaml:3:11: want text, got a list",
		},
		{
			"version: 1\nclients:\n  - spec: https://x/y.yaml\n    output: out/pets\n    policy: policy.yaml\n",
			"resgen.yaml:3:11: spec https://x/y.yaml is a URL, and documents are read from files; download it and name the file",
		},
		{
			"version: 1\nclients:\n  - spec: [p.yaml\n    output: out/pets\n    policy: policy.yaml\n",
			"resgen.yaml:3:3: a list in brackets lacks a comma or its ]; add it, or put text with brackets in quotes",
		},
		{
			"version: 1\nclients:\n  - spec: pets.yaml\n    policy: policy.yaml\n",
			"resgen.yaml:3:11: client: has no output; add the key output:",
		},
		{
			start + "  - {spec: pets.yaml, output: out/pets}\n",
			"resgen.yaml:6:31: output out/pets is also the output of pets.yaml; give each client a separate folder",
		},
		{
			"version: one\nclients:\n  - spec: pets.yaml\n    output: out/pets\n    policy: policy.yaml\n",
			`resgen.yaml:1:10: version: want 1, got "one"; write version: 1, or use a newer resgen if the file needs one`,
		},
		{
			"version: 1.5\nclients:\n  - spec: pets.yaml\n    output: out/pets\n    policy: policy.yaml\n",
			"resgen.yaml:1:10: version: want 1, got 1.5; write version: 1, or use a newer resgen if the file needs one",
		},
		{
			"\tclients: x\n",
			"resgen.yaml:1:1: a tab is not allowed here, only spaces; use spaces",
		},
		{
			"version:\nclients:\n  - spec: pets.yaml\n    output: out/pets\n    policy: policy.yaml\n",
			"resgen.yaml:1:9: version: want 1, got nothing; write version: 1, or use a newer resgen if the file needs one",
		},
		{
			start + "    strict: true\n",
			`resgen.yaml:6:5: clients[0]: unknown key "strict"; the keys are spec, output, package, policy, overlays, remote, include, exclude, rename, types, validate, extensions, group`,
		},
	} {
		check(t, "resgen.yaml", tt.content, tt.line)
	}
	for _, tt := range []struct{ content, line string }{
		{
			"",
			"policy.yaml:1:1: is empty; write at least one key",
		},
		{
			"- a\n",
			"policy.yaml:1:1: want a mapping, got a list",
		},
		{
			"operation: {}\n",
			`policy.yaml:1:1: unknown key "operation"; did you mean "operations"?`,
		},
		{
			"operations: [addPet]\n",
			"policy.yaml:1:13: operations: want a mapping, got a list",
		},
		{
			"operations:\n  addPets: {idempotency: safe, why: x}\n",
			`policy.yaml:2:3: operation addPets: no document that uses this file has it; did you mean "addPet"?`,
		},
		{
			"operations:\n  POST /pet: {idempotency: safe, why: x}\n",
			`policy.yaml:2:3: operation POST /pet: no document that uses this file has it; did you mean "POST /pets"?`,
		},
		{
			"operations:\n  post /pets: {timeout: {overall: 1s}}\n",
			`policy.yaml:2:3: operation key "post /pets" has its method in lower case; write POST /pets`,
		},
		{
			"operations:\n  addPet: {idempotency: idempotnt, why: x}\n",
			`policy.yaml:2:25: operation addPet: idempotency: want safe, idempotent, keyed, conditional or unsafe, got "idempotnt"; did you mean "idempotent"?`,
		},
		{
			"operations:\n  addPet: {idempotency: safe}\n",
			`policy.yaml:2:25: operation addPet: a POST is declared safe without a why; add why: the effect of a second request, for example "the second finds nothing to delete"`,
		},
		{
			"operations:\n  addPet: {idempotency: keyed}\n",
			`policy.yaml:2:25: operation addPet: a POST is declared keyed without a why; add why: the effect of a second request, for example "the second finds nothing to delete"`,
		},
		{
			"operations:\n  addPet: {idempotncy: safe}\n",
			`policy.yaml:2:12: operation addPet: unknown key "idempotncy"; did you mean "idempotency"?`,
		},
		{
			"operations:\n  addPet: {retry: {attempts: 0}}\n",
			"policy.yaml:2:30: operation addPet: retry.attempts: want 1 to 100, got 0",
		},
		{
			"operations:\n  addPet: {retry: {attempts: -1}}\n",
			"policy.yaml:2:30: operation addPet: retry.attempts: want 1 to 100, got -1",
		},
		{
			"operations:\n  addPet: {retry: {attempts: many}}\n",
			`policy.yaml:2:30: operation addPet: retry.attempts: want a whole number, got "many"`,
		},
		{
			"operations:\n  addPet: {retry: {attempts: 1000}}\n",
			"policy.yaml:2:30: operation addPet: retry.attempts: want 1 to 100, got 1000",
		},
		{
			"operations:\n  addPet: {retry: {attempt: 2}}\n",
			`policy.yaml:2:20: operation addPet: retry: unknown key "attempt"; did you mean "attempts"?`,
		},
		{
			"operations:\n  addPet: {retry: 3}\n",
			"policy.yaml:2:19: operation addPet: retry: want a mapping, got 3",
		},
		{
			"operations:\n  addPet: {timeout: {overall: 30}}\n",
			"policy.yaml:2:31: operation addPet: timeout.overall: 30 has no unit; write 30s",
		},
		{
			"operations:\n  addPet: {timeout: {overall: -1s}}\n",
			"policy.yaml:2:31: operation addPet: timeout.overall: want more than 0, got -1s",
		},
		{
			"operations:\n  addPet: {timeout: {attempt: 10m, overall: 1s}}\n",
			"policy.yaml:2:31: operation addPet: timeout.attempt: 10m is longer than timeout.overall, 1s; shorten it, or raise timeout.overall",
		},
		{
			"operations:\n  addPet: {timeout: {overall: 1 minute}}\n",
			`policy.yaml:2:31: operation addPet: timeout.overall: want a duration like 30s, 5m or 1h30m, got "1 minute"`,
		},
		{
			"operations:\n  addPet: {retry: {backoff: {base: 5s, cap: 1s}}}\n",
			`policy.yaml:2:20: operation addPet: retry: unknown key "backoff"; the keys are attempts, throttle, server, connection, jitter, max-retry-after, when, refused, budget, attempt-header`,
		},
		{
			"operations:\n  addPet: {rate: {per-second: 0}}\n",
			"policy.yaml:2:31: operation addPet: rate.per-second: want at least 0.0000001, got 0",
		},
		{
			"operations:\n  addPet: {rate: {per-second: -5}}\n",
			"policy.yaml:2:31: operation addPet: rate.per-second: want at least 0.0000001, got -5",
		},
		{
			"operations:\n  addPet: {rate: {burst: 0.5}}\n",
			"policy.yaml:2:26: operation addPet: rate.burst: want a whole number, got 0.5",
		},
		{
			"operations:\n  addPet: {rate: {bucket: slow}}\n",
			`policy.yaml:2:27: operation addPet: rate.bucket: there is no bucket "slow"; define it under buckets:`,
		},
		{
			"operations:\n  addPet: {rate: {scope: acount}}\n",
			`policy.yaml:2:26: operation addPet: rate.scope: want account or application, got "acount"; did you mean "account"?`,
		},
		{
			"operations:\n  addPet: {breaker: {circuit: x}}\n",
			`policy.yaml:2:31: operation addPet: breaker.circuit: there is no circuit "x"; define it under circuits:`,
		},
		{
			"operations:\n  addPet: {breaker: {failure-rate: 50}}\n",
			"policy.yaml:2:36: operation addPet: breaker.failure-rate: want more than 0 and at most 1, or negative for never, got 50",
		},
		{
			"operations:\n  addPet: {breaker: {failure-rate: 1.5}}\n",
			"policy.yaml:2:36: operation addPet: breaker.failure-rate: want more than 0 and at most 1, or negative for never, got 1.5",
		},
		{
			"operations:\n  addPet: {breaker: {window: 0}}\n",
			"policy.yaml:2:30: operation addPet: breaker.window: 0 has no unit; write 0s",
		},
		{
			"operations:\n  addPet: {breaker: {mode: watch}}\n",
			`policy.yaml:2:28: operation addPet: breaker.mode: want enforce or observe, got "watch"`,
		},
		{
			"operations:\n  addPet: {breaker: {probes: 0}}\n",
			"policy.yaml:2:30: operation addPet: breaker.probes: want at least 1, got 0",
		},
		{
			"operations:\n  addPet: {bulkhead: {max: -2}}\n",
			"policy.yaml:2:28: operation addPet: bulkhead.max: want at least 1, got -2",
		},
		{
			"operations:\n  addPet: {retry: {when: [{status: [99]}]}}\n",
			"policy.yaml:2:26: operation addPet: retry.when: rule 1: status: want statuses from 100 to 599, got 99",
		},
		{
			"operations:\n  addPet: {retry: {when: [{}]}}\n",
			"policy.yaml:2:26: operation addPet: retry.when: rule 1: is empty; give it a status, a code or a kind",
		},
		{
			"operations:\n  addPet: {retry: {when: {status: 409}}}\n",
			"policy.yaml:2:26: operation addPet: retry.when: want a list, got a mapping",
		},
		{
			"operations:\n  addPet: {retry: {when: [{kind: [tmeout]}]}}\n",
			`policy.yaml:2:26: operation addPet: retry.when: rule 1: kind: want transport, timeout, api, throttled, contract, empty-body or too-large, got "tmeout"; did you mean "timeout"?`,
		},
		{
			"operations:\n  addPet: {pagination: {style: cursor}}\n",
			`policy.yaml:2:32: operation addPet: pagination.style: want token, offset, page, link or none, got "cursor"`,
		},
		{
			"operations:\n  addPet: {pagination: {style: token}}\n",
			"policy.yaml:2:32: operation addPet: pagination.style: a token needs a source and a target; set pagination.request and pagination.response",
		},
		{
			"operations:\n  addPet: {success: {field: \"a..b\"}}\n",
			`policy.yaml:2:29: operation addPet: success.field: want names with single dots between them, got "a..b"`,
		},
		{
			"operations:\n  addPet: {auth: {scheme: key}}\n",
			`policy.yaml:2:27: operation addPet: auth.scheme: the document has no security scheme "key"; add auth.header: the request header of the token`,
		},
		{
			"operations:\n  addPet: {key: {header: \"X Y\"}}\n",
			`policy.yaml:2:26: operation addPet: key.header: want a header name, got "X Y"`,
		},
		{
			"operations:\n  addPet: {redirects: {follow: yes}}\n",
			`policy.yaml:2:24: operation addPet: redirects: unknown key "follow"; the keys are max`,
		},
		{
			"operations:\n  addPet: {request-id: 3}\n",
			"policy.yaml:2:24: operation addPet: request-id: want a list, got 3",
		},
		{
			"buckets: {slow: {per-second: x}}\n",
			`policy.yaml:1:30: bucket slow: per-second: want a number, got "x"`,
		},
		{
			"buckets: {slow: {bucket: a}}\n",
			"policy.yaml:1:26: bucket slow: bucket: a named bucket cannot refer to another; delete the key",
		},
		{
			"circuits: {c: {failure-rate: 2}}\n",
			"policy.yaml:1:30: circuit c: failure-rate: want more than 0 and at most 1, or negative for never, got 2",
		},
		{
			"circuits: {c: {opn: 30s}}\n",
			`policy.yaml:1:16: circuit c: unknown key "opn"; did you mean "open"?`,
		},
		{
			"defaults:\n  idempotency: safe\n",
			`policy.yaml:2:16: operation addPet: a POST is declared safe without a why; add why: the effect of a second request, for example "the second finds nothing to delete"`,
		},
		{
			"unmatched: alow\n",
			`policy.yaml:1:12: unmatched: want allow or error, got "alow"`,
		},
		{
			"operations:\n  addPet: {idempotency: unsafe}\n  POST /pets: {idempotency: unsafe}\n",
			"policy.yaml:3:3: operation POST /pets: has another entry, addPet at policy.yaml:2:3; put both into one entry",
		},
		{
			"operations:\n  addPet: {rate: {burst: 1}, rate: {burst: 2}}\n",
			`policy.yaml:2:30: the key "rate" is repeated; it is first at line 2, column 12; keep one`,
		},
		{
			"operations:\n  addPet: &a {<<: *a}\n",
			"policy.yaml:2:19: the alias *a is within the node that it names; write the value out",
		},
	} {
		check(t, "policy.yaml", tt.content, tt.line)
	}
	for _, tt := range []struct{ extension, line string }{
		{
			"x-resgen: {idempotency: maybe}",
			`pets.yaml:6:97: operation listPets: idempotency: want safe, idempotent, keyed, conditional or unsafe, got "maybe"`,
		},
		{
			"x-resgen: 3",
			"pets.yaml:6:83: operation listPets: want a mapping, got 3",
		},
		{
			"x-resgen: {retry: {attempts: x}}",
			`pets.yaml:6:102: operation listPets: retry.attempts: want a whole number, got "x"`,
		},
		{
			"x-resgen: {buckets: {}}",
			`pets.yaml:6:84: operation listPets: unknown key "buckets"; the keys are idempotency, why, key, retry, timeout, breaker, rate, bulkhead, hedge, fallback, redirects, response, request-id, pagination, auth, success, throttled, transport`,
		},
		{
			"x-resgen: {rate: {bucket: nope}}",
			`pets.yaml:6:99: operation listPets: rate.bucket: there is no bucket "nope"; define it under buckets:`,
		},
		{
			"x-resgen: {timeout: {overal: 1s}}",
			`pets.yaml:6:94: operation listPets: timeout: unknown key "overal"; did you mean "overall"?`,
		},
		{
			"x-resgen: []",
			"pets.yaml:6:83: operation listPets: want a mapping, got a list",
		},
		{
			"x-resgen: {idempotency: unsafe, why: 3}",
			`pets.yaml:6:110: operation listPets: why: want text, got 3; write "3"`,
		},
	} {
		check(t, "pets.yaml", fmt.Sprintf(document, ", "+tt.extension), tt.line)
	}
}
