package typing

// This file decides which members of multipart bodies are files.

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/media"
)

// anyPart describes a member of a multipart body that can be anything.
const anyPart = "A wire.File, bytes or an io.Reader is sent as a file, a scalar as text, any other value as JSON."

// isMultipart reports whether s is the schema of a multipart body.
func (b *builder) isMultipart(s *spec.Schema) bool {
	return b.config.Usage.Multipart[b.lineage.origin(s)]
}

// A content is what a member of a multipart body can hold.
type content uint8

const (
	nothing content = iota // only null, or no restriction
	oneFile
	fileList
	mixed // files and other values
	other
)

// partType returns the type of a member of a multipart body with files, without regard to null. It
// is nil for other members. A member that is one file or a list of files is a list.
func partType(s *spec.Schema) *api.Type {
	switch contentOf(s, map[*spec.Schema]bool{}) {
	case oneFile:
		return api.Of(api.File, nil)
	case fileList:
		return api.Of(api.Slice, api.Of(api.File, nil))
	case mixed:
		return api.Of(api.Any, nil)
	}
	return nil
}

// contentOf returns what a schema of a member allows. Schemas in open are being examined.
func contentOf(s *spec.Schema, open map[*spec.Schema]bool) content {
	s = s.Target()
	if open[s] {
		return other
	}
	open[s] = true
	defer delete(open, s)
	switch alternatives := slices.Concat(s.OneOf, s.AnyOf); {
	case IsFile(s):
		return oneFile
	case len(alternatives) > 0:
		return joined(alternatives, open)
	case len(s.AllOf) > 0:
		return restricted(s.AllOf, open)
	case s.Items != nil && slices.Equal(s.Types, []string{"array"}):
		switch contentOf(s.Items, open) {
		case oneFile:
			return fileList
		case mixed:
			return mixed
		}
		return other
	case isNull(s) || isVacuous(s):
		return nothing
	}
	return other
}

// joined returns what one of several schemas allows.
func joined(list []*spec.Schema, open map[*spec.Schema]bool) content {
	all := nothing
	for _, s := range list {
		switch c := contentOf(s, open); {
		case c == nothing || c == all:
		case all == nothing:
			all = c
		case all <= fileList && c <= fileList:
			all = fileList
		default:
			all = mixed
		}
	}
	return all
}

// restricted returns what all of several schemas allow: a file if one of them is a file, because
// the type string of another adds nothing.
func restricted(list []*spec.Schema, open map[*spec.Schema]bool) content {
	all := nothing
	for _, s := range list {
		if c := contentOf(s, open); c != nothing && (all == nothing || all == other) {
			all = c
		}
	}
	return all
}

// IsFile reports whether the values of s are files where they are sent without an encoding: they
// are binary, or have a media type that is not one of texts.
func IsFile(s *spec.Schema) bool {
	return IsBinary(s) || s != nil && s.Media != "" && s.Format == "" && !isText(s.Media) &&
		(len(s.Types) == 0 || slices.Equal(s.Types, []string{"string"}))
}

// isText reports whether values of a media type are texts.
func isText(mediaType string) bool {
	return strings.HasPrefix(media.Base(mediaType), "text/") || media.IsJSON(mediaType) || media.IsXML(mediaType)
}

// partMedia returns the media type that the schema of a member states, and whether its bytes are
// sent as Base64. Without a media type those bytes are application/octet-stream. A list has those
// of its items.
func partMedia(s *spec.Schema) (mediaType string, base64 bool) {
	s = stating(s)
	switch {
	case s.Base64 && s.Media == "":
		return "application/octet-stream", true
	case media.IsJSON(s.Media): // the string is JSON already
		return "", s.Base64
	}
	return s.Media, s.Base64
}

// stating returns the schema of the content of a member: that of its items, or of the first
// alternative that is not null.
func stating(s *spec.Schema) *spec.Schema {
	for range maxPartDepth {
		s = s.Target()
		inner := slices.DeleteFunc(slices.Concat(s.AllOf, s.OneOf, s.AnyOf),
			func(v *spec.Schema) bool { return isVacuous(v.Target()) })
		switch {
		case s.Media != "" || s.Base64:
			return s
		case s.Items != nil:
			s = s.Items
		case len(inner) > 0:
			s = inner[0]
		}
	}
	return s
}

// maxPartDepth is how many schemas within one another are followed.
const maxPartDepth = 8
