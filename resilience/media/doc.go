// Package media parses and compares media types (RFC 9110, section 8.3.1). The generator and the
// runtime both use it, so that a document and a response are read by the same rules.
//
// All functions accept a Content-Type with or without parameters, in any case.
package media
