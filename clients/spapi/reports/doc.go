// Package reports runs reports of the Selling Partner API in a single call, which requests the
// report, waits for its end and opens its document.
package reports
