package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// checkSchema fails unless the output of explain --json is as its published schema says.
func checkSchema(t *testing.T, out string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/explain.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
}

// The JSON has everything that the schema requires, and nothing that it does not know.
func TestExplain_Schema(t *testing.T) {
	dir := project(t)
	put(t, dir, "policy.yaml", `buckets: {slow: {per-second: 0.005}}
operations:
  addPet: {idempotency: idempotent, why: x, rate: {enabled: false}, retry: {when: [{status: [409]}]}, hedge: {enabled: true}}
  dropPets: {rate: {bucket: slow}, success: {items: a}}
  listPets: {hedge: {enabled: true, after: 1s, max: 2}, redirects: {max: 3}, pagination: {style: none}}
`)
	code, out, errs := resgen(t, "explain", "--json", "-C", dir, "pets")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	checkSchema(t, out)
	var plans []struct {
		Operations []struct{ WorstCase json.RawMessage }
	}
	if err := json.Unmarshal([]byte(out), &plans); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, op := range plans[0].Operations {
		var compact map[string]any
		_ = json.Unmarshal(op.WorstCase, &compact)
		delete(compact, "words")
		text, _ := json.Marshal(compact)
		got = append(got, string(text))
	}
	for i, want := range []string{
		`{"attempts":4,"bound":"the caller's context","copies":0,"overall":"2m","permitWait":"6m40s","redirects":0,` +
			`"replays":0,"requests":4,"signIns":0,"waits":4}`,
		`{"attempts":4,"bound":"timeout.overall and the waits for permits","copies":2,"overall":"2m","permitWait":"1m",` +
			`"redirects":3,"replays":0,"requests":48,"signIns":0,"time":"6m","waits":4}`,
		`{"attempts":4,"bound":"timeout.overall","copies":0,"overall":"2m","redirects":0,"replays":0,"requests":4,` +
			`"signIns":0,"time":"2m","waits":0}`,
	} {
		if i >= len(got) || got[i] != want {
			t.Errorf("operation %d: got %s, want %s", i, got, want)
		}
	}
}
