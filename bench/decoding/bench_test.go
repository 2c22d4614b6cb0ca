package decoding

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	v2 "github.com/go-json-experiment/json"

	"github.com/resgen/resgen/resilience/wire"
)

// An entry is how a generated struct looks; plainEntry is the same written by hand.
type entry struct {
	ID      string       `json:"id"`
	Count   int64        `json:"count"`
	Name    *string      `json:"name,omitzero"`
	Price   *float64     `json:"price,omitzero"`
	Tags    []string     `json:"tags,omitzero"`
	Parts   []entry      `json:"parts,omitzero"`
	Unknown wire.Unknown `json:"-"`
}

func (e *entry) UnmarshalJSON(data []byte) error { return wire.UnmarshalStruct(data, e) }

type plainEntry struct {
	ID    string       `json:"id"`
	Count int64        `json:"count"`
	Name  *string      `json:"name,omitempty"`
	Price *float64     `json:"price,omitempty"`
	Tags  []string     `json:"tags,omitempty"`
	Parts []plainEntry `json:"parts,omitempty"`
}

// body returns a list of n entries with four parts each.
func body(n int) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"id":"E%06d","count":%d,"name":"a part of some machine, number %d","price":%d.25,`+
			`"tags":["steel","spare part"],"parts":[`, i, i, i, i)
		for p := range 4 {
			fmt.Fprintf(&b, `,{"id":"P%06d","count":%d,"name":"screw %d"}`, p, p, p)
		}
		b.WriteString(`]}`)
	}
	return []byte("[" + strings.ReplaceAll(b.String()[1:], "[,", "[") + "]")
}

// BenchmarkTogether decodes one body in several ways, which take turns, so that a busy machine
// slows all equally. It reports the shortest time of each.
func BenchmarkTogether(b *testing.B) {
	for _, n := range []int{1, 250} {
		data := body(n)
		ways := []struct {
			name   string
			decode func() error
		}{
			{"hand", func() error { return json.Unmarshal(data, new([]plainEntry)) }},
			{"hand-v2", func() error { return v2.Unmarshal(data, new([]plainEntry)) }},
			{"wire", func() error { return wire.Unmarshal(data, new([]entry)) }},
			{"generated-v1", func() error { return json.Unmarshal(data, new([]entry)) }},
			{"generated-v2", func() error { return v2.Unmarshal(data, new([]entry)) }},
		}
		b.Run(fmt.Sprintf("%dB", len(data)), func(b *testing.B) {
			best := make([]float64, len(ways))
			for b.Loop() {
				for i, w := range ways {
					t := fastest(b, w.decode, 20, 1+20_000/len(data))
					if best[i] == 0 || t < best[i] {
						best[i] = t
					}
				}
			}
			b.ReportMetric(0, "ns/op")
			for i, w := range ways {
				b.ReportMetric(best[i]/best[0], w.name)
			}
		})
	}
}

// fastest returns the shortest time, in ns, of several rounds of calls.
func fastest(b *testing.B, f func() error, rounds, calls int) float64 {
	least := time.Duration(0)
	for range rounds {
		start := time.Now()
		for range calls {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
		if t := time.Since(start); least == 0 || t < least {
			least = t
		}
	}
	return float64(least.Nanoseconds()) / float64(calls)
}
