package faults

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestServer_Dials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, Config{Pipe: true}, OK("{}"))
		c.Timeout = time.Minute
		s.FailDials(DialRefused, DialHang, DialNoHost, DialDNS)
		if got := fetch(t, c, "GET", s.URL, ""); !errors.Is(got.err, syscall.ECONNREFUSED) {
			t.Errorf("%v", got.err)
		}
		begin := time.Now()
		var timeout net.Error
		if got := fetch(t, c, "GET", s.URL, ""); !errors.As(got.err, &timeout) || !timeout.Timeout() ||
			time.Since(begin) != time.Minute {
			t.Errorf("%v after %v", got.err, time.Since(begin))
		}
		var dns *net.DNSError
		if got := fetch(t, c, "GET", s.URL, ""); !errors.As(got.err, &dns) || !dns.IsNotFound ||
			dns.Name != "faults.test" {
			t.Errorf("%v", got.err)
		}
		if got := fetch(t, c, "GET", s.URL, ""); !errors.As(got.err, &dns) || !dns.IsTemporary {
			t.Errorf("%v", got.err)
		}
		if got := fetch(t, c, "GET", s.URL, ""); got.body != "{}" || s.Count() != 1 || s.Dials() != 5 {
			t.Errorf("%+v, %d requests, %d dials", got, s.Count(), s.Dials())
		}
	})
}
