package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Wrong command lines end with exit code 2 and one line, which says what to write instead.
func TestUsage(t *testing.T) {
	dir := project(t)
	const (
		commands = "the commands are check, completion, diff, explain, generate, init, lint, version"
		shells   = "the commands are bash, fish, powershell, zsh"
	)
	at := func(args ...string) []string { return append(args, "-C", dir) }
	for _, tt := range []struct {
		args []string
		want string
	}{
		// Commands.
		{nil, "a command is missing after resgen; " + commands},
		{[]string{"-v"}, "a command is missing after resgen; " + commands},
		{[]string{"generat"}, "unknown command generat; did you mean generate?"},
		{[]string{"gen"}, "unknown command gen; did you mean generate?"},
		{[]string{"chek"}, "unknown command chek; did you mean check?"},
		{[]string{""}, "the command is empty; " + commands},
		{[]string{"zebra"}, "unknown command zebra; " + commands},
		{[]string{"help", "explian"}, "unknown command explian; did you mean explain?"},
		{[]string{"help", "nope"}, "unknown command nope; " + commands},
		{[]string{"help", "generate", "nope"}, "generate has no command nope; run 'resgen help generate'"},
		{[]string{"completion"}, "a command is missing after resgen completion; " + shells},
		{[]string{"completion", "fsh"}, "unknown command fsh; did you mean fish?"},
		{[]string{"completion", "nope"}, "unknown command nope; " + shells},
		{[]string{"completion", "bash", "x"}, `bash does not take the argument "x"; run 'resgen completion bash'`},

		// Arguments.
		{[]string{"generate", "pets"}, `generate does not take the argument "pets"; name a client with --only`},
		{[]string{"check", "pets"}, `check does not take the argument "pets"; the form is 'resgen check'`},
		{[]string{"version", "x"}, `version does not take the argument "x"; the form is 'resgen version'`},
		{at("explain", "pets", "GET", "/pets"), `explain does not take the argument "/pets"; quote operations: "GET /pets"`},
		{at("explain", ""), "explain: argument 1 is empty; write a name or leave it out"},
		{at("lint", "pets", ""), "lint: argument 2 is empty; write a name or leave it out"},
		{[]string{"diff"}, "diff: OLD is missing; the form is 'resgen diff OLD NEW'"},
		{[]string{"diff", "a"}, "diff: NEW is missing; the form is 'resgen diff OLD NEW'"},
		{[]string{"diff", "a", "b", "c"}, `diff does not take the argument "c"; the form is 'resgen diff OLD NEW'`},
		{at("diff", "pest.yaml", "pets.yaml"), "pest.yaml is neither a file, a folder nor a git revision; " +
			"did you mean pets.yaml?"},
		{at("diff", "v1", "pets.yaml"), "v1 is neither a file, a folder nor a git revision; " +
			"name two documents, folders with resgen.yaml or git revisions"},

		// Flags.
		{[]string{"--verison"}, "unknown flag --verison of resgen; did you mean --version?"},
		{[]string{"explain", "--jsn"}, "unknown flag --jsn of explain; did you mean --json?"},
		{[]string{"generate", "--json"}, "unknown flag --json of generate; it is a flag of diff, explain, lint"},
		{[]string{"generate", "--dry"}, "unknown flag --dry of generate; did you mean --dry-run?"},
		{[]string{"generate", "--nope"}, "unknown flag --nope of generate; run 'resgen help generate'"},
		{[]string{"check", "--onyl", "pets"}, "unknown flag --onyl of check; run 'resgen help check'"},
		{[]string{"lint", "-x"}, "unknown flag -x of lint; run 'resgen help lint'"},
		{[]string{"lint", "-json"}, "unknown flag -j of lint; did you mean --json?"},
		{[]string{"version", "--nothing"}, "unknown flag --nothing of version; run 'resgen help version'"},
		{[]string{"generate", "--only"}, "--only has no value; write --only NAME"},
		{[]string{"generate", "-C"}, "-C has no value; write -C FOLDER"},
		{at("generate", "--only", ""), "--only is empty; write a value or leave the flag out"},
		{at("generate", "--only="), "--only is empty; write a value or leave the flag out"},
		{at("generate", "--dry-run=maybe"), `--dry-run cannot be "maybe"; leave the value out, or write true or false`},
		{[]string{"generate", "--=x"}, "--=x is not a flag; flags look like --name or --name=value"},
		{at("diff", "--json", "--markdown", "a", "b"), "--json and --markdown exclude each other; leave one out"},
		{[]string{"generate", "-C", "/nope"}, "-C /nope is not a folder; name the folder of resgen.yaml or one below it"},
		{[]string{"generate", "-C", ""}, "-C  is not a folder; name the folder of resgen.yaml or one below it"},
		{[]string{"check", "-C", filepath.Join(dir, "pets.yaml")}, "-C " + filepath.Join(dir, "pets.yaml") +
			" is not a folder; name the folder of resgen.yaml or one below it"},

		// Names.
		{at("generate", "--only", "pet"), "no client is named pet; did you mean pets?"},
		{at("explain", "zebra"), "no client is named zebra; the clients are pets, shops"},
		{at("explain", "addPet"), "no client is named addPet; it is an operation of pets: resgen explain pets addPet"},
		{at("explain", "POST /pets"),
			`no client is named POST /pets; it is an operation of pets: resgen explain pets "POST /pets"`},
		{at("lint", "shosp"), "no client is named shosp; did you mean shops?"},
		{at("explain", "pets", "addPets"), "no operation is named addPets; did you mean addPet?"},
		{at("explain", "pets", "ADDPET"), "no operation is named ADDPET; did you mean addPet?"},
		{at("explain", "pets", "POST /pet"), "no operation is named POST /pet; did you mean POST /pets?"},
		{at("explain", "pets", "zebra"), "no operation is named zebra; the operations are dropPets, listPets, addPet"},
	} {
		want(t, 2, "", tt.want+"\n", tt.args...)
	}
}

// The help of every command says how it is called and shows a call.
func TestHelp_Examples(t *testing.T) {
	for _, name := range []string{"init", "generate", "check", "explain", "lint", "diff"} {
		for _, args := range [][]string{{"help", name}, {name, "--help"}, {name, "-h"}} {
			code, out, errs := resgen(t, args...)
			if code != 0 || errs != "" || !strings.Contains(out, "\nExamples:\n  resgen "+name) {
				t.Errorf("%q: exit %d, stderr %q, stdout\n%s", args, code, errs, out)
			}
		}
	}
}

// An operation with a method for each media type of its body is listed once.
func TestExplain_UnknownOperation(t *testing.T) {
	dir := project(t)
	put(t, dir, "pets.yaml", `openapi: 3.0.3
info: {title: Pets, version: "1"}
servers: [{url: "https://example.com"}]
paths:
  /pets:
    post:
      operationId: addPet
      requestBody:
        content:
          application/json: {schema: {type: object}}
          application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}}}}
      responses: {"204": {description: added}}
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: found}}
`)
	put(t, dir, "policy.yaml", "{}\n")
	code, _, errs := resgen(t, "explain", "-C", dir, "pets", "zebra")
	if want := "no operation is named zebra; the operations are addPet, getPet\n"; code != 2 || errs != want {
		t.Errorf("exit %d, got %q, want %q", code, errs, want)
	}
}
