package chromium

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

// A page that reloads itself all the time can be asked nevertheless.
func TestPage_Reloads(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<body>here<script>setTimeout(() => location.reload(), 150)</script>`))
	}))
	t.Cleanup(server.Close)
	p := Open(t)
	p.Get(server.URL)
	for range 10 {
		p.Shows("the page", `performance.now() > 100`)
		p.Run(chromedp.Evaluate(`new Promise((done) => setTimeout(done, 20, true))`, new(bool), awaited))
	}
}
