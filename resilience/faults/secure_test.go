package faults

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestServer_TLS(t *testing.T) {
	s, _ := start(t, Config{TLS: true}, OK("{}"))
	var unknown *tls.CertificateVerificationError
	if got := fetch(t, &http.Client{Transport: &http.Transport{}}, "GET", s.URL, ""); !errors.As(got.err, &unknown) {
		t.Errorf("%v, want an unknown authority", got.err)
	}
	plain := strings.Replace(s.URL, "https", "http", 1)
	if got := fetch(t, &http.Client{Transport: &http.Transport{}}, "GET", plain, ""); got.status != 400 ||
		!strings.Contains(got.body, "HTTPS server") {
		t.Errorf("%+v, want 400", got)
	}
	if s.Count() != 0 {
		t.Errorf("%d requests", s.Count())
	}
	p := New(OK("{}"))
	defer p.Close()
	secure := strings.Replace(p.URL, "http", "https", 1)
	if got := fetch(t, &http.Client{Transport: &http.Transport{}}, "GET", secure, ""); got.err == nil ||
		p.Count() != 0 {
		t.Errorf("%+v, %d requests", got, p.Count())
	}
	if p.CertPool() != nil || s.CertPool() == nil {
		t.Error("only a server with TLS has a pool")
	}
}
