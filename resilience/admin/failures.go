package admin

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A failure is a call that failed, or several that failed without sending anything.
type failure struct {
	first, last time.Time
	account     string
	count       int
	degraded    bool
	err         *resilience.Error
}

// failures keep the last calls that failed. Those that sent nothing are kept separately, so that
// while a circuit is open they do not replace the errors that have opened it. The zero failures are
// empty.
type failures struct {
	mu     sync.Mutex
	sent   []failure // oldest first
	unsent []failure // oldest first; equal ones are one
}

// add keeps a failure. One that sent nothing is counted with an equal one.
func (l *failures) add(f failure) {
	f.err = withoutBody(f.err)
	l.mu.Lock()
	defer l.mu.Unlock()
	if sent(f.err) {
		l.sent = last(append(l.sent, f))
		return
	}
	n := len(l.unsent)
	if n > 0 && l.unsent[n-1].joins(f) {
		l.unsent[n-1].join(f)
		return
	}
	if i := slices.IndexFunc(l.unsent, func(o failure) bool { return o.joins(f) }); i >= 0 {
		f.first, f.count = l.unsent[i].first, l.unsent[i].count+1
		l.unsent = slices.Delete(l.unsent, i, i+1)
	}
	l.unsent = last(append(l.unsent, f))
}

// sent reports whether a call has tried to send a request. A sign-in that fails first is an attempt
// without a request.
func sent(e *resilience.Error) bool {
	return slices.ContainsFunc(e.Attempts, func(a resilience.Attempt) bool {
		return a.Writes > 0 || e.Kind != resilience.KindCredential
	})
}

// latest returns up to mostRecords failures, newest first. If there are more, half of them are
// calls that sent something.
func (l *failures) latest() []failure {
	l.mu.Lock()
	sent, unsent := latest(l.sent), latest(l.unsent)
	l.mu.Unlock()
	ofUnsent := min(len(unsent), max(mostRecords/2, mostRecords-len(sent)))
	ofSent := min(len(sent), mostRecords-ofUnsent)
	list := append(sent[:ofSent:ofSent], unsent[:ofUnsent]...)
	slices.SortStableFunc(list, func(a, b failure) int { return b.last.Compare(a.last) })
	return list
}

// joins reports whether two failures are shown as one.
func (f *failure) joins(other failure) bool {
	a, b := f.err, other.err
	return a.API == b.API && a.Operation == b.Operation && a.Kind == b.Kind && f.account == other.account &&
		f.degraded == other.degraded && signInError(a) == signInError(b)
}

// join counts a failure with an earlier one.
func (f *failure) join(later failure) {
	f.last, f.err = later.last, later.err
	f.count++
}

// signInError returns the state of the sign-in that failed a call, or nil.
func signInError(e *resilience.Error) error {
	if e.Kind != resilience.KindCredential {
		return nil
	}
	for _, state := range []error{
		resilience.ErrSignInUnavailable, resilience.ErrCredentialRefused, resilience.ErrSignInRequired,
		resilience.ErrBlocked,
	} {
		if errors.Is(e, state) {
			return state
		}
	}
	return nil
}

// withoutBody returns an error without what it holds of the response body, which may be large and
// contain secrets. The text of the error stays the same.
func withoutBody(err *resilience.Error) *resilience.Error {
	if err.Body == nil && err.Detail == nil && err.Items == nil {
		return err
	}
	kept := *err
	kept.Body, kept.Detail, kept.Items = nil, nil, nil
	return &kept
}
