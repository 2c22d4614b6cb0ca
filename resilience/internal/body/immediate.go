package body

import (
	"bytes"
	"io"
	"net/http"
	"reflect"
	"strings"
)

// nopCloser is the type that [io.NopCloser] returns for readers in memory.
var nopCloser = reflect.TypeOf(io.NopCloser(new(bytes.Reader)))

// Immediate reports whether reads of a body never wait: it is nil, [http.NoBody], or an
// [io.NopCloser] of a reader in memory, as fakes and caches have it. Such a body need not be bound
// to a context.
func Immediate(rc io.ReadCloser) bool {
	if rc == nil || rc == http.NoBody {
		return true
	}
	if reflect.TypeOf(rc) != nopCloser {
		return false
	}
	switch reflect.ValueOf(rc).Field(0).Interface().(type) {
	case *bytes.Reader, *bytes.Buffer, *strings.Reader:
		return true
	}
	return false
}
