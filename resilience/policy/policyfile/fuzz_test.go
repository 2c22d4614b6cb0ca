package policyfile_test

import (
	"reflect"
	"testing"

	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// FuzzDecodeConfig holds what must be true of any file: no panic, positions in the file, and a
// configuration without an error resolves to policies whose classes are not above those of the
// client.
func FuzzDecodeConfig(f *testing.F) {
	for _, s := range []string{
		"", "apis: {shop: {defaults: {retry: {attempts: 2}}}}",
		"apis:\n  '*':\n    operations:\n      deleteItem: {idempotency: unsafe, rate: {per-second: 1, burst: " +
			"2, also: [orders]}}\n",
		`{"apis": {"shop": {"circuits": {"main": {"open": "5s"}}}}}`,
		"apis: {shop: {operations: {'GET /items': {retry: {refused: [503]}, why: x}}}}", "apis: &a {b: *a}",
		"apis: [1]", "apis: {shop: {operations: {signIn: {idempotency: safe}}}}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, found := policyfile.DecodeConfig("f", data)
		for _, d := range found {
			if d.Pos.File != "f" || d.What == "" {
				t.Fatalf("%+v has no place or no words", d)
			}
		}
		if len(found) > 0 {
			return
		}
		api := shop("shop")
		got, found := c.Resolve(api)
		if len(found) > 0 {
			return
		}
		for i, op := range api.Operations {
			if p := got[0].Operations[i]; p.Idempotency.Rank() > op.Policy.Idempotency.Rank() || p.Retry.Attempts < 1 ||
				p.Retry.Attempts > 100 {
				t.Fatalf("operation %d: %+v", i, p)
			}
		}
		if !reflect.DeepEqual(api, shop("shop")) {
			t.Fatal("Resolve changed what it was given")
		}
	})
}
