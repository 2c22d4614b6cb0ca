// Package lossless reads and writes JSON so that nothing of a response is lost when it is sent
// back.
//
// It follows encoding/json, with three differences. A number read into a value of type any keeps
// its digits. What the fields of a generated struct cannot hold is kept in its field of type
// [Unknown]. A scalar of another type than the declared one is converted if its meaning is certain,
// and is recorded as a [Drift].
//
// [Decode] reads a text and checks it in one pass, [Marshal] writes a value. The layout of each Go
// type, which says how it is read and written, is computed once and cached. Types of other packages
// take part by embedding a [Token], which keeps a JSON text, or an [Optional], which can be null.
//
// Package wire exports what users of generated clients need.
package lossless
