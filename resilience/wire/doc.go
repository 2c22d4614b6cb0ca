// Package wire turns Go values into what an API expects on the wire, and answers into Go values.
//
// It has what generated code needs and nothing else: parameter styles of OpenAPI ([Param]), bodies ([Body]), answers ([Outcome]),
// and types that tolerate what real servers send ([Time], [Date], [Decimal], [Scalar], [Nullable]).
// All JSON passes through one seam, [Marshal] and [Unmarshal], so that the codec can be exchanged in one place.
package wire
