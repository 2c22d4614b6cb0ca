// Package conntrace records what net/http reports about a request: which connection it uses, what
// was written, and whether net/http sends the request again by itself.
package conntrace
