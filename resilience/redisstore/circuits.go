package redisstore

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/fleet"
)

// This file keeps shared circuits. Each takes three keys: its text, the processes that have calls,
// and those of them that vote for opening it, both as sorted sets with the time in microseconds at
// which a process lapses.

//go:embed cast.lua
var castSource string

//go:embed swap.lua
var swapSource string

var castScript, swapScript = redis.NewScript(castSource), redis.NewScript(swapSource)

// textFor is how long the text of a circuit is kept after the last ballot.
const textFor = 24 * time.Hour

// Exchange implements [fleet.Circuits]. It takes one round trip to each server that it needs.
func (s *Store) Exchange(ctx context.Context, ballots []fleet.Ballot) ([]fleet.Count, error) {
	calls := make([]scriptCall, len(ballots))
	for i, b := range ballots {
		calls[i] = scriptCall{s.circuitKeys(b.Circuit), []any{
			s.testTime(), b.Process, b.State, flag(b.Open), min(b.Calls, fleet.Lapse).Microseconds(),
			textFor.Milliseconds(), fleet.Lapse.Milliseconds(),
		}}
	}
	replies, err := s.pipeline(ctx, castScript, calls)
	if err != nil {
		return nil, err
	}
	counts := make([]fleet.Count, len(replies))
	for i, reply := range replies {
		if counts[i], _, err = readCount(reply); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// Swap implements [fleet.Circuits].
func (s *Store) Swap(ctx context.Context, c fleet.Change) (fleet.Count, bool, error) {
	reply, err := swapScript.Run(ctx, s.client, s.circuitKeys(c.Circuit),
		s.testTime(), c.Old, c.New, textFor.Milliseconds()).Slice()
	if err != nil {
		return fleet.Count{}, false, err
	}
	return readCount(reply)
}

// circuitKeys returns the keys of a circuit.
func (s *Store) circuitKeys(name string) []string {
	return []string{s.key(name, "circuit"), s.key(name, "calls"), s.key(name, "open")}
}

// testTime returns the time of a test in microseconds, or "" for that of the server.
func (s *Store) testTime() string {
	if s.clock == nil {
		return ""
	}
	return strconv.FormatInt(s.clock().Microseconds(), 10)
}

// readCount reads the reply of a script: time, text, members, votes, and whether it has changed the
// text.
func readCount(reply []any) (c fleet.Count, swapped bool, err error) {
	if len(reply) == 5 {
		now, ok1 := reply[0].(int64)
		text, ok2 := reply[1].(string)
		members, ok3 := reply[2].(int64)
		open, ok4 := reply[3].(int64)
		if ok1 && ok2 && ok3 && ok4 {
			c = fleet.Count{
				Now: time.Duration(now) * time.Microsecond, State: text, Members: int(members), Open: int(open),
			}
			return c, reply[4] == int64(1), nil
		}
	}
	return c, false, fmt.Errorf("redisstore: the script of circuits returned %v", reply)
}

// A scriptCall is what a script is called with.
type scriptCall struct {
	keys []string
	args []any
}

// pipeline calls a script several times in one round trip. A server that does not know the script
// gets its source in a second one.
func (s *Store) pipeline(ctx context.Context, script *redis.Script, calls []scriptCall) ([][]any, error) {
	replies, err := s.exec(ctx, calls, script.EvalSha)
	if err != nil && redis.HasErrorPrefix(err, "NOSCRIPT") {
		replies, err = s.exec(ctx, calls, script.Eval)
	}
	return replies, err
}

// exec sends calls in one round trip.
func (s *Store) exec(
	ctx context.Context, calls []scriptCall,
	eval func(context.Context, redis.Scripter, []string, ...any) *redis.Cmd,
) ([][]any, error) {
	pipe := s.client.Pipeline()
	sent := make([]*redis.Cmd, len(calls))
	for i, c := range calls {
		sent[i] = eval(ctx, pipe, c.keys, c.args...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	replies := make([][]any, len(sent))
	for i, cmd := range sent {
		var err error
		if replies[i], err = cmd.Slice(); err != nil {
			return nil, err
		}
	}
	return replies, nil
}
