package edr

// This file encrypts stored sessions with AES-256-GCM. See header.go for the format and key.go for
// the keys.

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
)

// errOlderStored is the error of a session in an older format than this process has already seen.
var errOlderStored = errors.New(
	"the stored session has an older format than before: an old one may have been put back; " +
		"delete it and sign in again",
)

// Encrypted returns a store that encrypts with AES-256-GCM and keeps the result in another store.
// Load can return [ErrWrongKey], [ErrCorrupt] and [ErrWeakSeal].
func Encrypted(in Store, k Key) Store { return &sealedStore{in: in, key: k} }

// A sealedStore encrypts the content of another store. It caches the last derived cipher, because
// deriving one from a passphrase is deliberately slow.
type sealedStore struct {
	in    Store
	key   Key
	owner owner

	mu      sync.Mutex
	last    derived // verified: it has decrypted or encrypted a session
	version byte    // the newest one seen
}

// A derived is a cipher with the parameters that it was derived from.
type derived struct {
	header header
	from   *secretKey
	gcm    cipher.AEAD
}

// of returns the store for one account, whose sessions belong to no other.
func (s *sealedStore) of(account string) *sealedStore {
	return &sealedStore{in: s.in, key: s.key, owner: ownerOf(account)}
}

// Format prints nothing about the session or its key for any verb.
func (s *sealedStore) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "encrypted store") }

// Load returns the decrypted content.
func (s *sealedStore) Load(ctx context.Context) ([]byte, error) {
	data, err := s.in.Load(ctx)
	if err != nil || len(data) == 0 {
		return nil, err
	}
	return s.unseal(data)
}

// Save encrypts and saves.
func (s *sealedStore) Save(ctx context.Context, data []byte) error {
	sealed, err := s.seal(data)
	if err != nil {
		return err
	}
	return s.in.Save(ctx, sealed)
}

// Lock locks the other store if it can be locked.
func (s *sealedStore) Lock(ctx context.Context) (unlock func(), err error) { return lock(ctx, s.in) }

// exchanging waits until no other process exchanges a token, if others use the other store.
func (s *sealedStore) exchanging(ctx context.Context) (release func(), err error) {
	return exchanging(ctx, s.in)
}

// seal encrypts a session with the key itself and the present parameters.
func (s *sealedStore) seal(data []byte) ([]byte, error) {
	d, err := s.forSealing()
	if err != nil {
		return nil, err
	}
	out := d.header.append(nil)
	head := len(out)
	nonce := make([]byte, d.gcm.NonceSize())
	_, _ = rand.Read(nonce)
	out = append(out, nonce...)
	out = d.gcm.Seal(out, nonce, data, out[:head])
	sum := sha256.Sum256(out)
	s.keep(d)
	return append(out, sum[:]...), nil
}

// forSealing returns the cached cipher, which is never weaker than the present parameters, or a new
// one with these.
func (s *sealedStore) forSealing() (derived, error) {
	if s.key.isZero() {
		return derived{}, ErrWrongKey
	}
	k := s.key.secret()
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last.from == k && last.header.version == sealVersion && last.header.owner == s.owner {
		return last, nil
	}
	h := header{version: sealVersion, kdf: k.kdf(), owner: s.owner}
	if h.kdf == kdfArgon2id {
		h.cost = present
	}
	_, _ = rand.Read(h.salt[:]) // crypto/rand never returns an error
	key, err := k.derive(h)
	if err != nil {
		return derived{}, err
	}
	h.id = idOf(key)
	gcm, err := newGCM(key)
	return derived{h, k, gcm}, err
}

// unseal decrypts a session. Errors: [ErrCorrupt], [ErrWrongKey], [ErrWeakSeal], errOlderStored,
// errOtherOwner, errNewerStored.
func (s *sealedStore) unseal(data []byte) ([]byte, error) {
	in, err := parse(data)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	last, older := s.last, in.header.version < s.version
	s.mu.Unlock()
	if older {
		return nil, errOlderStored
	}
	if last.gcm != nil && last.header == in.header {
		return s.open(in, last)
	}
	for _, k := range s.key.candidates() {
		d, err := k.opener(in.header)
		if err != nil {
			continue // not this key
		}
		if data, err := s.open(in, d); !errors.Is(err, ErrWrongKey) {
			return data, err
		}
	}
	return nil, ErrWrongKey
}

// opener derives the cipher of a header, or returns [ErrWrongKey] if the key has another id.
// Version 1 has no id.
func (k *secretKey) opener(h header) (derived, error) {
	key, err := k.derive(h)
	if err != nil {
		return derived{}, err
	}
	if h.version > 1 && idOf(key) != h.id {
		return derived{}, ErrWrongKey
	}
	gcm, err := newGCM(key)
	return derived{h, k, gcm}, err
}

// open decrypts, and keeps the parameters if that succeeded: only then are they authentic. A
// failure with the right id means that something was changed.
func (s *sealedStore) open(in sealed, d derived) ([]byte, error) {
	size := d.gcm.NonceSize()
	if len(in.rest) < size {
		return nil, ErrCorrupt
	}
	data, err := d.gcm.Open(nil, in.rest[:size], in.rest[size:], in.head)
	switch {
	case err != nil && d.header.version > 1:
		return nil, ErrCorrupt
	case err != nil:
		return nil, ErrWrongKey
	}
	if s.owner != (owner{}) && d.header.owner != (owner{}) && d.header.owner != s.owner {
		return nil, errOtherOwner
	}
	s.keep(d)
	return data, nil
}

// keep caches a cipher that has worked.
func (s *sealedStore) keep(d derived) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.version = d, max(s.version, d.header.version)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
