// Package switching refuses responses that change the protocol of a connection though the request
// did not ask for that.
package switching
