// Package generate measures how long resgen takes to write a client of 767 operations, and how much
// memory, beside the oapi-codegen command.
//
// BenchmarkTogether builds both commands and runs them in turns on one document, each into an empty
// folder and without a cache, so that a busy machine slows both alike; compare the ratios. The
// document is made in code: as many operations as the largest API that is commonly generated from,
// over a few hundred schemas of every kind that both can print. The flag -spec measures another
// document.
package generate
