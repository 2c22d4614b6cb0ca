// Package chromium lets tests open pages in Chromium, wait for what they show, check their
// accessibility and take screenshots. It needs the command chromium; make browser installs it where
// apt-get can.
package chromium
