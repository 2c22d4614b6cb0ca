package edr_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/edr"
)

func key(t *testing.T, fill byte) edr.Key {
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
	if k.Rounds() != 600_000 {
		t.Errorf("a passphrase is worth %d rounds", k.Rounds())
	}
	return k.Quick()
}

func TestKey_Forms(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := edr.NewKey(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes is taken", n)
		}
	}
	if _, err := edr.Passphrase("eleven byte"); err == nil {
		t.Error("a passphrase of 11 bytes is taken")
	}
	if _, err := edr.Passphrase("twelve bytes"); err != nil {
		t.Error(err)
	}
	if text := fmt.Sprintf(
		"%v %+v %#v %s", passphrase(t, "twelve bytes"), key(t, 'k'), key(t, 'k'), key(t, 'k'),
	); strings.Contains(text, "twelve") ||
		strings.Contains(text, "107") ||
		strings.Contains(text, "kkk") {
		t.Errorf("a key prints as %s", text)
	}
}

func TestEncrypted_RoundTrip(t *testing.T) {
	for name, k := range map[string]edr.Key{"key": key(t, 1), "passphrase": passphrase(t, "correct horse battery")} {
		var inner edr.Memory
		secret := []byte("the session's secret")
		if err := edr.Encrypted(&inner, k).Save(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		sealed, _ := inner.Load(t.Context())
		if bytes.Contains(sealed, secret[:8]) {
			t.Errorf("%s: the stored data contains the secret", name)
		}
		store := edr.Encrypted(&inner, k) // a later process
		if got, err := store.Load(t.Context()); err != nil || !bytes.Equal(got, secret) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err := store.Save(t.Context(), secret); err != nil {
			t.Error(err)
		}
		again, _ := inner.Load(t.Context())
		if bytes.Equal(sealed, again) {
			t.Errorf("%s: the same is stored twice: a nonce was used again", name)
		}
	}
}

func TestEncrypted_WrongKey(t *testing.T) {
	one, two := key(t, 1), key(t, 2)
	text, other := passphrase(t, "correct horse battery"), passphrase(t, "wrong horse battery")
	for name, c := range map[string]struct{ wrote, reads edr.Key }{
		"another key": {one, two}, "a passphrase for a key": {one, text}, "another passphrase": {text, other},
		"a key for a passphrase": {text, one},
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
		}
	}
	for name, data := range damaged {
		for _, k := range []byte{1, 2} {
			_ = inner.Save(t.Context(), data)
			if got, err := edr.Encrypted(&inner, key(t, k)).Load(t.Context()); !errors.Is(err, edr.ErrCorrupt) ||
				errors.Is(err, edr.ErrWrongKey) ||
				got != nil {
				t.Errorf("%s, key %d: %q, %v", name, k, got, err)
			}
		}
	}
}

// signed updates the checksum of changed content.
func signed(data []byte) []byte {
	data = data[:len(data)-sha256.Size]
	sum := sha256.Sum256(data)
	return append(data, sum[:]...)
}

func TestEncrypted_InvalidFormats(t *testing.T) {
	var inner edr.Memory
	if err := edr.Encrypted(&inner, passphrase(t, "correct horse battery")).Save(
		t.Context(), []byte("the session"),
	); err != nil {
		t.Fatal(err)
	}
	good, _ := inner.Load(t.Context())
	newer := bytes.Clone(good)
	newer[len("edr-session")] = 2
	slow := bytes.Clone(good)
	binary.BigEndian.PutUint32(slow[len("edr-session")+1:], 10_000_001)
	salted := bytes.Clone(good)
	salted[len("edr-session")+5] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a newer version": {newer, "version 2"}, "too many rounds": {slow, edr.ErrCorrupt.Error()},
		"another salt": {salted, edr.ErrWrongKey.Error()},
	} {
		_ = inner.Save(t.Context(), signed(c.data))
		if _, err := edr.Encrypted(&inner, passphrase(t, "correct horse battery")).Load(t.Context()); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
