// Package report prints what "resgen check" found.
//
// The input is a [Report]: findings, files and changes. The output is text, JSON, SARIF 2.1.0 or
// annotations of GitHub.
package report
