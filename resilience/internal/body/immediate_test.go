package body

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// embedded is a reader in memory that may wait in its own Read.
type embedded struct{ *strings.Reader }

func TestImmediate(t *testing.T) {
	pipe, _ := io.Pipe()
	text := strings.NewReader("x")
	for _, tt := range []struct {
		name string
		rc   io.ReadCloser
		want bool
	}{
		{"nil", nil, true},
		{"no body", http.NoBody, true},
		{"bytes", io.NopCloser(bytes.NewReader(nil)), true},
		{"buffer", io.NopCloser(new(bytes.Buffer)), true},
		{"text", io.NopCloser(text), true},
		{"buffered pipe", io.NopCloser(bufio.NewReader(pipe)), false},
		{"pipe without closer", io.NopCloser(pipe), false},
		{"pipe", pipe, false},
		{"embedded", io.NopCloser(embedded{text}), false},
		{"limited", io.NopCloser(io.LimitReader(pipe, 1)), false},
	} {
		if got := Immediate(tt.rc); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
