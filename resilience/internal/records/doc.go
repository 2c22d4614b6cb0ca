// Package records reads streams of values: server-sent events as the HTML standard defines them
// (section 9.2), JSON lines, and JSON text sequences (RFC 7464). A value is returned as soon as it
// is complete.
package records
