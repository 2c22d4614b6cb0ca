package edr

// This file encrypts stored sessions with AES-256-GCM, with a given key or one derived from a
// passphrase.

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

// Errors of encrypted sessions, for errors.Is.
var (
	ErrWrongKey = errors.New(
		"the stored session was encrypted with another key; use that key, or delete the session and sign in again",
	)
	ErrCorrupt = errors.New("the stored session is damaged; delete it and sign in again")
)

// A Key encrypts a stored session. Create one with [NewKey] or [Passphrase]; the zero Key is
// invalid.
type Key struct{ secret *secretKey }

// A secretKey is behind a pointer, so that fmt does not print it.
type secretKey struct {
	bytes      []byte
	passphrase string
	rounds     uint32 // for deriving a key from the passphrase
}

// NewKey returns a key from 32 random bytes that the caller keeps.
func NewKey(secret []byte) (Key, error) {
	if len(secret) != keyBytes {
		return Key{}, fmt.Errorf("a key must have %d bytes, not %d; use Passphrase for a text", keyBytes, len(secret))
	}
	return Key{&secretKey{bytes: bytes.Clone(secret)}}, nil
}

// Passphrase returns a key derived from a passphrase by PBKDF2 with 600,000 rounds of SHA-256 and a
// salt that is stored with the session. Deriving takes about a tenth of a second. The passphrase
// must have at least 12 bytes.
func Passphrase(text string) (Key, error) {
	if len(text) < leastPassphrase {
		return Key{}, fmt.Errorf("a passphrase must have at least %d bytes", leastPassphrase)
	}
	return Key{&secretKey{passphrase: text, rounds: rounds}}, nil
}

// Format prints nothing about the key for any verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "key") }

// derive returns the key for a header.
func (k Key) derive(h header) ([]byte, error) {
	if k.isZero() {
		return nil, ErrWrongKey
	}
	switch k := k.secret; {
	case h.rounds == 0 && k.bytes != nil:
		return k.bytes, nil
	case h.rounds > 0 && k.passphrase != "":
		return pbkdf2.Key(sha256.New, k.passphrase, h.salt[:], int(h.rounds), keyBytes)
	}
	return nil, ErrWrongKey // a key instead of a passphrase, or vice versa
}

const (
	keyBytes        = 32
	saltBytes       = 16
	leastPassphrase = 12
	rounds          = 600_000    // OWASP's recommendation of 2023 for PBKDF2 with SHA-256
	mostRounds      = 10_000_000 // protects readers from excessive work
)

// The format of a sealed session: magic, version, rounds (0: no passphrase), salt, nonce,
// ciphertext and a checksum of all of them. The checksum distinguishes damage from a wrong key,
// which the cipher alone cannot.
const (
	magic       = "edr-session"
	sealVersion = 1
	headerBytes = len(magic) + 1 + 4 + saltBytes
)

// A header describes how a session is sealed.
type header struct {
	rounds uint32
	salt   [saltBytes]byte
}

func (h header) append(b []byte) []byte {
	b = append(append(b, magic...), sealVersion)
	b = binary.BigEndian.AppendUint32(b, h.rounds)
	return append(b, h.salt[:]...)
}

// newHeader returns a header with a new salt.
func (k Key) newHeader() header {
	var h header
	if !k.isZero() {
		h.rounds = k.secret.rounds
	}
	_, _ = rand.Read(h.salt[:]) // crypto/rand never returns an error
	return h
}

// seal encrypts a session.
func (s *sealedStore) seal(data []byte) ([]byte, error) {
	h, gcm, err := s.present()
	if err != nil {
		return nil, err
	}
	out := h.append(nil)
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce)
	out = append(out, nonce...)
	out = gcm.Seal(out, nonce, data, out[:headerBytes])
	sum := sha256.Sum256(out)
	return append(out, sum[:]...), nil
}

// unseal decrypts a session. Errors: [ErrCorrupt], [ErrWrongKey].
func (s *sealedStore) unseal(sealed []byte) ([]byte, error) {
	h, rest, err := readHeader(sealed)
	if err != nil {
		return nil, err
	}
	gcm, err := s.cipher(h)
	if err != nil {
		return nil, err
	}
	if len(rest) < gcm.NonceSize() {
		return nil, ErrCorrupt
	}
	data, err := gcm.Open(nil, rest[:gcm.NonceSize()], rest[gcm.NonceSize():], sealed[:headerBytes])
	if err != nil {
		return nil, ErrWrongKey
	}
	return data, nil
}

// readHeader verifies the checksum and returns the header and the remaining bytes.
func readHeader(sealed []byte) (header, []byte, error) {
	var h header
	end := len(sealed) - sha256.Size
	if end < headerBytes || string(sealed[:len(magic)]) != magic {
		return h, nil, ErrCorrupt
	}
	if sum := sha256.Sum256(sealed[:end]); !bytes.Equal(sum[:], sealed[end:]) {
		return h, nil, ErrCorrupt
	}
	if v := sealed[len(magic)]; v != sealVersion {
		return h, nil, fmt.Errorf(
			"the stored session has version %d, and this program knows %d: %w",
			v,
			sealVersion,
			errNewerStored,
		)
	}
	h.rounds = binary.BigEndian.Uint32(sealed[len(magic)+1:])
	copy(h.salt[:], sealed[len(magic)+5:])
	if h.rounds > mostRounds {
		return h, nil, ErrCorrupt
	}
	return h, sealed[headerBytes:end], nil
}

// Encrypted returns a store that encrypts with AES-256-GCM and keeps the result in another store.
// Load can return [ErrWrongKey] and [ErrCorrupt].
func Encrypted(in Store, k Key) Store { return &sealedStore{in: in, key: k} }

// A sealedStore encrypts the content of another store. It caches the cipher of the last header,
// because deriving one from a passphrase is deliberately slow.
type sealedStore struct {
	in  Store
	key Key

	mu   sync.Mutex
	last header
	gcm  cipher.AEAD
}

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

// present returns the header and cipher for encryption: the last ones used, or new ones.
func (s *sealedStore) present() (header, cipher.AEAD, error) {
	s.mu.Lock()
	h, gcm := s.last, s.gcm
	s.mu.Unlock()
	if gcm != nil {
		return h, gcm, nil
	}
	h = s.key.newHeader()
	gcm, err := s.cipher(h)
	return h, gcm, err
}

// cipher returns the cipher of a header.
func (s *sealedStore) cipher(h header) (cipher.AEAD, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gcm != nil && s.last == h {
		return s.gcm, nil
	}
	key, err := s.key.derive(h)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err == nil {
		s.last, s.gcm = h, gcm
	}
	return gcm, err
}

func (k Key) isZero() bool { return k.secret == nil }
