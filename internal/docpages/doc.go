// Package docpages runs what the documentation shows: README.md, the tutorial and the how-to pages.
// Its tests execute every Go and shell block, decode every YAML block strictly and compare every
// block of output.
//
// Each page has a folder of its own, which begins as a copy of a fixture. Comments that a reader of
// the page does not see say what a block needs. They precede the block:
//
//	<!-- fixture: NAME -->   the page's folder begins as a copy of testdata/NAME (once per page)
//	<!-- release -->         the page's commands find the project's modules as if this were a release (once per page)
//	<!-- declare: CODE -->   Go declarations for all Go blocks of the page
//	<!-- before: CODE -->    Go statements before those of the next block, in the same function
//	<!-- after: CODE -->     Go statements after those of the next block
//	<!-- sh: COMMANDS -->    shell commands that the reader of the page need not see, run at this point
//	<!-- file: PATH -->      the next block is written to a file of the page's folder
//	<!-- yaml: KIND -->      the next block is policy, resgen, configuration, openapi or other YAML
//	<!-- exit: CODE -->      the next shell block ends with this exit code
//	<!-- in: clone -->       the next shell block runs in the folder of the project
//	<!-- generated: PATH --> the next block is part of a file of the project, in which it must occur
//	<!-- figure -->          the next text block is not output
//
// CLONE is the folder of the project in the environment of commands. Go blocks are compiled and run
// with the modules of that folder, or with those of the release on pages that have it.
//
// A Go block is a file if it has a package clause, otherwise declarations or statements. Statements
// become the body of a test. A block of text that follows a shell block is what that prints: a line
// of … matches any lines, and … within a line any text.
package docpages
