package auth

// This file encrypts the records of a [SecretStore] with AES-256-GCM.

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
)

// A SealKey encrypts the records of a [SecretStore]. Create one with [NewSealKey]; the zero SealKey
// is invalid.
type SealKey struct {
	id   string
	aead func() cipher.AEAD // a function, so that fmt does not print the key; nil: the zero SealKey
	old  []SealKey
}

const (
	sealBytes  = 32 // of a key: AES-256
	mostIDSize = 64
	sealFormat = 1
)

// NewSealKey returns a key from 32 random bytes. The id is stored in plain text with each record
// and says which key opens it: at most 64 printable ASCII characters, different for each key, for
// example its date.
func NewSealKey(id string, secret []byte) (SealKey, error) {
	if !printableID(id) {
		return SealKey{}, fmt.Errorf("the id of a key must have 1 to %d printable ASCII characters", mostIDSize)
	}
	if len(secret) != sealBytes {
		return SealKey{}, fmt.Errorf("the key %q must have %d bytes, not %d", id, sealBytes, len(secret))
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return SealKey{}, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return SealKey{}, err
	}
	return SealKey{id: id, aead: func() cipher.AEAD { return aead }}, nil
}

func printableID(id string) bool {
	for _, c := range id {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return id != "" && len(id) <= mostIDSize
}

// WithOld returns a key that also opens what was sealed with old keys. To change the key of a
// fleet, first give all processes the new key as an old one, then exchange the two, and remove the
// former key when all records were renewed.
func (k SealKey) WithOld(old ...SealKey) SealKey {
	all := append([]SealKey(nil), k.old...)
	for _, o := range old {
		all = append(all, o)
		all = append(all, o.old...)
	}
	k.old = all
	return k
}

// Format prints the id and nothing else for any verb.
func (k SealKey) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "key %q", k.id) }

// IsZero reports whether the key is the zero SealKey, which seals nothing.
func (k SealKey) IsZero() bool { return k.aead == nil }

// byID returns the key with an id.
func (k SealKey) byID(id string) (SealKey, bool) {
	if k.id == id && !k.IsZero() {
		return k, true
	}
	for _, o := range k.old {
		if o.id == id && !o.IsZero() {
			return o, true
		}
	}
	return SealKey{}, false
}

// ErrSealed means that a record cannot be opened: it was sealed with a key that this process does
// not have, it was changed, or it belongs to another name.
var ErrSealed = errors.New("the stored secret cannot be opened")

// errNoKey is the error of the zero SealKey.
var errNoKey = errors.New("no key to seal secrets with; make one with auth.NewSealKey")

// Sealed returns a store that encrypts the data of all records with AES-256-GCM before they reach
// in. Name and version of a record are authenticated with it, so that records cannot be exchanged.
// Load returns an [ErrSealed] and the version for a record that cannot be opened.
func Sealed(in SecretStore, k SealKey) SecretStore { return &sealedStore{SecretStore: in, key: k} }

// A sealedStore encrypts the records of another store.
type sealedStore struct {
	SecretStore
	key SealKey
}

// Format prints nothing about the store or its key for any verb.
func (s *sealedStore) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "sealed store") }

// Load returns the decrypted record.
func (s *sealedStore) Load(ctx context.Context, name string) (SecretRecord, error) {
	r, err := s.SecretStore.Load(ctx, name)
	if err != nil || r.Version == "" {
		return r, err
	}
	r.Data, err = s.key.open(r.Data, name, r.Version)
	return r, err
}

// Save encrypts the record and saves it.
func (s *sealedStore) Save(ctx context.Context, name, old string, r SecretRecord) (saved bool, err error) {
	if r.Data, err = s.key.seal(r.Data, name, r.Version); err != nil {
		return false, err
	}
	return s.SecretStore.Save(ctx, name, old, r)
}

// seal encrypts data. The result is: format, length of the key's id, the id, nonce, ciphertext. All
// that precedes the ciphertext is authenticated, and so are name and version.
func (k SealKey) seal(data []byte, name, version string) ([]byte, error) {
	if k.IsZero() {
		return nil, errNoKey
	}
	out := append([]byte{sealFormat, byte(len(k.id))}, k.id...)
	head := len(out)
	nonce := make([]byte, k.aead().NonceSize())
	_, _ = rand.Read(nonce)
	out = append(out, nonce...)
	return k.aead().Seal(out, nonce, data, bound(out[:head], name, version)), nil
}

// open decrypts what seal returned for the same name and version.
func (k SealKey) open(sealed []byte, name, version string) ([]byte, error) {
	if len(sealed) < 2 || sealed[0] != sealFormat || len(sealed) < 2+int(sealed[1]) {
		return nil, fmt.Errorf("%w: it is not a sealed record", ErrSealed)
	}
	head := 2 + int(sealed[1])
	id := string(sealed[2:head])
	by, ok := k.byID(id)
	if !ok {
		if !printableID(id) {
			id = "?"
		}
		return nil, fmt.Errorf("%w: it needs the key %q; give that as an old key", ErrSealed, id)
	}
	size := by.aead().NonceSize()
	if len(sealed) < head+size {
		return nil, fmt.Errorf("%w: it is incomplete", ErrSealed)
	}
	nonce, rest := sealed[head:head+size], sealed[head+size:]
	data, err := by.aead().Open(nil, nonce, rest, bound(sealed[:head], name, version))
	if err != nil {
		return nil, fmt.Errorf("%w: it was changed, or stored for another name", ErrSealed)
	}
	return data, nil
}

// bound returns what is authenticated with the data of a record. Lengths separate the parts.
func bound(head []byte, name, version string) []byte {
	return fmt.Appendf(nil, "resgen secret %d:%s%d:%s%d:%s", len(head), head, len(name), name, len(version), version)
}
