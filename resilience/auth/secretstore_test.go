package auth_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/internal/storetest"
)

func TestSecretMemory(t *testing.T) {
	storetest.Secrets(t, func(t *testing.T, test func(*testing.T, auth.SecretStore)) {
		synctest.Test(t, func(t *testing.T) { test(t, auth.NewSecretMemory()) })
	})
}

func TestSealed_IsAStore(t *testing.T) {
	storetest.Secrets(t, func(t *testing.T, test func(*testing.T, auth.SecretStore)) {
		synctest.Test(t, func(t *testing.T) { test(t, auth.Sealed(auth.NewSecretMemory(), sealKey(t, "k1"))) })
	})
}

func TestSecretMemory_PrintsNoSecret(t *testing.T) {
	m := auth.NewSecretMemory()
	if _, err := m.Save(t.Context(), "a", "", auth.SecretRecord{Version: "1", Data: []byte("hush")}); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if text := fmt.Sprintf(verb, m); strings.Contains(text, "hush") || strings.Contains(text, "68757368") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}
