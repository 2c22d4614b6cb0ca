// Package generate benchmarks how long resgen takes to generate a client of 767 operations and how
// much memory it uses, compared with the oapi-codegen command.
//
// BenchmarkTogether builds both commands and runs them alternately on one document, each with an
// empty output folder and without a cache, so that a busy machine slows both equally; compare the
// ratios. The document is created in code: as many operations as the largest API that is commonly
// used for generated clients, with a few hundred schemas of every kind that both commands support.
// The flag -spec selects another document.
package generate
