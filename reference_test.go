package resgen_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/resgen/resgen/internal/schema"
	"github.com/resgen/resgen/resilience/policy"
)

// The page of policy keys is generated from the table of fields that decoding and merging use.
func TestReference_PolicyKeys(t *testing.T) {
	const path = "docs/reference/policy.md"
	want := policyPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale; run go test . -run Reference -update", path)
	}
}

// The JSON Schemas are generated from the tables that decoding uses.
func TestReference_Schemas(t *testing.T) {
	files, err := schema.Files(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		path := "docs/schema/" + name
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale; run go test . -run Reference -update (%v)", path, err)
		}
	}
}

func policyPage() string {
	var b strings.Builder
	b.WriteString(`# Policy keys

Policy files, ` + "`x-resgen`" + ` extensions and run-time configuration have the same keys. A key that is not set is
inherited from the next weaker layer; the weakest layer is the default below. Durations have a
unit: ` + "`500ms`, `30s`, `5m`" + `. A rule for failures has the form
` + "`{status: [409], code: {path: errors.0.code, in: [ResourceBusy]}, kind: [api]}`" + `; see
[Say which failures are retried, counted or throttling](../how-to/rules.md). Editors complete keys with a
[schema](resgen-yaml.md#editors).

| key | type | default | allowed | what it does |
|---|---|---|---|---|
`)
	for _, f := range policy.Fields() {
		kind := f.Type
		if f.Unit != "" {
			kind += ", " + f.Unit
		}
		allowed := f.Range
		if len(f.Words) > 0 {
			allowed = "`" + strings.Join(f.Words, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.Path, kind, code(f.Default), cell(allowed), cell(f.Doc))
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
