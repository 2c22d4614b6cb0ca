package edr_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/edr"
)

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
}

func TestKey_PrintsNothing(t *testing.T) {
	type holder struct {
		k edr.Key
		s edr.Store
	}
	k := passphrase(t, "twelve bytes").WithOld(key(t, 'k'))
	store := edr.NewFile("session", k)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, k); got != "key" {
			t.Errorf("%s prints a key as %s", verb, got)
		}
		if got := fmt.Sprintf(verb, store); got != "encrypted store" {
			t.Errorf("%s prints a store as %s", verb, got)
		}
		for _, v := range []any{holder{k, store}, &holder{k, store}, []edr.Key{k}} {
			got := fmt.Sprintf(verb, v)
			for _, secret := range []string{"twelve", fmt.Sprintf("%x", "twelve"), "107 107", "kkk", "6b6b"} {
				if strings.Contains(got, secret) {
					t.Errorf("%s of %T prints %s", verb, v, got)
				}
			}
		}
	}
}
