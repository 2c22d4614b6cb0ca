package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// startWait is how long a server may take until it can be used.
const startWait = 20 * time.Second

// A Server is a running server, which a test can kill, pause and start again.
type Server struct {
	Addr string // host and port

	t       testing.TB
	program string
	args    []string
	dir     string
	process *exec.Cmd
}

// Start starts a server that ends with the test. The command line begins with the arguments, for
// example "--maxmemory", "10mb".
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	return start(t, "redis-server", args...)
}

// Engines lists the programs on this machine that a test can be run with: redis-server, and
// valkey-server where there is one.
func Engines() []string {
	engines := []string{"redis-server"}
	if _, err := exec.LookPath("valkey-server"); err == nil {
		engines = append(engines, "valkey-server")
	}
	return engines
}

// StartEngine is [Start] for one of [Engines].
func StartEngine(t testing.TB, engine string, args ...string) *Server {
	t.Helper()
	return start(t, engine, args...)
}

func start(t testing.TB, program string, args ...string) *Server {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is missing; install Debian's package %s", program, program)
	}
	port := freePort(t)
	s := &Server{Addr: net.JoinHostPort("127.0.0.1", port), t: t, program: path, dir: t.TempDir()}
	s.args = append(args, "--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--logfile", s.log())
	if program != "redis-sentinel" {
		s.args = append(s.args, "--save", "", "--appendonly", "no")
	}
	t.Cleanup(func() {
		s.end()
		if log, err := os.ReadFile(s.log()); t.Failed() && err == nil {
			t.Logf("log of %s at %s:\n%s", program, s.Addr, log)
		}
	})
	s.run()
	return s
}

// freePort returns a port on which nothing listens. Ports above 50000 are too high for the bus of a
// cluster, which uses a port 10000 higher.
func freePort(t testing.TB) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if port <= 50000 {
			return strconv.Itoa(port)
		}
	}
}

// log returns the name of the server's log file.
func (s *Server) log() string { return filepath.Join(s.dir, "log") }

// run starts the process and waits until it responds.
func (s *Server) run() {
	s.t.Helper()
	s.process = exec.Command(s.program, s.args...)
	s.process.Dir, s.process.Stderr = s.dir, os.Stderr
	endWithParent(s.process)
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	await(s.t, s.program+" at "+s.Addr, func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr)
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// Client returns a client with the defaults of go-redis.
func (s *Server) Client() *redis.Client { return redis.NewClient(&redis.Options{Addr: s.Addr}) }

// end kills the process, also one that is paused.
func (s *Server) end() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill() // it may have ended
	_ = s.process.Wait()         // with the signal
	s.process = nil
}

// Kill ends the server at once. All its data is lost.
func (s *Server) Kill() { s.end() }

// Restart starts the server again after [Server.Kill], empty and at the same address.
func (s *Server) Restart() {
	s.t.Helper()
	s.run()
}

// Pause stops the server without closing its connections, until [Server.Resume].
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume lets a paused server continue.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// await calls try until it returns nil, and fails the test if that takes too long.
func await(t testing.TB, what string, try func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startWait)
	defer cancel()
	for {
		err := try(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(fmt.Errorf("waiting for %s: %w", what, err))
		case <-time.After(20 * time.Millisecond):
		}
	}
}
