package clienttest_test

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/clients/internal/clienttest"
)

func TestServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, server := clienttest.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Host)
		}))
		resp, err := (&http.Client{Transport: transport}).Get("http://any.test/")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != "any.test" {
			t.Errorf("%q, %v", body, err)
		}
		_ = resp.Body.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
	})
}
