package report

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/resgen/resgen/generator/review"
	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// full returns a report with one of everything. Texts have characters that formats must escape.
func full() Report {
	at := func(line int) diag.Position { return diag.Position{File: "a b,c:d%.yaml", Line: line, Column: 3} }
	change := changes.Change{
		Code: "policy", Client: "out/a", Subject: "list", Key: "retry.attempts", Old: "1", New: "2",
		What: "retry.attempts 1 → 2", Effect: "more", OldAt: changes.Place{Note: "built-in default"},
		NewAt: changes.Place{Pos: at(7)}, Direction: policy.Looser,
	}
	other, strict := change, change
	other.Client = "out/b"
	strict.Direction, strict.Subject = policy.Stricter, "get"
	gone := changes.Change{
		Code: "client-removed", Client: "out/c", What: "was removed", OldAt: changes.Place{Pos: at(9)},
	}
	return Report{
		Clients: 2, Base: "main", Loosen: true, Notes: []string{"a note"},
		Findings: diag.List{
			{Pos: at(1), Code: "bad", Subject: "s", What: "50% bad\n::error::x", Cure: "mend it"},
			{Code: "odd", Severity: diag.Warning, What: "odd"},
		},
		Files: []review.Difference{
			{Pos: diag.Position{File: "out/x.go"}, Kind: review.Missing, What: "is missing", Cure: "generate"},
		},
		Changes: []changes.Change{change, other, strict, gone},
	}
}

func TestReport_ExitCode(t *testing.T) {
	r := full()
	if got := r.ExitCode(); got != 1 {
		t.Errorf("with an error: %d", got)
	}
	r.Findings = r.Findings[1:]
	if got := r.ExitCode(); got != 3 {
		t.Errorf("with a warning and a file: %d", got)
	}
	r.Files = nil
	if got := r.ExitCode(); got != 4 {
		t.Errorf("with a looser change: %d", got)
	}
	r.Loosen = false
	if got := r.ExitCode(); got != 0 {
		t.Errorf("without --loosening: %d", got)
	}
	r.Loosen, r.Changes = true, r.Changes[2:]
	if got := r.ExitCode(); got != 0 {
		t.Errorf("without a looser change: %d", got)
	}
}

func TestText(t *testing.T) {
	var out bytes.Buffer
	Text(&out, full())
	want := `out/x.go: is missing; generate
since main:
  2 clients: list: retry.attempts 1 → 2, a b,c:d%.yaml:7:3 (was built-in default); more: looser
  a: get: retry.attempts 1 → 2, a b,c:d%.yaml:7:3 (was built-in default); more: stricter
  out/c: was removed, was a b,c:d%.yaml:9:3
note: a note
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	out.Reset()
	Text(&out, Report{Changes: full().Changes[:1], Clients: 1})
	want = "'resgen generate' would change:\n" +
		"  list: retry.attempts 1 → 2, a b,c:d%.yaml:7:3 (was built-in default); more: looser\n"
	if got := out.String(); got != want {
		t.Errorf("one client: got\n%s\nwant\n%s", got, want)
	}
}

func TestReport_Summary(t *testing.T) {
	r := full()
	if got, want := r.Summary(), "4 changes since main: 2 looser, 1 stricter"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Changes = r.Changes[3:]
	if got, want := r.Summary(), "1 change since main"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Changes = nil
	if got, want := r.Summary(), "no changes since main"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Base = ""
	if got := r.Summary(); got != "" {
		t.Errorf("without a base: got %q", got)
	}
}

func TestGitHub(t *testing.T) {
	var out bytes.Buffer
	GitHub(&out, full(), "sub")
	const file = "file=sub/a b%2Cc%3Ad%25.yaml,"
	const sentence = "retry.attempts 1 → 2, a b,c:d%25.yaml:7:3 (was built-in default); more"
	want := "::error " + file + "line=1,col=3,title=resgen%3A bad::s: 50%25 bad\\n::error::x; mend it\n" +
		"::warning title=resgen%3A odd::odd\n" +
		"::error file=sub/out/x.go,title=resgen%3A stale-file::is missing; generate\n" +
		"::error " + file + "line=7,col=3,title=resgen%3A policy-looser::2 clients: list: " + sentence + ": looser\n" +
		"::notice " + file + "line=7,col=3,title=resgen%3A policy-stricter::a: get: " + sentence + ": stricter\n" +
		"::notice file=sub/a b%2Cc%3Ad%25.yaml,title=resgen%3A client-removed::out/c: was removed, was a " +
		"b,c:d%25.yaml:9:3\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	r := full()
	r.Loosen = false
	out.Reset()
	GitHub(&out, r, "")
	if !strings.Contains(out.String(), "\n::warning file=a b%2Cc%3Ad%25.yaml,line=7,col=3,title=resgen%3A policy-looser::") {
		t.Errorf("without --loosening: got\n%s", out.String())
	}
}

func TestSARIF(t *testing.T) {
	var out bytes.Buffer
	if err := SARIF(&out, full(), "sub", "v1.2.3"); err != nil {
		t.Fatal(err)
	}
	var got sarifLog
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	run := got.Runs[0]
	var rules []string
	for _, r := range run.Tool.Driver.Rules {
		rules = append(rules, r.ID)
		if !strings.HasPrefix(r.HelpURI, "https://github.com/resgen/resgen/blob/main/docs/") {
			t.Errorf("%s: help at %s", r.ID, r.HelpURI)
		}
	}
	if text := strings.Join(rules, " "); text != "bad odd stale-file policy-looser policy-stricter client-removed" ||
		run.Tool.Driver.Version != "1.2.3" || got.Version != "2.1.0" {
		t.Errorf("got rules %s of %+v", text, run.Tool.Driver)
	}
	for i, want := range []struct {
		level        level
		uri          string
		line, column int
	}{
		{levelError, "sub/a%20b,c:d%25.yaml", 1, 3}, {levelWarning, "", 0, 0}, {levelError, "sub/out/x.go", 0, 0},
		{levelError, "sub/a%20b,c:d%25.yaml", 7, 3}, {levelNote, "sub/a%20b,c:d%25.yaml", 7, 3},
		{levelNote, "sub/a%20b,c:d%25.yaml", 0, 0},
	} {
		r := run.Results[i]
		uri, region := "", sarifRegion{}
		if len(r.Locations) > 0 {
			uri = r.Locations[0].Physical.Artifact.URI
			if at := r.Locations[0].Physical.Region; at != nil {
				region = *at
			}
		}
		if r.Level != want.level || uri != want.uri || region != (sarifRegion{want.line, want.column}) ||
			rules[r.RuleIndex] != r.RuleID {
			t.Errorf("result %d: got %+v at %q %+v, want %+v", i, r, uri, region, want)
		}
	}
}

// The JSON form follows its published schema, which allows nothing else.
func TestJSON(t *testing.T) {
	data, err := os.ReadFile("../../../docs/schema/check.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("check.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("check.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]Report{"full": full(), "empty": {}} {
		var out bytes.Buffer
		if err := JSON(&out, r); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out.String())
		}
	}
	var out bytes.Buffer
	if err := JSON(&out, full()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"exit": 1,`, `"direction": "neither",`, `"oldPlace": {`, `"note": "built-in default"`,
		`"sentence": "list: retry.attempts 1 → 2, a b,c:d%.yaml:7:3 (was built-in default); more: looser"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in\n%s", want, out.String())
		}
	}
}
