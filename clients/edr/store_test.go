package edr_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
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
	if text := fmt.Sprintf("%v %+v %#v %s", passphrase(t, "twelve bytes"), key(t, 'k'), key(t, 'k'), key(t, 'k')); strings.Contains(text, "twelve") || strings.Contains(text, "107") || strings.Contains(text, "kkk") {
		t.Errorf("a key prints as %s", text)
	}
}

func TestEncrypted_GivesBackWhatItTook(t *testing.T) {
	for name, k := range map[string]edr.Key{"key": key(t, 1), "passphrase": passphrase(t, "correct horse battery")} {
		var inner edr.Memory
		secret := []byte("the session's secret")
		if err := edr.Encrypted(&inner, k).Save(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		sealed, _ := inner.Load(t.Context())
		if bytes.Contains(sealed, secret[:8]) {
			t.Errorf("%s: the secret stands in what is stored", name)
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
		"another key": {one, two}, "a passphrase for a key": {one, text}, "another passphrase": {text, other}, "a key for a passphrase": {text, one},
	} {
		var inner edr.Memory
		if err := edr.Encrypted(&inner, c.wrote).Save(t.Context(), []byte("secret")); err != nil {
			t.Fatal(err)
		}
		if got, err := edr.Encrypted(&inner, c.reads).Load(t.Context()); !errors.Is(err, edr.ErrWrongKey) || errors.Is(err, edr.ErrCorrupt) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// Any damage is told from a wrong key, also with one.
func TestEncrypted_Damage(t *testing.T) {
	var inner edr.Memory
	if err := edr.Encrypted(&inner, key(t, 1)).Save(t.Context(), []byte("the session")); err != nil {
		t.Fatal(err)
	}
	good, _ := inner.Load(t.Context())
	damaged := map[string][]byte{"longer": append(bytes.Clone(good), 0), "another file": []byte("{}"), "long text": bytes.Repeat([]byte("x"), 500)}
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
			if got, err := edr.Encrypted(&inner, key(t, k)).Load(t.Context()); !errors.Is(err, edr.ErrCorrupt) || errors.Is(err, edr.ErrWrongKey) || got != nil {
				t.Errorf("%s, key %d: %q, %v", name, k, got, err)
			}
		}
	}
}

// signed gives changed content the checksum that fits.
func signed(data []byte) []byte {
	data = data[:len(data)-sha256.Size]
	sum := sha256.Sum256(data)
	return append(data, sum[:]...)
}

func TestEncrypted_FormsOfOthers(t *testing.T) {
	var inner edr.Memory
	if err := edr.Encrypted(&inner, passphrase(t, "correct horse battery")).Save(t.Context(), []byte("the session")); err != nil {
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
	}{"a newer version": {newer, "version 2"}, "too many rounds": {slow, edr.ErrCorrupt.Error()}, "another salt": {salted, edr.ErrWrongKey.Error()}} {
		_ = inner.Save(t.Context(), signed(c.data))
		if _, err := edr.Encrypted(&inner, passphrase(t, "correct horse battery")).Load(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFile_IsPrivateAndWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session")
	store := edr.NewFile(path, key(t, 1))
	if got, err := store.Load(t.Context()); got != nil || err != nil {
		t.Errorf("no file: %q, %v", got, err)
	}
	for _, text := range []string{"one", "two"} {
		if err := store.Save(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Load(t.Context()); string(got) != text || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
	if n := files(t, filepath.Dir(path)); n != 1 {
		t.Errorf("%d files", n)
	}
}

func files(t *testing.T, dir string) int {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestFile_RefusesWhatOthersMayRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session")
	store := edr.NewFile(path, key(t, 1))
	for mode, ok := range map[fs.FileMode]bool{0o644: false, 0o640: false, 0o604: false, 0o620: false, 0o601: false, 0o600: true, 0o400: true} {
		if err := store.Save(t.Context(), []byte("secret")); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := store.Load(t.Context())
		if (err == nil) != ok || !ok && !errors.Is(err, edr.ErrOpenFile) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	if _, err := edr.NewFile(t.TempDir(), key(t, 1)).Load(t.Context()); !errors.Is(err, edr.ErrOpenFile) {
		t.Errorf("a folder: %v", err)
	}
}

// A save that fails leaves what was there and nothing else.
func TestFile_FailedSave(t *testing.T) {
	if err := edr.NewFile(filepath.Join(t.TempDir(), "no", "session"), key(t, 1)).Save(t.Context(), []byte("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "session"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := edr.NewFile(filepath.Join(dir, "session"), key(t, 1)).Save(t.Context(), []byte("x")); err == nil || files(t, dir) != 1 {
		t.Errorf("onto a folder: %v, %d files", err, files(t, dir))
	}
}

func TestFile_TooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session")
	if err := os.WriteFile(path, make([]byte, 4<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := edr.NewFile(path, key(t, 1)).Load(t.Context()); !errors.Is(err, edr.ErrCorrupt) || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
}

// A session comes back without another code, in another process, from a file.
func TestClient_RestoresASession(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "session")
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		config := w.config()
		config.Store, config.File, config.Key = nil, path, key(t, 1)
		one := open(t, config)
		if err := one.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
		two := open(t, config) // the code is given to another process
		if err := two.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		sent := len(w.server.Entries())
		three := open(t, config)
		if _, err := three.Report(t.Context(), 601234); err != nil {
			t.Error(err)
		}
		if n := len(w.server.Entries()) - sent; n != 1 {
			t.Errorf("%d requests for one report", n)
		}
		time.Sleep(time.Second)
		w.server.ExpireTokens()
		if _, err := three.Report(t.Context(), 601235); err != nil {
			t.Errorf("a restored session renews its token: %v", err)
		}
		if _, err := two.Report(t.Context(), 601235); err != nil {
			t.Error(err)
		}
		if n := w.server.Count(edrtest.AuthenticateEventManagement); n != 2 {
			t.Errorf("%d tokens: the second client takes the one that the third has got and saved", n)
		}
		for _, c := range []*edr.Client{two, three} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	data, err := os.ReadFile(path)
	for _, secret := range []string{"session", "RETAIL", edrtest.Username, edrtest.Password, edrtest.CredentialID} {
		if err != nil || bytes.Contains(bytes.TrimPrefix(data, []byte("edr-session")), []byte(secret)) {
			t.Errorf("%s stands in the file, %v", secret, err)
		}
	}
}

// What is stored is a session and nothing that could open another one.
func TestClient_StoresNoPassword(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		check := func(when string) {
			data, _ := w.store.Load(t.Context())
			for _, secret := range []string{edrtest.Username, edrtest.Password, edrtest.CredentialID, w.server.Code()} {
				if len(data) == 0 || bytes.Contains(data, []byte(secret)) {
					t.Errorf("%s: %s stands in %s", when, secret, data)
				}
			}
		}
		if err := w.client.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("after the first step")
		if err := w.client.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		check("after the second")
	})
}

// Calls without a session send nothing, and see at once that another process has signed in.
func TestClient_SeesTheSignInOfOthers(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		other := open(t, w.config())
		for range 2 {
			if err := w.schedule(t.Context()); !errors.Is(err, edr.ErrSignInNeeded) {
				t.Error(err)
			}
		}
		if n := len(w.server.Entries()); n != 0 {
			t.Errorf("%d requests without a session", n)
		}
		if err := errors.Join(other.RequestCode(t.Context()), other.Complete(t.Context(), w.server.Code())); err != nil {
			t.Fatal(err)
		}
		if err := w.schedule(t.Context()); err != nil {
			t.Error(err)
		}
		// The session ends, and the other one signs in again: the end that this one meets does not undo that.
		w.server.EndSessions()
		time.Sleep(time.Second)
		if err := errors.Join(other.RequestCode(t.Context()), other.Complete(t.Context(), w.server.Code())); err != nil {
			t.Fatal(err)
		}
		if err := w.schedule(t.Context()); err != nil {
			t.Error(err)
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestClient_SignOut(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		if err := w.client.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		sent := len(w.server.Entries())
		if err := w.client.SignOut(t.Context()); err != nil {
			t.Fatal(err)
		}
		later := open(t, w.config())
		for _, c := range []*edr.Client{w.client, later} {
			if _, err := c.Report(t.Context(), 601234); !errors.Is(err, edr.ErrSignInNeeded) {
				t.Error(err)
			}
			if err := c.Complete(t.Context(), w.server.Code()); !errors.Is(err, edr.ErrNoCodeRequested) {
				t.Error(err)
			}
		}
		if n := len(w.server.Entries()); n != sent {
			t.Errorf("%d requests", n-sent)
		}
		if err := later.Close(); err != nil {
			t.Error(err)
		}
	})
}

// failing is a store that fails on demand.
type failing struct {
	edr.Memory
	load, save error
}

func (f *failing) Load(ctx context.Context) ([]byte, error) {
	if f.load != nil {
		return nil, f.load
	}
	return f.Memory.Load(ctx)
}

func (f *failing) Save(ctx context.Context, data []byte) error {
	if f.save != nil {
		return f.save
	}
	return f.Memory.Save(ctx, data)
}

// A store that cannot be read stops everything before anything is sent. One that cannot be written is told, and costs this process nothing.
func TestClient_StoresThatFail(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		store := &failing{load: errors.New("disk on fire")}
		config := w.config()
		config.Store = store
		c := open(t, config)
		_, err := c.Report(t.Context(), 601234)
		for _, err := range []error{c.RequestCode(t.Context()), c.Complete(t.Context(), "123456"), c.SignOut(t.Context()), c.ClearBlock(t.Context()), err} {
			if !errors.Is(err, store.load) {
				t.Errorf("the store fails: %v", err)
			}
		}
		if n := len(w.server.Entries()); n != 0 {
			t.Errorf("%d requests", n)
		}
		store.load, store.save = nil, errors.New("disk full")
		if err := c.RequestCode(t.Context()); !errors.Is(err, store.save) {
			t.Errorf("the code was requested, and that cannot be saved: %v", err)
		}
		if err := c.Complete(t.Context(), w.server.Code()); !errors.Is(err, store.save) {
			t.Errorf("the sign-in cannot be saved: %v", err)
		}
		if err := c.Complete(t.Context(), w.server.Code()); !errors.Is(err, store.save) {
			t.Errorf("once more: %v", err)
		}
		if _, err := c.Report(t.Context(), 601234); err != nil {
			t.Errorf("the session works all the same: %v", err)
		}
		w.server.ExpireTokens()
		if _, err := c.Report(t.Context(), 601234); err != nil {
			t.Errorf("and renews its token: %v", err)
		}
		if err := c.Close(); !errors.Is(err, store.save) {
			t.Errorf("Close: %v", err)
		}
	})
}

// Cookies that came after the token are saved at the end.
func TestClient_CloseSavesCookies(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(edrtest.GetDailyScheduleReport, edrtest.Answer{Work: true, Headers: map[string][]string{"Set-Cookie": {"TS01b=rotated; Path=/"}}})
		if err := w.schedule(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, saved := range []bool{false, true} {
			data, _ := w.store.Load(t.Context())
			if bytes.Contains(data, []byte("TS01b=rotated")) != saved {
				t.Errorf("saved %t, want %t", !saved, saved)
			}
			if err := w.client.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// What is stored must be this account's, and of a form that is known.
func TestClient_StoredByOthers(t *testing.T) {
	for data, want := range map[string]string{
		`{"version":1,"account":"another"}`: "another account", `{"version":2,"account":"demo"}`: "newer version", `{"account":"demo"}`: "cannot be read", `[]`: "cannot be read", `secret`: "cannot be read",
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			if err := w.store.Save(t.Context(), []byte(data)); err != nil {
				t.Fatal(err)
			}
			_, err := w.client.Report(t.Context(), 601234)
			for _, err := range []error{w.client.RequestCode(t.Context()), err} {
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
					t.Errorf("%s: %v", data, err)
				}
			}
			if n := len(w.server.Entries()); n != 0 {
				t.Errorf("%s: %d requests", data, n)
			}
		})
	}
}

// Two processes use one store: neither undoes what the other has saved.
func TestClient_KeepsWhatOthersSaved(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		if err := w.schedule(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := open(t, w.config())
		if err := other.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.server.ExpireTokens()
		if err := w.schedule(t.Context()); err != nil { // saves a new token
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		third := open(t, w.config())
		if err := third.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatalf("the request for a code was lost: %v", err)
		}
		w.server.Script(edrtest.GetDailyScheduleReport, edrtest.Answer{Work: true, Headers: map[string][]string{"Set-Cookie": {"TS01b=rotated; Path=/"}}})
		if err := w.schedule(t.Context()); err != nil {
			t.Fatal(err)
		}
		before, _ := w.store.Load(t.Context())
		if err := w.client.Close(); err != nil { // has cookies to save, of a session that is no longer the newest
			t.Fatal(err)
		}
		after, _ := w.store.Load(t.Context())
		if !bytes.Equal(before, after) {
			t.Errorf("the newer session was changed from %s to %s", before, after)
		}
		for _, c := range []*edr.Client{other, third} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// A block that a person has cleared in one process is cleared in all.
func TestClient_ClearedBlocksAreSeen(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(edrtest.GetDailyScheduleReport, edrtest.Answer{Type: "text/html", Body: "<p>captcha</p>"})
		for range 2 {
			if err := w.schedule(t.Context()); !errors.Is(err, edr.ErrBlocked) {
				t.Fatal(err)
			}
		}
		other := open(t, w.config())
		if err := other.ClearBlock(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.schedule(t.Context()); err != nil {
			t.Error(err)
		}
		if n := w.counts(edrtest.GetDailyScheduleReport, edrtest.AuthenticateEventManagement); n[0] != 2 || n[1] != 1 {
			t.Errorf("%v requests, want the blocked one and one after, and no other token", n)
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	})
}

// The end of a session that cannot be saved is an end all the same.
func TestClient_EndThatCannotBeSaved(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		store := &failing{}
		config := w.config()
		config.Store = store
		c := open(t, config)
		if err := errors.Join(c.RequestCode(t.Context()), c.Complete(t.Context(), w.server.Code())); err != nil {
			t.Fatal(err)
		}
		store.save = errors.New("disk full")
		w.server.EndSessions()
		for range 3 {
			if _, err := c.Report(t.Context(), 601234); !errors.Is(err, edr.ErrSignInNeeded) {
				t.Error(err)
			}
		}
		if n := w.counts(edrtest.GetEdrReport, edrtest.AuthenticateEventManagement); n[0] != 1 || n[1] != 2 {
			t.Errorf("%v requests, want one report, and the token of the sign-in and one more", n)
		}
		if err := c.Close(); !errors.Is(err, store.save) {
			t.Error(err)
		}
	})
}
