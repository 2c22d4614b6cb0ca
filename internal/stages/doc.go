// Command stages runs targets of the Makefile as the stages of a test run.
//
//	go run ./internal/stages [-lanes N] TARGET...
//
// Stages start in the order of the arguments, N of them at a time. Lines that report success are
// counted and not printed; all others are printed when they arrive, after the name of their stage.
// While stages are running, a line of progress follows at least every ten seconds. All stages run,
// also after one of them failed. At the end a table lists them with their times. At most 60 lines
// follow about packages and tests that failed, and the last line says what passed and what did not
// run. The exit code is 1 if a stage failed.
//
// An interrupt ends all stages with their processes.
//
// A stage that cannot do its work here prints a line that begins with "skipped: ". It did not run.
package main
