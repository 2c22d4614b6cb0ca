// Webapp shows the visits planned in Crossmark and the events in Walmart's EDR on web pages.
//
//	go run ./examples/webapp --demo
//
// If one of the services is down, the pages of the other one keep working. Events are then shown as
// of the last good response, and marked so; visits are answered with 503 and Retry-After. A person
// signs in to the EDR with a code through a form. The state of both services is at /status/. In the
// demo, buttons on the first page make the services fail.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/resgen/resgen/examples/internal/command"
)

const usage = `usage: webapp [flags] --club N
       webapp [flags] --demo      two built-in fakes

Serves the visits of Crossmark and the events of the EDR as web pages until it is interrupted. It has no users of its
own, so it listens on this machine only unless --listen says otherwise.
Credentials come from the environment: CROSSMARK_USER, CROSSMARK_PASSWORD; EDR_USER, EDR_PASSWORD,
EDR_CREDENTIAL_ID, and EDR_SESSION_KEY, a passphrase of 12 characters or more for the file that keeps the session.
The file of --policy is applied again whenever it changes.

exit status: 0 interrupted, 1 it cannot serve, 2 wrong usage

`

// flags holds the parsed command line.
type flags struct {
	listen string
	club   int
	demo   bool
	policy string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run parses the arguments, serves until ctx ends and returns the exit status.
func run(ctx context.Context, args []string, variable func(string) string, stdout, stderr io.Writer) int {
	f, err := parse(args, stderr)
	return command.Run("webapp", stderr, err, func() error { return serve(ctx, f, variable, stdout, stderr) })
}

func parse(args []string, stderr io.Writer) (*flags, error) {
	var f flags
	set := command.Flags("webapp", usage, stderr)
	set.StringVar(&f.listen, "listen", "127.0.0.1:8080", "`ADDRESS` to listen on")
	set.IntVar(&f.club, "club", 0, "`NUMBER` of the club, 1 to 9999")
	set.BoolVar(&f.demo, "demo", false, "show two built-in fakes")
	set.StringVar(&f.policy, "policy", "", "`FILE` with run-time configuration of the policies, as YAML")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case set.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q; see webapp --help", set.Arg(0))
	case f.demo && f.club != 0:
		return nil, errors.New("--demo has a club of its own; leave --club out")
	case !f.demo && (f.club < 1 || f.club > 9999):
		return nil, errors.New("--club must be 1 to 9999; or try --demo")
	}
	return &f, nil
}

// serve opens the services and serves the pages until ctx ends.
func serve(ctx context.Context, f *flags, variable func(string) string, stdout, stderr io.Writer) error {
	log := slog.New(slog.NewTextHandler(stderr, nil))
	s, err := open(f, variable, stdout, log)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.configure(f.policy, log); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	server := newServer(ctx, newApp(s, log))
	fmt.Fprintf(stdout, "http://%s\n", listener.Addr())
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

// newServer returns a server that bounds what clients can make it wait for and keep. Requests end
// with ctx.
func newServer(ctx context.Context, h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
}
