// Package charset converts the texts of responses to UTF-8.
//
// Nothing is replaced silently: [Decode] returns what is wrong with a text that is not in its
// charset.
package charset
