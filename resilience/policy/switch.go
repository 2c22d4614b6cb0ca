package policy

import (
	"errors"
	"strconv"
)

// UnmarshalText reads true as On and false as Off.
func (s *Switch) UnmarshalText(text []byte) error {
	switch string(text) {
	case "true":
		*s = On
	case "false":
		*s = Off
	default:
		return errors.New("want true or false, got " + strconv.Quote(string(text)))
	}
	return nil
}

// String returns "true", "false", or "" for Inherit.
func (s Switch) String() string {
	switch s {
	case On:
		return "true"
	case Off:
		return "false"
	}
	return ""
}
