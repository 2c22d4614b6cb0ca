package wire

// An Outcome is one answer that the document declares.
type Outcome struct {
	Status int    // 200; 2 stands for 2XX; 0 for default
	Media  string // media type as in the document, without parameters; empty: no body is expected

	// Decode turns the body into the value that the call returns. Generated code uses [JSONAs], [TextAs], [BytesAs] and their kin.
	// Nil: the body is not decoded. It must not keep data. What is not as the document declares, though it could be read, goes into the
	// report, which may be nil.
	Decode func(data []byte, report *Report) (any, error)

	Stream bool // the body is handed to the caller as a stream
}
