// Package lastgood keeps the last successful response to each request, for fallbacks.
package lastgood
