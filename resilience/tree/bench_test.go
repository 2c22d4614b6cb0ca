package tree

import (
	"fmt"
	"strings"
	"testing"
)

// document makes a document of about n entries that looks like an OpenAPI description.
func document(n int, entry, sep, head, tail string) []byte {
	entries := make([]string, n)
	for i := range entries {
		entries[i] = fmt.Sprintf(entry, i)
	}
	return []byte(head + strings.Join(entries, sep) + tail)
}

func BenchmarkParse_JSON(b *testing.B) {
	doc := document(10_000,
		"\n  \"/items/%d/{id}\": {\"get\": {\"operationId\": \"getItem\", \"deprecated\": false, \"tags\": [\"a\", "+
			"\"b\"], \"description\": \"Returns an item, with \\\"all\\\" of its parts.\\n\"}}", ",", `{"paths": {`,
		"}}")
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, found := Parse("f", doc); len(found) > 0 {
			b.Fatal(found)
		}
	}
}

func BenchmarkParse_YAML(b *testing.B) {
	doc := document(10_000,
		"  /items/%d/{id}:\n    get:\n      operationId: getItem\n      deprecated: false\n      tags: [a, b]\n     "+
			" description: |\n        Returns an item,\n        with all of its parts.\n", "", "paths:\n", "")
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, found := Parse("f", doc); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
