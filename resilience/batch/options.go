package batch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// Option changes how [Run] works.
type Option func(*settings)

type settings struct {
	name     string
	input    string
	most     int
	passes   int
	patience time.Duration
	class    policy.Class
	verify   any // func(context.Context, T) (bool, error)
	precheck any // func(context.Context, T) error
	again    []Outcome
	stop     Stop
	journal  Journal
	progress func(Progress)
	monitor  *Monitor // may be nil
	log      *slog.Logger
}

func newSettings(opts []Option) (*settings, error) {
	s := &settings{
		name: "batch", most: policy.Default().Bulkhead.Max, passes: 2, patience: 20 * time.Minute, class: policy.Unsafe,
	}
	for _, o := range opts {
		o(s)
	}
	if s.journal == nil {
		s.journal = &memory{}
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s, errors.Join(s.err(), s.stop.err())
}

func (s *settings) err() error {
	switch {
	case s.name == "":
		return errors.New("batch: WithName: the name is empty")
	case s.most < 1:
		return fmt.Errorf("batch: WithMax: want at least 1, got %d", s.most)
	case s.passes < 1:
		return fmt.Errorf("batch: WithPasses: want at least 1, got %d", s.passes)
	case s.patience < 0:
		return fmt.Errorf("batch: WithPatience: want no negative time, got %s", s.patience)
	}
	switch s.class {
	case policy.Safe, policy.Idempotent, policy.Keyed, policy.Conditional, policy.Unsafe:
		return nil
	}
	return fmt.Errorf("batch: WithClass: %q is not a class; want safe, idempotent, keyed, conditional or unsafe",
		s.class)
}

// repeatable reports whether an item may be processed again although it may have been done.
func (s *settings) repeatable() bool {
	return s.class == policy.Safe || s.class == policy.Idempotent || s.class == policy.Keyed
}

// WithName sets the name of the job, which a journal must belong to. The default is "batch".
func WithName(name string) Option { return func(s *settings) { s.name = name } }

// WithInput replaces the fingerprint of the input, by default a hash of the keys in any order. A
// program whose items come from the server, and are fewer once some are done, should set it, for
// example to the date of the job.
func WithInput(fingerprint string) Option { return func(s *settings) { s.input = fingerprint } }

// WithMax sets the maximum number of items in progress, at least 1 and by default 64. The limit is
// lower if the bulkhead of an operation that the function calls is smaller.
func WithMax(n int) Option { return func(s *settings) { s.most = n } }

// WithPasses sets how often the function is called for an item that can be tried again, at least 1
// and by default 2. Each pass begins when the one before it ended.
func WithPasses(n int) Option { return func(s *settings) { s.passes = n } }

// WithPatience sets how long an item waits in one pass for an open circuit or a sign-in, by default
// 20 minutes; with 0 it does not wait. If no call has succeeded for that long, items are not tried.
func WithPatience(d time.Duration) Option { return func(s *settings) { s.patience = d } }

// WithClass states the weakest idempotency class of the operations that change something in the
// function, by default unsafe. An item whose outcome is unknown is only repeated if the class is
// safe, idempotent or keyed. For keyed operations every repeat sends the key of the first request.
func WithClass(c policy.Class) Option { return func(s *settings) { s.class = c } }

// WithVerify sets a function that finds out whether an item was done, for example with a GET. It is
// called for items whose outcome is unknown, before they are repeated and at the end. If it returns
// false, the item counts as not done and may be processed again, also if its class is unsafe. If it
// cannot find out, it must return an error.
func WithVerify[T any](verify func(context.Context, T) (done bool, err error)) Option {
	return func(s *settings) { s.verify = verify }
}

// WithPrecheck sets a function that is called for an item before the journal records that it is in
// progress. It must not change anything. An error decides the outcome, for example [ErrAlreadySo]
// if nothing is to be done, and the function of [Run] is not called then. An item whose process is
// killed meanwhile is not unknown.
func WithPrecheck[T any](precheck func(context.Context, T) error) Option {
	return func(s *settings) { s.precheck = precheck }
}

// WithAgain processes items again that an earlier run has finished with one of these outcomes, for
// example [Refused] and [Failed] after the cause was removed. By default, finished items are not
// processed again. A journal that several processes share may still refuse them.
func WithAgain(outcomes ...Outcome) Option { return func(s *settings) { s.again = outcomes } }

// WithStop sets rules that end the run early with a [*StoppedError].
func WithStop(stop Stop) Option { return func(s *settings) { s.stop = stop } }

// WithJournal keeps the progress in j. [Run] opens and closes it.
func WithJournal(j Journal) Option { return func(s *settings) { s.journal = j } }

// WithProgress calls f at the beginning, after each item and at the end, never concurrently. f must
// return quickly.
func WithProgress(f func(Progress)) Option { return func(s *settings) { s.progress = f } }

// WithLogger sets the logger, by default that of package slog. It gets a line for each tenth of the
// items, at least a minute apart, and one for each new pass.
func WithLogger(l *slog.Logger) Option { return func(s *settings) { s.log = l } }
