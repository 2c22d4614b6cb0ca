// Package redact removes secrets from texts and errors before they reach a log or a caller.
//
// [Text], [Error], [Excerpt] and [Snippet] take texts that servers, libraries and credentials
// wrote, together with the values that signed the request, and return what may be shown.
// [Sensitive] decides by the name of a header, cookie or parameter. All functions are pure.
package redact
