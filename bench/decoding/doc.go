// Package decoding compares the JSON decoder of package wire with others: with encoding/json in
// both of its versions by benchmarks, and with encoding/json and jsontext by fuzzing.
//
// The fuzz targets start from the sample bodies in the documents under RESGEN_CORPUS, if it is set.
package decoding
