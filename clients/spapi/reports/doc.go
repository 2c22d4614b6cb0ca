// Package reports runs reports of the Selling Partner API, each in one call: the report is ordered,
// its end awaited and its document opened.
package reports
