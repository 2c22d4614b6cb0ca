// Package confidential decides whether secrets may be sent to a URL: only over https, or to a host
// that is this machine or exists in tests alone.
package confidential
