package edr

// This file derives the keys of stored sessions.

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/argon2"
)

// ErrWrongKey means that a session was encrypted with another key, or with a key in place of a
// passphrase or vice versa.
var ErrWrongKey = errors.New(
	"the stored session was encrypted with another key; use that key, or delete the session and sign in again",
)

// A Key encrypts a stored session. Create one with [NewKey] or [Passphrase]; the zero Key is
// invalid.
type Key struct {
	secret func() *secretKey // a function, so that fmt does not print it; nil: the zero Key
}

// A secretKey is the content of a key.
type secretKey struct {
	bytes      []byte // nil: derived from the passphrase
	passphrase string
	old        []Key // for reading only
}

const (
	keyBytes        = 32
	leastPassphrase = 12
)

// NewKey returns a key from 32 random bytes that the caller keeps.
func NewKey(secret []byte) (Key, error) {
	if len(secret) != keyBytes {
		return Key{}, fmt.Errorf("a key must have %d bytes, not %d; use Passphrase for a text", keyBytes, len(secret))
	}
	return (&secretKey{bytes: bytes.Clone(secret)}).key(), nil
}

// Passphrase returns a key derived from a passphrase by Argon2id (RFC 9106) with 64 MiB, 3 passes,
// 4 lanes and a salt that is stored with the session. Deriving takes about a tenth of a second. The
// passphrase must have at least 12 bytes.
func Passphrase(text string) (Key, error) {
	if len(text) < leastPassphrase {
		return Key{}, fmt.Errorf("a passphrase must have at least %d bytes", leastPassphrase)
	}
	return (&secretKey{passphrase: text}).key(), nil
}

// WithOld returns a key that also decrypts what was encrypted with old keys, for changing the key.
// The next save uses the key itself.
func (k Key) WithOld(old ...Key) Key {
	if k.isZero() {
		return k
	}
	changed := *k.secret()
	changed.old = slices.Concat(changed.old, old)
	return changed.key()
}

func (k *secretKey) key() Key { return Key{func() *secretKey { return k }} }

func (k Key) isZero() bool { return k.secret == nil }

// Format prints nothing about the key for any verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "key") }

// candidates returns the key and its old ones.
func (k Key) candidates() []*secretKey {
	if k.isZero() {
		return nil
	}
	list := []*secretKey{k.secret()}
	for _, old := range list[0].old {
		list = append(list, old.candidates()...)
	}
	return list
}

// kdf returns how the key is derived at present.
func (k *secretKey) kdf() kdf {
	if k.bytes != nil {
		return kdfNone
	}
	return kdfArgon2id
}

// derive returns the key that encrypts under a header, whose parameters must be within the limits.
func (k *secretKey) derive(h header) ([]byte, error) {
	switch {
	case h.kdf == kdfNone && k.bytes != nil:
		return k.bytes, nil
	case h.kdf == kdfArgon2id && k.bytes == nil:
		c := h.cost
		return argon2.IDKey([]byte(k.passphrase), h.salt[:], c.passes, c.memory, c.lanes, keyBytes), nil
	case h.kdf == kdfPBKDF2 && k.bytes == nil:
		return pbkdf2.Key(sha256.New, k.passphrase, h.salt[:], int(h.cost.passes), keyBytes)
	}
	return nil, ErrWrongKey
}

// idOf returns the id of a derived key. It reveals nothing about the key, and finding a passphrase
// by it takes one derivation for each guess, like by the encrypted session itself.
func idOf(key []byte) (id [idBytes]byte) {
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, "edr session key id")
	copy(id[:], mac.Sum(nil))
	return id
}
