package edr_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"

	"github.com/resgen/resgen/clients/edr"
)

func key(t testing.TB, fill byte) edr.Key {
	t.Helper()
	k, err := edr.NewKey(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func passphrase(t *testing.T, text string) edr.Key {
	t.Helper()
	k, err := edr.Passphrase(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const (
	phrase  = "correct horse battery"
	session = "the session's secret"
)

func TestEncrypted_RoundTrip(t *testing.T) {
	for name, k := range map[string]edr.Key{"key": key(t, 1), "passphrase": passphrase(t, phrase)} {
		var inner edr.Memory
		if err := edr.Encrypted(&inner, k).Save(t.Context(), []byte(session)); err != nil {
			t.Fatal(err)
		}
		sealed, _ := inner.Load(t.Context())
		if bytes.Contains(sealed, []byte(session[:8])) {
			t.Errorf("%s: the stored data contains the secret", name)
		}
		store := edr.Encrypted(&inner, k) // a later process
		if got, err := store.Load(t.Context()); err != nil || string(got) != session {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err := store.Save(t.Context(), []byte(session)); err != nil {
			t.Error(err)
		}
		again, _ := inner.Load(t.Context())
		if bytes.Equal(sealed, again) {
			t.Errorf("%s: the same is stored twice: a nonce was used again", name)
		}
		if saltOf(sealed) != saltOf(again) {
			t.Errorf("%s: a salt whose session was decrypted is kept", name)
		}
	}
}

func TestEncrypted_WrongKey(t *testing.T) {
	one, two := key(t, 1), key(t, 2)
	text, other := passphrase(t, phrase), passphrase(t, "wrong horse battery")
	for name, c := range map[string]struct{ wrote, reads edr.Key }{
		"another key": {one, two}, "a passphrase for a key": {one, text}, "another passphrase": {text, other},
		"a key for a passphrase": {text, one}, "no key": {one, edr.Key{}},
	} {
		var inner edr.Memory
		if err := edr.Encrypted(&inner, c.wrote).Save(t.Context(), []byte("secret")); err != nil {
			t.Fatal(err)
		}
		if got, err := edr.Encrypted(&inner, c.reads).Load(t.Context()); !errors.Is(err, edr.ErrWrongKey) ||
			errors.Is(err, edr.ErrCorrupt) ||
			got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	var inner edr.Memory
	if err := edr.Encrypted(&inner, edr.Key{}.WithOld(one)).Save(t.Context(), nil); !errors.Is(err, edr.ErrWrongKey) {
		t.Errorf("saved without a key: %v", err)
	}
}

// Damage is distinguished from a wrong key, even with one.
func TestEncrypted_Damage(t *testing.T) {
	var inner edr.Memory
	if err := edr.Encrypted(&inner, key(t, 1)).Save(t.Context(), []byte("the session")); err != nil {
		t.Fatal(err)
	}
	good, _ := inner.Load(t.Context())
	damaged := map[string][]byte{
		"longer":       append(bytes.Clone(good), 0),
		"another file": []byte("{}"),
		"long text":    bytes.Repeat([]byte("x"), 500),
	}
	for i := range good {
		damaged[fmt.Sprint("byte ", i)] = bytes.Clone(good)
		damaged[fmt.Sprint("byte ", i)][i] ^= 1
		if i > 0 {
			damaged[fmt.Sprint("cut at ", i)] = good[:i]
			damaged[fmt.Sprint("ends at ", i)] = signed(bytes.Clone(good[:i]))
		}
	}
	delete(damaged, fmt.Sprint("ends at ", len(good)-sha256.Size)) // nothing is missing
	for name, data := range damaged {
		for _, k := range []byte{1, 2} {
			_ = inner.Save(t.Context(), data)
			got, err := edr.Encrypted(&inner, key(t, k)).Load(t.Context())
			if got != nil || !errors.Is(err, edr.ErrCorrupt) == !errors.Is(err, edr.ErrWrongKey) ||
				!strings.HasPrefix(name, "ends at") && !errors.Is(err, edr.ErrCorrupt) {
				t.Errorf("%s, key %d: %q, %v", name, k, got, err)
			}
		}
	}
}

// signed appends the checksum of a session.
func signed(data []byte) []byte {
	sum := sha256.Sum256(data)
	return append(data, sum[:]...)
}

// A made is a session that the tests seal by themselves, as documented in header.go.
type made struct {
	version byte
	kdf     byte
	passes  uint32 // rounds in version 1
	memory  uint32
	lanes   uint8
	salt    byte
	owner   byte
}

// argon has the parameters that are written at present.
var argon = made{version: 2, kdf: 2, passes: 3, memory: 64 << 10, lanes: 4, salt: 's'}

// head returns the header for a key.
func (m made) head(key []byte) []byte {
	b := append([]byte("edr-session"), m.version)
	salt := bytes.Repeat([]byte{m.salt}, 16)
	if m.version == 1 {
		return append(binary.BigEndian.AppendUint32(b, m.passes), salt...)
	}
	b = binary.BigEndian.AppendUint32(append(b, m.kdf), m.passes)
	b = append(binary.BigEndian.AppendUint32(b, m.memory), m.lanes)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("edr session key id"))
	b = append(append(b, salt...), mac.Sum(nil)[:8]...)
	return append(b, bytes.Repeat([]byte{m.owner}, 16)...)
}

// seal seals the session with a derived key.
func (m made) seal(t testing.TB, key []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	head, nonce := m.head(key), bytes.Repeat([]byte{'n'}, 12)
	return signed(gcm.Seal(append(bytes.Clone(head), nonce...), nonce, []byte(session), head))
}

// from returns the key that the parameters derive from a passphrase.
func (m made) from(t testing.TB, text string) []byte {
	t.Helper()
	salt := bytes.Repeat([]byte{m.salt}, 16)
	if m.version > 1 {
		return argon2.IDKey([]byte(text), salt, m.passes, m.memory, m.lanes, 32)
	}
	k, err := pbkdf2.Key(sha256.New, text, salt, int(m.passes), 32)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// saltOf returns the salt of a session in version 2.
func saltOf(sealed []byte) string { return string(sealed[22 : 22+16]) }

// The formats are read as documented, also those of earlier versions, and the present one is
// written.
func TestEncrypted_ReadsDocumentedFormats(t *testing.T) {
	raw := bytes.Repeat([]byte{1}, 32)
	old := made{version: 1, passes: 600_000, salt: 'o'}
	dear := argon
	dear.passes = 4
	for _, c := range []struct {
		name   string
		sealed []byte
		key    edr.Key
		passes uint32 // saved
		same   bool   // the salt
	}{
		{"passphrase", argon.seal(t, argon.from(t, phrase)), passphrase(t, phrase), 3, true},
		{"passphrase, more work", dear.seal(t, dear.from(t, phrase)), passphrase(t, phrase), 4, true},
		{"key", made{version: 2, salt: 's'}.seal(t, raw), key(t, 1), 0, true},
		{"key, version 1", made{version: 1, salt: 's'}.seal(t, raw), key(t, 1), 0, false},
		{"passphrase, version 1", old.seal(t, old.from(t, phrase)), passphrase(t, phrase), 3, false},
	} {
		var inner edr.Memory
		_ = inner.Save(t.Context(), c.sealed)
		store := edr.Encrypted(&inner, c.key)
		if got, err := store.Load(t.Context()); err != nil || string(got) != session {
			t.Errorf("%s: %q, %v", c.name, got, err)
			continue
		}
		if err := store.Save(t.Context(), []byte(session)); err != nil {
			t.Fatal(err)
		}
		saved, _ := inner.Load(t.Context())
		if passes := binary.BigEndian.Uint32(saved[13:]); saved[11] != 2 || passes != c.passes ||
			(saltOf(saved) == saltOf(argon.head(nil))) != c.same {
			t.Errorf("%s: saved version %d with %d passes and salt %q", c.name, saved[11], passes, saltOf(saved))
		}
	}
}

func TestKey_WithOld(t *testing.T) {
	one, two, three := key(t, 1), key(t, 2), passphrase(t, phrase)
	for name, c := range map[string]struct {
		stored []byte // nil: sealed with wrote
		wrote  edr.Key
		now    edr.Key
	}{
		"key":                  {nil, one, two.WithOld(one)},
		"second old one":       {nil, one, two.WithOld(three, one)},
		"old one of an old":    {nil, one, three.WithOld(two.WithOld(one))},
		"added twice":          {nil, one, three.WithOld(two).WithOld(one)},
		"passphrase":           {nil, three, two.WithOld(one, three)},
		"version 1 has no ids": {made{version: 1}.seal(t, bytes.Repeat([]byte{1}, 32)), one, two.WithOld(one)},
	} {
		var inner edr.Memory
		if err := edr.Encrypted(&inner, c.wrote).Save(t.Context(), []byte(session)); err != nil {
			t.Fatal(err)
		}
		if c.stored != nil {
			_ = inner.Save(t.Context(), c.stored)
		}
		store := edr.Encrypted(&inner, c.now)
		for range 2 {
			if got, err := store.Load(t.Context()); err != nil || string(got) != session {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		if err := store.Save(t.Context(), []byte("new")); err != nil {
			t.Fatal(err)
		}
		if _, err := edr.Encrypted(&inner, c.wrote).Load(t.Context()); !errors.Is(err, edr.ErrWrongKey) {
			t.Errorf("%s: the old key reads what the new one wrote: %v", name, err)
		}
		if got, err := edr.Encrypted(&inner, c.now).Load(t.Context()); err != nil || string(got) != "new" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := edr.Encrypted(&edr.Memory{}, two).Load(t.Context()); err != nil {
		t.Errorf("an empty store: %v", err)
	}
}

// FuzzEncrypted changes the header and content of a session under a valid checksum: only the
// session itself is decrypted.
func FuzzEncrypted(f *testing.F) {
	raw := bytes.Repeat([]byte{1}, 32)
	for _, m := range []made{{version: 2, salt: 's'}, {version: 1}, {version: 3}, {version: 2, owner: 'o'}, argon} {
		sealed := m.seal(f, raw)
		f.Add(sealed[:len(sealed)-sha256.Size])
	}
	f.Add([]byte("edr-session"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var inner edr.Memory
		_ = inner.Save(t.Context(), signed(bytes.Clone(data)))
		store := edr.Encrypted(&inner, key(t, 1))
		if got, err := store.Load(t.Context()); (err == nil) == (got == nil) || got != nil && string(got) != session {
			t.Errorf("%q, %v", got, err)
		}
		if err := store.Save(t.Context(), []byte("later")); err != nil {
			t.Error(err)
		}
		if got, err := edr.Encrypted(&inner, key(t, 1)).Load(t.Context()); err != nil || string(got) != "later" {
			t.Errorf("after saving: %q, %v", got, err)
		}
	})
}
