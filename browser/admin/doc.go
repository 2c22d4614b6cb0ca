// Package admin tests the status page of resilience/admin in Chromium: what it shows follows the
// program within a second, axe-core finds nothing, and its HTML is valid. It needs the commands
// chromium and java, and the checkers that make browser installs in bin/checkers. Screenshots are
// written to bin/screenshots.
package admin
