// The expected outputs in the want folders are packages of this module, so that 'make goldens' compiles them.
module github.com/resgen/resgen/testdata

go 1.26.0

require github.com/resgen/resgen/resilience v0.1.0

require (
	github.com/bits-and-blooms/bitset v1.24.4 // indirect
	github.com/failsafe-go/failsafe-go v0.9.8 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/resgen/resgen/resilience v0.1.0 => ../resilience
