// Package overlay applies OpenAPI Overlays (version 1.0) to trees.
//
// An overlay is a list of actions. Each selects nodes with a JSONPath (RFC 9535) and updates or
// removes them. Nodes that an update adds keep the positions that they have in the overlay, so
// findings about them name the overlay.
package overlay
