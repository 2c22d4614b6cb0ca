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

// pipeBuffer is the number of bytes that each direction of an in-memory connection buffers before
// writers block, similar to a socket.
const pipeBuffer = 256 << 10

// A Pipe is an in-memory listener. Its connections have buffers, deadlines and resets like sockets,
// and block only in ways known to testing/synctest. Create one with [NewPipe].
type Pipe struct {
	accept chan net.Conn
	done   chan struct{}
	once   sync.Once
}

// NewPipe returns a listener.
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

// Close closes the listener; existing connections stay open.
func (p *Pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr returns a fixed address.
func (p *Pipe) Addr() net.Addr { return pipeAddr{} }

// DialContext connects to the listener; network and address are ignored. After Close it fails with
// "connection refused".
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

// A pipeConn is one end of an in-memory connection.
type pipeConn struct{ in, out *stream }

// connPair returns the two ends of a connection.
func connPair() (client, server *pipeConn) {
	there, back := newStream(), newStream()
	return &pipeConn{in: back, out: there}, &pipeConn{in: there, out: back}
}

func (c *pipeConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *pipeConn) Write(p []byte) (int, error) { return c.out.write(p) }

// Close closes both directions. The other end reads the buffered data and then io.EOF.
func (c *pipeConn) Close() error {
	c.in.stop()
	c.out.finish(io.EOF)
	return nil
}

// reset closes both directions. The other end reads the buffered data and then a connection reset
// error.
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
