package edr_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/edr"
)

// The parameters of a header are not kept before the session was decrypted.
func TestEncrypted_ForgedParameters(t *testing.T) {
	forged := func(change func(*made)) []byte {
		m := argon
		change(&m)
		sealed := argon.seal(t, bytes.Repeat([]byte{1}, 32))
		head := m.head(nil)
		return signed(append(head, sealed[len(argon.head(nil)):len(sealed)-sha256.Size]...))
	}
	for _, c := range []struct {
		name   string
		change func(*made)
		want   error
	}{
		{"fewer passes", func(m *made) { m.passes = 2 }, edr.ErrWeakSeal},
		{"less memory", func(m *made) { m.memory = 64<<10 - 1 }, edr.ErrWeakSeal},
		{"no lanes", func(m *made) { m.lanes = 0 }, edr.ErrWeakSeal},
		{"too many passes", func(m *made) { m.passes = 17 }, edr.ErrCorrupt},
		{"too much memory", func(m *made) { m.memory = 256<<10 + 1 }, edr.ErrCorrupt},
		{"too many lanes", func(m *made) { m.lanes = 17 }, edr.ErrCorrupt},
		{"unknown derivation", func(m *made) { m.kdf = 3 }, edr.ErrCorrupt},
		{"the old derivation", func(m *made) { m.kdf, m.passes = 1, 600_000 }, edr.ErrCorrupt},
		{"no derivation, but parameters", func(m *made) { m.kdf = 0 }, edr.ErrCorrupt},
		{"version 0", func(m *made) { m.version = 0 }, edr.ErrCorrupt},
		{"version 1, too few rounds", func(m *made) { m.version, m.passes = 1, 599_999 }, edr.ErrWeakSeal},
		{"version 1, one round", func(m *made) { m.version, m.passes = 1, 1 }, edr.ErrWeakSeal},
		{"version 1, too many rounds", func(m *made) { m.version, m.passes = 1, 10_000_001 }, edr.ErrCorrupt},
		{"another salt", func(m *made) { m.salt = 'f' }, edr.ErrWrongKey},
		{"another id", func(m *made) {}, edr.ErrWrongKey},
	} {
		var inner edr.Memory
		_ = inner.Save(t.Context(), forged(c.change))
		store := edr.Encrypted(&inner, passphrase(t, phrase))
		if got, err := store.Load(t.Context()); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %q, %v; want %v", c.name, got, err, c.want)
		}
	}
	var inner edr.Memory
	_ = inner.Save(t.Context(), forged(func(m *made) { m.passes, m.salt = 4, 'f' }))
	store := edr.Encrypted(&inner, passphrase(t, phrase))
	if _, err := store.Load(t.Context()); !errors.Is(err, edr.ErrWrongKey) {
		t.Errorf("more work: %v", err)
	}
	if err := store.Save(t.Context(), []byte(session)); err != nil {
		t.Fatal(err)
	}
	saved, _ := inner.Load(t.Context())
	if passes := binary.BigEndian.Uint32(saved[13:]); passes != 3 || saltOf(saved) == strings.Repeat("f", 16) {
		t.Errorf("saved with %d passes and salt %q of a header that was not authentic", passes, saltOf(saved))
	}
}

// The cipher authenticates every byte of the header, also if the key remains the same.
func TestEncrypted_HeaderIsAuthentic(t *testing.T) {
	raw := bytes.Repeat([]byte{1}, 32)
	m := made{version: 2, salt: 's'}
	good := m.seal(t, raw)
	for i := 12; i < len(m.head(raw)); i++ {
		data := bytes.Clone(good[:len(good)-sha256.Size])
		data[i] ^= 0x80
		var inner edr.Memory
		_ = inner.Save(t.Context(), signed(data))
		got, err := edr.Encrypted(&inner, key(t, 1)).Load(t.Context())
		if got != nil || !errors.Is(err, edr.ErrCorrupt) && !errors.Is(err, edr.ErrWrongKey) {
			t.Errorf("byte %d: %q, %v", i, got, err)
		}
	}
	newer := made{version: 3}.seal(t, raw)
	var inner edr.Memory
	_ = inner.Save(t.Context(), newer)
	if _, err := edr.Encrypted(&inner, key(t, 1)).Load(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "version 3, and this program knows 2") {
		t.Errorf("a newer version: %v", err)
	}
}

// A session in an old format is read until one in the present format was seen.
func TestEncrypted_OldFormatIsNotPutBack(t *testing.T) {
	old := made{version: 1, salt: 's'}.seal(t, bytes.Repeat([]byte{1}, 32))
	for _, seen := range []string{"saved", "loaded"} {
		var inner edr.Memory
		store := edr.Encrypted(&inner, key(t, 1))
		for range 2 {
			_ = inner.Save(t.Context(), old)
			if _, err := store.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		writer := store
		if seen == "loaded" {
			writer = edr.Encrypted(&inner, key(t, 1))
		}
		if err := writer.Save(t.Context(), []byte("new")); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Load(t.Context()); err != nil || string(got) != "new" {
			t.Fatalf("%s: %q, %v", seen, got, err)
		}
		_ = inner.Save(t.Context(), old)
		if got, err := store.Load(t.Context()); err == nil || got != nil ||
			!strings.Contains(err.Error(), "older format") {
			t.Errorf("%s: %q, %v", seen, got, err)
		}
	}
}
