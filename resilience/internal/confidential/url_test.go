package confidential

import (
	"net/url"
	"testing"
)

func TestURL(t *testing.T) {
	for text, want := range map[string]bool{
		"https://api.example.com": true, "http://api.example.com": false, "HTTP://api.example.com:80/x": false,
		"ftp://api.example.com": true, "/relative": true,
		"http://127.0.0.1:8080": true, "http://[::1]:8080/": true, "HTTP://127.255.0.3": true,
		"http://10.0.0.1": false, "http://[fe80::1]": false, "http://0.0.0.0": false, "http://128.0.0.1": false,
		"http://[::ffff:127.0.0.1]/": true, "http://[::ffff:10.0.0.1]/": false,
		"http://localhost": true, "http://LOCALHOST:1": true, "http://localhost./": true, "http://a.localhost": true,
		"http://localhost.example.com": false, "http://notlocalhost": false, "http://a.notlocalhost": false,
		"http://api.test": true, "http://a.b.Test:80": true, "http://api.test.": true, "http://test": false,
		"http://api.test.example": false, "http://atest": false, "http://127.0.0.1.example.com": false,
		"http://": false,
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := URL(u); got != want {
			t.Errorf("%s: got %t, want %t", text, got, want)
		}
	}
}
