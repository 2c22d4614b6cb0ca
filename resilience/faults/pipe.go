package faults

import (
	"context"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// pipeBuffer is how many bytes a direction of a connection in memory holds before writers wait,
// about what a socket does.
const pipeBuffer = 256 << 10

// A Pipe is a listener in memory. Its connections have buffers, deadlines and resets like those of
// sockets, but block on nothing that a testing/synctest bubble does not know. Make it with
// [NewPipe].
type Pipe struct {
	accept chan net.Conn
	done   chan struct{}
	once   sync.Once
}

// NewPipe returns a listener that waits for its first connection.
func NewPipe() *Pipe {
	return &Pipe{accept: make(chan net.Conn), done: make(chan struct{})}
}

// Accept waits for a connection.
func (p *Pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close ends the listener; its connections stay.
func (p *Pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr returns an address that says no more than that this is a pipe.
func (p *Pipe) Addr() net.Addr { return pipeAddr{} }

// DialContext connects to the listener, whatever network and address say. After Close the
// connection is refused.
func (p *Pipe) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := connPair()
	select {
	case p.accept <- server:
		return client, nil
	case <-p.done:
		return nil, &net.OpError{
			Op:   "dial",
			Net:  "pipe",
			Addr: pipeAddr{},
			Err:  os.NewSyscallError("connect", syscall.ECONNREFUSED),
		}
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: "pipe", Addr: pipeAddr{}, Err: ctx.Err()}
	}
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

// A pipeConn is one end of a connection in memory.
type pipeConn struct{ in, out *stream }

// connPair returns the two ends of a connection.
func connPair() (client, server *pipeConn) {
	there, back := newStream(), newStream()
	return &pipeConn{in: back, out: there}, &pipeConn{in: there, out: back}
}

func (c *pipeConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *pipeConn) Write(p []byte) (int, error) { return c.out.write(p) }

// Close ends both directions. The other end reads what is on its way and then io.EOF.
func (c *pipeConn) Close() error {
	c.in.stop()
	c.out.finish(io.EOF)
	return nil
}

// reset ends both directions. The other end reads what is on its way and is then told that the
// connection was reset.
func (c *pipeConn) reset() {
	c.in.stop()
	c.out.finish(os.NewSyscallError("read", syscall.ECONNRESET))
}

func (c *pipeConn) LocalAddr() net.Addr  { return pipeAddr{} }
func (c *pipeConn) RemoteAddr() net.Addr { return pipeAddr{} }

func (c *pipeConn) SetDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.readBy, t)
	c.out.setDeadline(&c.out.writeBy, t)
	return nil
}

func (c *pipeConn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.readBy, t)
	return nil
}

func (c *pipeConn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writeBy, t)
	return nil
}
