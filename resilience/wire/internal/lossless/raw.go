package lossless

// Raw is a JSON value that is kept unchanged. The empty Raw is absent, and is written as null where
// a value is required.
type Raw string

// RawOf returns the JSON of v.
func RawOf(v any) (Raw, error) {
	data, err := Marshal(v)
	return Raw(data), err
}

// Decode reads the value into v.
func (r Raw) Decode(v any) error { return Unmarshal([]byte(r), v) }

// IsZero reports whether the value is absent. The JSON value null is not absent.
func (r Raw) IsZero() bool { return r == "" }

// MarshalJSON returns the value itself.
func (r Raw) MarshalJSON() ([]byte, error) { return Token(r).MarshalJSON() }

// UnmarshalJSON keeps the value.
func (r *Raw) UnmarshalJSON(data []byte) error {
	*r = Raw(data)
	return nil
}
