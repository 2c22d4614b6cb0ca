package edr

// This file keeps the session in memory and in the store, and synchronizes it with other processes
// that use the same store.

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// A session is the sign-in state of the client. The store is read when memory lacks something and
// before each write, because other processes use it too.
type session struct {
	store    Store
	account  string
	log      *slog.Logger
	exchange func(ctx context.Context, c *cookies) (token string, err error) // requests a token
	storing  sync.Mutex                                                      // held while the store is being used

	mu        sync.Mutex
	loaded    bool
	state     state
	cookies   *cookies // cookies of state.Session
	saved     int      // cookie change counter at the last save
	unsaved   bool     // the last save failed, so the store is outdated
	lastToken string   // the token returned last
	ended     string   // id of the session that ended last, which the store may still contain
	number    uint64   // counts sign-ins, their ends and blocks
}

func newSession(store Store, account string, log *slog.Logger) *session {
	if log == nil {
		log = slog.Default()
	}
	s := &session{store: store, account: account, log: log, cookies: newCookies(nil)}
	s.state.Version, s.state.Account = stateVersion, account
	return s
}

// key returns the number of the current sign-in.
func (s *session) key() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.number
}

// id returns the id of the current session, or "".
func (s *session) id() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Session == nil {
		return ""
	}
	return s.state.Session.ID
}

// blocked reports whether the bot protection has stopped the account.
func (s *session) blocked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.Blocked != ""
}

// jar returns the cookies of the current session and reads the store first if there may be one that
// is not known yet. Errors of the store are returned when the request is signed.
func (s *session) jar(ctx context.Context) *cookies {
	if s.load(ctx) == nil && s.id() == "" {
		_ = s.reload(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cookies
}

// load reads the store unless that has been done.
func (s *session) load(ctx context.Context) error {
	s.mu.Lock()
	loaded := s.loaded
	s.mu.Unlock()
	if loaded {
		return nil
	}
	return s.reload(ctx)
}

// reload reads the store and merges changes by other processes.
func (s *session) reload(ctx context.Context) error {
	s.storing.Lock()
	defer s.storing.Unlock()
	return s.merge(ctx)
}

// merge is reload for callers that hold storing.
func (s *session) merge(ctx context.Context) error {
	data, err := s.store.Load(ctx)
	if err != nil {
		return fmt.Errorf("the session cannot be loaded: %w", err)
	}
	stored, err := decodeState(data, s.account)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.newer(stored.Session) {
		s.adopt(stored.Session)
	}
	if !s.unsaved {
		s.state.Pending, s.state.Blocked = stored.Pending, stored.Blocked
	}
	s.loaded = true
	return nil
}

// newer reports whether a stored sign-in should replace the one in memory: its token is later and
// it is not known to have ended. The lock must be held.
func (s *session) newer(stored *login) bool {
	if stored == nil || stored.ID == s.ended {
		return false
	}
	return s.state.Session == nil || stored.At.After(s.state.Session.At)
}

// adopt makes a sign-in the current one. The lock must be held.
func (s *session) adopt(l *login) {
	s.state.Session = l
	s.cookies, s.saved = newCookies(l.Cookies), 0
}

// change applies f to the state in memory at once, and again after reading the store to keep what
// other processes have saved, and then saves it. It continues if ctx is canceled, so that the
// result of a person's action is not lost.
func (s *session) change(ctx context.Context, f func(*state)) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	s.mu.Lock()
	f(&s.state)
	s.mu.Unlock()
	s.storing.Lock()
	defer s.storing.Unlock()
	unlock, err := lock(ctx, s.store)
	if err == nil {
		defer unlock()
		err = s.merge(ctx)
	}
	s.mu.Lock()
	f(&s.state)
	cookies := s.saved
	if s.state.Session != nil {
		s.state.Session.Cookies, cookies = s.cookies.save()
	}
	data := s.state.encode()
	s.mu.Unlock()
	if err == nil {
		err = s.store.Save(ctx, data)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved = err != nil; s.unsaved {
		return fmt.Errorf("the session cannot be saved: %w", err)
	}
	s.saved = cookies
	return nil
}

// note is change for calls that can ignore its error.
func (s *session) note(f func(*state)) {
	if err := s.change(context.Background(), f); err != nil {
		s.log.Warn("edr: session not saved; later processes read an older one", "account", s.account, "err", err)
	}
}

// flush saves changed cookies and anything that could not be saved earlier.
func (s *session) flush(ctx context.Context) error {
	s.mu.Lock()
	_, change := s.cookies.save()
	dirty := s.unsaved || s.state.Session != nil && change != s.saved
	s.mu.Unlock()
	if !dirty {
		return nil
	}
	return s.change(ctx, func(*state) {})
}

// begin makes a completed sign-in the current session.
func (s *session) begin(ctx context.Context, jar *cookies, token string) error {
	s.mu.Lock()
	s.state.Session = &login{ID: rand.Text(), Validated: true, Token: token, At: time.Now()}
	s.cookies, s.lastToken = jar, ""
	s.number++
	s.mu.Unlock()
	return s.change(ctx, func(st *state) { st.Pending = nil })
}

// end removes the session with this id. Later calls fail without sending anything.
func (s *session) end(id string) (ours bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Session == nil || s.state.Session.ID != id {
		return false
	}
	s.state.Session, s.cookies, s.lastToken, s.ended = nil, newCookies(nil), "", id
	s.number++
	return true
}

// block makes all further calls fail, also in later processes. Its token is not used again without
// reading the store, where a person may have cleared the block.
func (s *session) block(operation string) {
	s.mu.Lock()
	s.lastToken = ""
	s.number++
	s.mu.Unlock()
	s.note(func(st *state) { st.Blocked = operation })
}

// present returns the session for a call, and whether its token has not been returned to any call
// yet.
func (s *session) present() (id, token string, jar *cookies, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch l := s.state.Session; {
	case s.state.Blocked != "":
		return "", "", nil, false, ErrBlocked
	case l == nil:
		return "", "", nil, false, ErrSignInNeeded
	default:
		fresh = l.Token != "" && l.Token != s.lastToken
		if fresh {
			s.lastToken = l.Token
		}
		return l.ID, l.Token, s.cookies, fresh, nil
	}
}

// fetch returns a bearer token: that of a new or restored sign-in, one that another process
// obtained, or a new one for the current sign-in. It never signs in.
func (s *session) fetch(ctx context.Context, _ uint64) (string, time.Time, error) {
	if err := s.load(ctx); err != nil {
		return "", time.Time{}, err
	}
	id, token, jar, fresh, err := s.present()
	if !fresh {
		defer s.alone(ctx)()
		if bad := s.reload(ctx); bad != nil && err != nil {
			return "", time.Time{}, bad
		}
		id, token, jar, fresh, err = s.present()
	}
	if err != nil || fresh {
		return token, time.Time{}, err
	}
	token, err = s.exchange(ctx, jar)
	if err == nil {
		s.renewed(id, token)
	}
	if errors.Is(err, ErrSignInNeeded) && s.end(id) {
		s.note(func(*state) {})
	}
	return token, time.Time{}, err
}

// exchangeWait is how long a process waits for the exchange of another.
const exchangeWait = 10 * time.Second

// alone waits until no other process that shares the store exchanges a token, but not for long, and
// returns what to call at the end.
func (s *session) alone(ctx context.Context) (release func()) {
	ctx, cancel := context.WithTimeout(ctx, exchangeWait)
	defer cancel()
	release, err := exchanging(ctx, s.store)
	if err != nil {
		return func() {}
	}
	return release
}

// renewed records the new token of a session.
func (s *session) renewed(id, token string) {
	s.mu.Lock()
	ours := s.state.Session != nil && s.state.Session.ID == id
	if ours {
		s.state.Session.Token, s.state.Session.At, s.lastToken = token, time.Now(), token
	}
	s.mu.Unlock()
	if ours {
		s.note(func(*state) {})
	}
}

// final reports whether an error of fetch is permanent. Errors without a request are not, so that
// the next call detects at once what a person or another process has done.
func final(err error) bool { return errors.Is(err, ErrIncomplete) }

// secrets returns the secrets in requests of the session.
func (s *session) secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []string{s.lastToken}
	return append(list, s.cookies.values()...)
}
