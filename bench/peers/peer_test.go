package main

import "testing"

func BenchmarkCall(b *testing.B) {
	peers, err := newPeers("http://workshop.test", memory{})
	if err != nil {
		b.Fatal(err)
	}
	for op := range operations {
		for _, p := range peers {
			b.Run(op.String()+"/"+p.short, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := p.calls[op](b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
