// Package webapp tests the pages of examples/webapp in Chromium. It builds the program and runs its
// demo. Screenshots are written to bin/screenshots.
package webapp
