package wire

// An Outcome is one response that the document declares.
type Outcome struct {
	Status int    // 200; 2 for 2XX; 0 for default
	Media  string // media type as in the document, without parameters; empty: no body is expected

	// Decode turns the body into the value that the call returns. Generated code uses [JSONAs],
	// [TextAs], [BytesAs] and similar functions. If it is nil, the body is not decoded. Decode must
	// not keep data. Values that were decoded although they differ from the document are added to
	// the report, which may be nil.
	Decode func(data []byte, report *Report) (any, error)

	Stream  bool // the body is handed to the caller as a stream
	Unasked bool // the media type is read, but not in the Accept header
}
