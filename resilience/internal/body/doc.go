// Package body reads the bodies of responses: within a limit, without their content codings, and no
// longer than their context lasts.
//
// A [Body] is a body while it is read. [Bind] and [Transport] make reads end with a context, for
// round trippers that do not.
package body
