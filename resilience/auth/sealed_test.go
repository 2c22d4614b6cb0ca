package auth_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/auth"
)

// sealKey returns a key whose bytes depend on its id.
func sealKey(t *testing.T, id string) auth.SealKey {
	t.Helper()
	k, err := auth.NewSealKey(id, bytes.Repeat([]byte{id[len(id)-1]}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestNewSealKey(t *testing.T) {
	for _, c := range []struct {
		id    string
		bytes int
		want  string // in the error
	}{
		{"k", 32, ""},
		{strings.Repeat("k", 64), 32, ""},
		{"~!", 32, ""},
		{strings.Repeat("k", 65), 32, "the id of a key must have 1 to 64 printable ASCII characters"},
		{"", 32, "the id of a key"},
		{"a b", 32, "the id of a key"},
		{"a\x7f", 32, "the id of a key"},
		{"ä", 32, "the id of a key"},
		{"k", 31, `the key "k" must have 32 bytes, not 31`},
		{"k", 16, `the key "k" must have 32 bytes, not 16`},
		{"k", 0, `the key "k" must have 32 bytes, not 0`},
	} {
		k, err := auth.NewSealKey(c.id, make([]byte, c.bytes))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("id %q with %d bytes: %v, want %q", c.id, c.bytes, err, c.want)
		}
		if k.IsZero() != (err != nil) {
			t.Errorf("id %q with %d bytes: zero is %t after %v", c.id, c.bytes, k.IsZero(), err)
		}
	}
}

// A stored record shows nothing, and is opened by its key, its name and its version only.
func TestSealed_BindsARecordToItsName(t *testing.T) {
	for _, c := range []struct {
		name  string
		key   auth.SealKey
		moved func(*auth.SecretRecord) (name string)
		want  string // in the error; empty: it is opened
	}{
		{"as stored", sealKey(t, "k1"), func(*auth.SecretRecord) string { return "a" }, ""},
		{
			"by the next key", sealKey(t, "k2").WithOld(sealKey(t, "k1")),
			func(*auth.SecretRecord) string { return "a" }, "",
		},
		{
			"by a later key", sealKey(t, "k3").WithOld(sealKey(t, "k2").WithOld(sealKey(t, "k1"))),
			func(*auth.SecretRecord) string { return "a" }, "",
		},
		{"by another key", sealKey(t, "k2"), func(*auth.SecretRecord) string { return "a" }, `it needs the key "k1"`},
		{"by no key", auth.SealKey{}, func(*auth.SecretRecord) string { return "a" }, `it needs the key "k1"`},
		{
			"by another key with its id", must(auth.NewSealKey("k1", make([]byte, 32))),
			func(*auth.SecretRecord) string { return "a" }, "it was changed, or stored for another name",
		},
		{"under another name", sealKey(t, "k1"), func(*auth.SecretRecord) string { return "b" }, "another name"},
		{"with another version", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Version = "v2"
			return "a"
		}, "it was changed"},
		{"with its last bit changed", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data[len(r.Data)-1] ^= 1
			return "a"
		}, "it was changed"},
		{"with its nonce changed", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data[5] ^= 1
			return "a"
		}, "it was changed"},
		{"with the id of another key", sealKey(t, "k1").WithOld(sealKey(t, "k2")), func(r *auth.SecretRecord) string {
			r.Data[3] = '2'
			return "a"
		}, "it was changed"},
		{"with an id that cannot be printed", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data[3] = '\n'
			return "a"
		}, `it needs the key "?"`},
		{"of another format", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data[0]++
			return "a"
		}, "it is not a sealed record"},
		{"cut in its nonce", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data = r.Data[:4+11]
			return "a"
		}, "it is incomplete"},
		{"cut after its nonce", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data = r.Data[:4+12]
			return "a"
		}, "it was changed"},
		{"cut in its id", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data = r.Data[:3]
			return "a"
		}, "it is not a sealed record"},
		{"cut before its id", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data = r.Data[:1]
			return "a"
		}, "it is not a sealed record"},
		{"empty", sealKey(t, "k1"), func(r *auth.SecretRecord) string {
			r.Data = nil
			return "a"
		}, "it is not a sealed record"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := auth.NewSecretMemory()
			first := auth.Sealed(in, sealKey(t, "k1"))
			save(t, first, "a", auth.SecretRecord{Version: "v1", Data: []byte("hush")})
			raw, _ := in.Load(t.Context(), "a")
			if bytes.Contains(raw.Data, []byte("hush")) || !bytes.Contains(raw.Data, []byte("k1")) {
				t.Fatalf("the store has %q, want the id of the key and no secret", raw.Data)
			}
			moved := auth.NewSecretMemory()
			name := c.moved(&raw)
			save(t, moved, name, raw)
			r, err := auth.Sealed(moved, c.key).Load(t.Context(), name)
			if c.want == "" && (err != nil || string(r.Data) != "hush") {
				t.Errorf("%q, %v", r.Data, err)
			}
			failed := errors.Is(err, auth.ErrSealed) && strings.Contains(err.Error(), c.want) && r.Data == nil
			if c.want != "" && !failed {
				t.Errorf("%q, %v; want an error with %q", r.Data, err, c.want)
			}
			if r.Version != raw.Version {
				t.Errorf("version %q, want %q", r.Version, raw.Version)
			}
		})
	}
}

func must(k auth.SealKey, err error) auth.SealKey {
	if err != nil {
		panic(err)
	}
	return k
}

func save(t *testing.T, s auth.SecretStore, name string, r auth.SecretRecord) {
	t.Helper()
	if saved, err := s.Save(t.Context(), name, "", r); err != nil || !saved {
		t.Fatalf("saving %s: %t, %v", name, saved, err)
	}
}

// New records are sealed with the key itself, and each differently.
func TestSealed_SealsWithTheNewKey(t *testing.T) {
	in := auth.NewSecretMemory()
	s := auth.Sealed(in, sealKey(t, "new").WithOld(sealKey(t, "old")))
	save(t, s, "a", auth.SecretRecord{Version: "v", Data: []byte("hush")})
	first, _ := in.Load(t.Context(), "a")
	if _, err := s.Save(t.Context(), "a", "v", auth.SecretRecord{Version: "v", Data: []byte("hush")}); err != nil {
		t.Fatal(err)
	}
	second, _ := in.Load(t.Context(), "a")
	if !bytes.Contains(first.Data, []byte("new")) || slices.Equal(first.Data, second.Data) {
		t.Errorf("%q and %q, want the id of the new key and two nonces", first.Data, second.Data)
	}
	if saved, err := auth.Sealed(in, auth.SealKey{}).Save(t.Context(), "b", "", first); saved || err == nil {
		t.Errorf("the zero key saves: %t, %v", saved, err)
	}
}

func TestSealed_PassesErrorsAndMissingRecords(t *testing.T) {
	gone := errors.New("gone")
	if _, err := auth.Sealed(&failing{err: gone}, sealKey(t, "k")).Load(t.Context(), "a"); !errors.Is(err, gone) {
		t.Errorf("%v, want the error of the store", err)
	}
	r, err := auth.Sealed(auth.NewSecretMemory(), sealKey(t, "k")).Load(t.Context(), "a")
	if err != nil || r.Version != "" || r.Data != nil {
		t.Errorf("%+v, %v; want no record", r, err)
	}
}

func TestSealKey_PrintsItsIDOnly(t *testing.T) {
	k := sealKey(t, "kX")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if text := fmt.Sprintf(verb, k); text != `key "kX"` {
			t.Errorf("%s prints %s", verb, text)
		}
		if text := fmt.Sprintf(verb, auth.Sealed(auth.NewSecretMemory(), k)); text != "sealed store" {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}
