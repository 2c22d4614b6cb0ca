package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// lintProject writes a document with a misspelled key and a valid policy.
func lintProject(t *testing.T, keys string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "go.mod", "module example\n")
	put(t, dir, "resgen.yaml", keys+"clients:\n  - spec: \"[ps]*s.yaml\"\n    output: out/{name}\n")
	put(t, dir, "pets.yaml", strings.Replace(sound, "operationId: listPets", "operationID: listPets", 1))
	put(t, dir, "shops.yaml", sound)
	return dir
}

const sound = `openapi: 3.0.3
info: {title: Pets, version: "1"}
paths:
  /pets:
    get: {operationId: listPets, responses: {"200": {description: ok}}}
`

const misspelled = `pets.yaml:5:11: warning: operation GET /pets: unknown key "operationID"; did you mean "operationId"? [unknown-key]
  5 |     get: {operationID: listPets, responses: {"200": {description: ok}}}
    |           ^
`

func TestLint(t *testing.T) {
	dir := lintProject(t, "")
	want(t, 0, misspelled+"0 errors, 1 warning\n", "", "lint", "-C", dir)
	want(t, 0, misspelled+"0 errors, 1 warning\n", "", "lint", "-C", dir, "pets", "shops", "pets")
	want(t, 0, "0 errors, 0 warnings\n", "", "lint", "-C", dir, "shops")
	want(
		t, 2, "", "no client is named shosp; did you mean shops?\n", "lint",
		"-C", dir, "shosp",
	)
}

func TestLint_Errors(t *testing.T) {
	dir := lintProject(t, "strict: true\n")
	want(t, 1, strings.Replace(misspelled, "warning: ", "", 1)+"1 error, 0 warnings\n", "", "lint", "-C", dir)
	put(t, dir, "resgen.yaml", "clints: []\n")
	want(
		t, 1,
		"resgen.yaml:1:1: unknown key \"clints\"; did you mean \"clients\"? [unknown-key]\n  1 | clints: []\n    "+
			"| ^\n1 error, 0 warnings\n",
		"", "lint", "-C", dir,
	)
}

func TestLint_JSON(t *testing.T) {
	code, stdout, stderr := resgen(t, "lint", "--json", "-C", lintProject(t, ""))
	var got []map[string]any
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" || len(got) != 1 {
		t.Fatalf("exit %d, %v, stderr %q\n%s", code, err, stderr, stdout)
	}
	for key, want := range map[string]any{
		"file": "pets.yaml", "line": 5.0, "column": 11.0, "severity": "warning", "code": "unknown-key",
		"subject": "operation GET /pets",
		"what":    `unknown key "operationID"`, "cure": `did you mean "operationId"?`,
		"excerpt": "5 |     get: {operationID: listPets, responses: {\"200\": {description: ok}}}\n  |           ^\n",
	} {
		if got[0][key] != want {
			t.Errorf("%s is %q, want %q", key, got[0][key], want)
		}
	}
	if _, stdout, _ := resgen(t, "lint", "--json", "-C", lintProject(t, ""), "shops"); stdout != "[]\n" {
		t.Errorf("without findings it prints %q", stdout)
	}
}
