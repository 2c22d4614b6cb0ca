package redisstore

// This file sends the commands of a journal until the server has done them and a replica has
// confirmed it.

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed journal.lua
var journalSource string

var journalScript = redis.NewScript(journalSource)

const (
	confirmWait = 500 * time.Millisecond // for a replica, at a time
	journalPoll = 100 * time.Millisecond // between two attempts
)

// serverState is what a journal knows of the server's replicas.
type serverState struct {
	mu       sync.Mutex
	replid   string // identifies what the server's replicas copy; a failover changes it
	replicas int    // how many replicas must confirm
}

// errPermanent is an error that does not pass.
type errPermanent struct{ error }

// Unwrap returns the error.
func (e errPermanent) Unwrap() error { return e.error }

var (
	errGone = errors.New("is not on the server any more, so that it is unknown what was done; find out what happened " +
		"to the items and begin with a new journal")
	errUnconfirmed = errors.New("no replica has confirmed what was written; start one, or run it again without")
)

// run runs a command of the script until the server has done it.
func (j *Journal) run(ctx context.Context, command string, args ...string) (reply []string, err error) {
	err = j.patiently(ctx, func(ctx context.Context) error {
		reply, err = j.once(ctx, 0, command, args...)
		return err
	})
	return reply, err
}

// confirmed runs a command of the script until the server has done it and a replica, if the server
// has one, has confirmed it. All commands can be repeated.
func (j *Journal) confirmed(ctx context.Context, command string, args ...string) (reply []string, err error) {
	err = j.patiently(ctx, func(ctx context.Context) error {
		reply, err = j.once(ctx, j.server.wanted(), command, args...)
		if errors.Is(err, errUnconfirmed) {
			return errors.Join(err, j.examine(ctx))
		}
		return err
	})
	return reply, err
}

// patiently calls f until it succeeds, its error is permanent, or the patience is over.
func (j *Journal) patiently(ctx context.Context, f func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, j.opts.Patience)
	defer cancel()
	t := time.NewTicker(journalPoll)
	defer t.Stop()
	var last error // that says more than that the time is over
	for {
		err := f(limited)
		switch {
		case err == nil:
			return nil
		case permanent(err):
			return j.errorf(err)
		case last == nil || limited.Err() == nil:
			last = err
		}
		select {
		case <-t.C:
		case <-limited.Done():
			return j.errorf(last)
		}
	}
}

// permanent reports whether an error does not pass.
func permanent(err error) bool {
	var p errPermanent
	if errors.As(err, &p) || errors.Is(err, redis.ErrClosed) {
		return true
	}
	for _, prefix := range []string{"WRONGTYPE", "NOPERM", "NOAUTH", "WRONGPASS"} {
		if redis.HasErrorPrefix(err, prefix) {
			return true
		}
	}
	return false
}

// wanted returns how many replicas must confirm.
func (s *serverState) wanted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.replicas
}

// once runs a command of the script once and waits a moment until replicas have confirmed it.
func (j *Journal) once(ctx context.Context, replicas int, command string, args ...string) ([]string, error) {
	node, err := j.node(ctx)
	if err != nil {
		return nil, err
	}
	reply, err := bounded(ctx, func() ([]string, error) {
		reply, err := j.send(ctx, node, false, replicas, command, args)
		if redis.HasErrorPrefix(err, "NOSCRIPT") {
			reply, err = j.send(ctx, node, true, replicas, command, args)
		}
		return reply, err
	})
	switch {
	case err != nil:
		return nil, err
	case len(reply) == 0:
		return nil, errPermanent{errDamaged}
	case reply[0] == "gone":
		return nil, errPermanent{errGone}
	}
	return reply, nil
}

// send sends a command of the script and, on the same connection, the command that waits for
// replicas. whole sends the text of the script, which a server lacks at first.
func (j *Journal) send(
	ctx context.Context, node redis.Cmdable, whole bool, replicas int, command string, args []string,
) ([]string, error) {
	keys := []string{
		j.key("meta"), j.key("items"), j.key("ids"), j.key("idempotency"), j.key("open"), j.key("results"),
	}
	values := []any{command, millis(j.opts.Keep)}
	for _, a := range args {
		values = append(values, a)
	}
	var reply *redis.Cmd
	var waited *redis.Cmd
	_, err := node.Pipelined(ctx, func(p redis.Pipeliner) error {
		if whole {
			reply = journalScript.Eval(ctx, p, keys, values...)
		} else {
			reply = journalScript.EvalSha(ctx, p, keys, values...)
		}
		if replicas > 0 {
			waited = p.Do(ctx, "WAIT", replicas, confirmWait.Milliseconds())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if waited != nil {
		if n, err := waited.Int(); err != nil || n < replicas {
			return nil, errors.Join(errUnconfirmed, err)
		}
	}
	return reply.StringSlice()
}

// node returns the server that has the keys of the journal.
func (j *Journal) node(ctx context.Context) (redis.Cmdable, error) {
	if c, ok := j.store.client.(*redis.ClusterClient); ok {
		return c.MasterForKey(ctx, j.key("meta"))
	}
	return j.store.client, nil
}

// examine finds out how many replicas must confirm: one, if the server has any. A server that had a
// replica and has none any more may have been replaced by it without knowing, so it must have one
// again, unless it is another server after a failover.
func (j *Journal) examine(ctx context.Context) error {
	node, err := j.node(ctx)
	if err != nil {
		return err
	}
	text, err := bounded(ctx, func() (string, error) { return node.Info(ctx, "replication").Result() })
	if err != nil {
		return err
	}
	info := readInfo(text)
	if role := info["role"]; role != "master" {
		return fmt.Errorf("the server is a %s at present", role)
	}
	j.server.learn(info["master_replid"], info["connected_slaves"])
	return nil
}

// learn takes over what a server says of itself.
func (s *serverState) learn(replid, slaves string) {
	n, _ := strconv.Atoi(slaves) // missing: none
	s.mu.Lock()
	defer s.mu.Unlock()
	if replid != s.replid {
		s.replid, s.replicas = replid, 0
	}
	s.replicas = max(s.replicas, min(n, 1))
}

// readInfo reads the lines "name:value" of a reply to INFO.
func readInfo(text string) map[string]string {
	info := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			info[name] = value
		}
	}
	return info
}
