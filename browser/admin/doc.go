// Package admin tests the status page of resilience/admin in Chromium. It needs the command
// chromium; make browser installs it where apt-get can. Screenshots are written to bin/screenshots.
package admin
