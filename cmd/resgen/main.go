// Command resgen turns OpenAPI documents into Go clients in which every operation carries its own
// resilience policy.
//
// It reads resgen.yaml from the current folder or one above it, up to the folder with go.mod.
// resgen help lists the subcommands. It exits with 0 if all went well, 1 if something is wrong with
// the input or cannot be done, 2 if it was called wrongly, and 3 if check finds that checked-in
// files are not what they should be.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
