// Package chromium lets tests open pages in Chromium, wait for what they show, check their
// accessibility and their HTML, and take screenshots. It needs the commands chromium and java, and
// the checkers axe-core and vnu-jar in bin/checkers of the repository; make browser installs them.
package chromium
