package wire

import "github.com/resgen/resgen/resilience/wire/internal/lossless"

// A DriftKind is the way in which a value is not what the document declares. Its underlying type is
// string.
type DriftKind = lossless.DriftKind

// The kinds of drift.
const (
	DriftType    = lossless.DriftType    // a value of another type, or out of the range of its type
	DriftNull    = lossless.DriftNull    // null where the document has no null
	DriftMissing = lossless.DriftMissing // a member that the document requires is absent
	DriftUnknown = lossless.DriftUnknown // a member that the document does not name
	DriftVariant = lossless.DriftVariant // a value that is none of the types of its union
)

// A Drift is a place where a response is not what the document declares. It contains no values of
// the response. Its fields are:
//
//   - Path, a string: names with dots between them, [] for the items of a list, * for a key of a map:
//     items[].price; empty for the value itself;
//   - Kind, a [DriftKind];
//   - Reason, a string, is set for DriftType: "string where number is declared";
//   - Count, an int: how often it was met in this response.
//
// Its method Text describes the drift in words.
type Drift = lossless.Drift

// A Report collects the drifts of a response while it is decoded; see [Outcome]. Its field Drifts
// has the type []Drift and at most 16 unknown members and 16 others. The zero Report is ready for
// use.
type Report = lossless.Report
