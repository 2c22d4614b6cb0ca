// Command resgen turns OpenAPI documents into Go clients in which every operation has its own
// resilience policy.
//
// It reads resgen.yaml from the current folder or one above it, up to the folder with go.mod. Run
// "resgen help" for the subcommands. The exit code is 0 on success, 1 if the input is wrong or
// something fails, 2 on wrong usage, 3 if check finds stale files or diff breaking changes, and 4
// if check finds looser policies that it must not let pass.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	limitMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// limitMemory makes the garbage collector run less often up to a memory limit of 400 MB, and more
// often above it, unless the user has set either. Without a limit, a run can take twice the memory
// that it needs.
func limitMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(400 << 20)
	}
}
