package auth

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// Records that are over and not used again do not stay.
func TestSecretMemory_Sweeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewSecretMemory()
		save := func(name string, life time.Duration) {
			t.Helper()
			saved, err := m.Save(t.Context(), name, "", SecretRecord{Version: "1", Life: life})
			if !saved || err != nil {
				t.Fatal(saved, err)
			}
		}
		save("stays", 0)
		for i := range 10 * leastSweep {
			save(strconv.Itoa(i), time.Minute)
			time.Sleep(time.Second)
		}
		if n := len(m.records); n > leastSweep {
			t.Errorf("%d records stay, want at most %d", n, leastSweep)
		}
		if r, err := m.Load(t.Context(), "stays"); r.Version != "1" || err != nil {
			t.Errorf("a record without a life: %+v, %v", r, err)
		}
	})
}
