package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/auth"
)

// Secrets tests a store of secrets.
func Secrets(t *testing.T, run func(t *testing.T, test func(t *testing.T, s auth.SecretStore))) {
	for name, test := range map[string]func(*testing.T, auth.SecretStore){
		"a record is replaced only by its version":   replaced,
		"names do not share records or locks":        separate,
		"a record is removed after its life":         removed,
		"a record without a life stays":              stays,
		"the age of a record grows":                  ages,
		"data is neither shared nor changed":         copied,
		"a lock has one holder":                      locked,
		"the lease of a holder that is gone ends":    lapses,
		"a holder extends its lease":                 extended,
		"only the holder unlocks":                    unlocked,
		"of many writers of a version, one succeeds": raced,
	} {
		t.Run(name, func(t *testing.T) { run(t, test) })
	}
}

// long is a duration that no test reaches.
const long = time.Hour

// A keeper calls a store and fails the test on errors.
type keeper struct {
	t *testing.T
	s auth.SecretStore
}

func (k keeper) load(name string) auth.SecretRecord {
	k.t.Helper()
	r, err := k.s.Load(k.t.Context(), name)
	if err != nil {
		k.t.Fatalf("loading %s: %v", name, err)
	}
	return r
}

func (k keeper) save(name, old, version, data string, life time.Duration) bool {
	k.t.Helper()
	r := auth.SecretRecord{Version: version, Data: []byte(data), Life: life}
	saved, err := k.s.Save(k.t.Context(), name, old, r)
	if err != nil {
		k.t.Fatalf("saving %s: %v", name, err)
	}
	return saved
}

func (k keeper) lock(name, holder string, lease time.Duration) bool {
	k.t.Helper()
	held, err := k.s.Lock(k.t.Context(), name, holder, lease)
	if err != nil {
		k.t.Fatalf("locking %s: %v", name, err)
	}
	return held
}

func (k keeper) unlock(name, holder string) {
	k.t.Helper()
	if err := k.s.Unlock(k.t.Context(), name, holder); err != nil {
		k.t.Fatalf("unlocking %s: %v", name, err)
	}
}

// want checks the version and the data of a record.
func (k keeper) want(name, version, data string) {
	k.t.Helper()
	if r := k.load(name); r.Version != version || string(r.Data) != data {
		k.t.Errorf("%s is %q of version %q, want %q of %q", name, r.Data, r.Version, data, version)
	}
}

// until waits until a condition holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

func replaced(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	k.want("a", "", "")
	for _, step := range []struct {
		old, version string
		saved        bool
		now          string
	}{
		{"v0", "v1", false, ""}, // there is none yet
		{"", "v1", true, "v1"},
		{"", "v2", false, "v1"},
		{"v2", "v3", false, "v1"},
		{"v1", "v2", true, "v2"},
		{"v1", "v3", false, "v2"},
		{"v2", "v4", true, "v4"},
	} {
		if saved := k.save("a", step.old, step.version, "of "+step.version, long); saved != step.saved {
			t.Errorf("saving %q in place of %q: %t, want %t", step.version, step.old, saved, step.saved)
		}
		data := ""
		if step.now != "" {
			data = "of " + step.now
		}
		k.want("a", step.now, data)
	}
}

func separate(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	k.save("a", "", "v1", "1", long)
	k.want("b", "", "")
	k.save("b", "", "v1", "2", long)
	k.want("a", "v1", "1")
	if !k.lock("a", "x", long) || !k.lock("b", "y", long) {
		t.Error("the lock of one name locks the other")
	}
}

func removed(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	k.save("a", "", "v1", "1", 50*time.Millisecond)
	k.save("b", "", "v1", "2", long)
	until(t, "the record is removed", func() bool { return k.load("a").Version == "" })
	k.want("b", "v1", "2")
	if k.save("a", "v1", "v2", "3", long) || !k.save("a", "", "v2", "3", long) {
		t.Error("a record that was removed is not like one that never was")
	}
}

func stays(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	k.save("a", "", "v1", "1", 50*time.Millisecond)
	k.save("b", "", "v1", "2", 50*time.Millisecond)
	if !k.save("b", "v1", "v2", "3", 0) {
		t.Fatal("not saved")
	}
	until(t, "the other record is removed", func() bool { return k.load("a").Version == "" })
	k.want("b", "v2", "3")
}

func ages(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	k.save("a", "", "v1", "1", long)
	if age := k.load("a").Age; age < 0 || age > 10*time.Second {
		t.Errorf("a new record is %s old", age)
	}
	until(t, "the record ages", func() bool { return k.load("a").Age >= 30*time.Millisecond })
	k.save("a", "v1", "v2", "1", long)
	if life := k.load("a").Life; life != 0 {
		t.Errorf("Load returns a life of %s, want none", life)
	}
	until(t, "the new record ages", func() bool { return k.load("a").Age >= time.Millisecond })
}

func copied(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	data := []byte("\x00\xff a\r\n")
	r := auth.SecretRecord{Version: "v1", Data: data, Life: long}
	if _, err := s.Save(t.Context(), "a", "", r); err != nil {
		t.Fatal(err)
	}
	data[0] = 'x'
	k.want("a", "v1", "\x00\xff a\r\n")
	k.load("a").Data[0] = 'y'
	k.want("a", "v1", "\x00\xff a\r\n")
}

func locked(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	if !k.lock("a", "x", long) || k.lock("a", "y", long) || !k.lock("a", "x", long) {
		t.Error("want the lock for its holder alone")
	}
	k.unlock("a", "x")
	if !k.lock("a", "y", long) || k.lock("a", "x", long) {
		t.Error("want the lock for the next holder alone")
	}
}

func lapses(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	k.lock("a", "x", 50*time.Millisecond)
	until(t, "the lease ends", func() bool { return k.lock("a", "y", long) })
	if k.lock("a", "x", long) {
		t.Error("two have the lock")
	}
}

func extended(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	k.lock("a", "x", 50*time.Millisecond)
	k.lock("a", "x", long)
	k.lock("b", "x", 50*time.Millisecond)
	until(t, "the other lease ends", func() bool { return k.lock("b", "y", long) })
	if k.lock("a", "y", long) {
		t.Error("a lease that was extended has ended")
	}
}

func unlocked(t *testing.T, s auth.SecretStore) {
	k := keeper{t, s}
	k.unlock("a", "x") // not locked
	k.lock("a", "x", long)
	k.unlock("a", "y")
	if k.lock("a", "y", long) {
		t.Error("another than the holder has unlocked")
	}
}

func raced(t *testing.T, s auth.SecretStore) {
	const writers = 20
	won := make(chan bool, writers)
	for i := range writers {
		go func() {
			version := string(rune('a' + i))
			saved, err := s.Save(t.Context(), "a", "", auth.SecretRecord{Version: version, Data: []byte{1}, Life: long})
			won <- saved && err == nil
		}()
	}
	n := 0
	for range writers {
		if <-won {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d writers succeeded, want 1", n)
	}
}
