package documents

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"testing"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "52.216.0.1": true, "2600:1f18::1": true, "::ffff:1.1.1.1": true, "99.255.255.255": true,
		"64:ff9b::101:101": true, "2002:101:101::": true, "168.63.129.15": true, "168.63.129.17": true,
		"127.0.0.1": false, "127.255.255.254": false, "::1": false, "::ffff:127.0.0.1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "::ffff:169.254.169.254": false,
		"fd00:ec2::254": false, "10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "172.32.0.0": true,
		"192.168.1.1": false, "192.169.0.0": true, "fc00::1": false, "fec0::1": false,
		"100.64.0.0": false, "100.100.100.200": false, "100.127.255.255": false, "100.128.0.0": true,
		"0.0.0.0": false, "0.1.2.3": false, "::": false, "224.0.0.1": false, "255.255.255.255": false, "ff02::1": false,
		"240.0.0.1": false, "192.0.0.192": false, "192.0.2.1": false, "198.18.0.1": false, "198.19.255.255": false,
		"198.20.0.0": true, "198.51.100.1": false, "203.0.113.1": false, "192.88.99.1": false, "168.63.129.16": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::1": false, "2002:7f00:1::": false,
		"2002:a9fe:a9fe::": false, "::127.0.0.1": false, "::169.254.169.254": false, "2001:0:1::1": false,
		"2001:db8::1": false, "100::1": false, "2001:200::1": true, "2606:4700::1%eth0": false,
		"::ffff:0:7f00:1": false, "::5efe:7f00:1": false, "1fff::1": false, "2000::1": true, "3ffe::1": true,
		"4000::1": false, "200::1": false, "64:ff9b::1:101:101": false, "5f00::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public %t, want %t", address, got, want)
		}
	}
}

func TestCheckURL(t *testing.T) {
	loopback, hosts := &Client{Loopback: true}, &Client{Hosts: []string{"s3.amazonaws.com", "*.Example.com."}}
	network := &Client{Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for _, c := range []struct {
		client *Client
		url    string
		ok     bool
	}{
		{&Client{}, "https://s3.amazonaws.com/a", true},
		{&Client{}, "https://1.1.1.1/a", true},
		{&Client{}, "https://[2600:1f18::1]:8443/a", true},
		{&Client{}, "https://localhost.example.com", true},
		{&Client{}, "https://127\u30020\u30020\u30021/", false}, // ideographic full stops
		{&Client{}, "https://\uff11\uff12\uff17.0.0.1/", false}, // fullwidth digits
		{&Client{}, "https://\u24db\u24deca\u24dbhost/", false},
		{&Client{}, "https://b\u00fccher.example.com/", false},
		{&Client{}, "https://xn--bcher-kva.example.com/~", true},
		{&Client{}, "https://x1/", true},
		{&Client{}, "http://s3.amazonaws.com/a", false},
		{&Client{}, "ftp://s3.amazonaws.com/a", false},
		{&Client{}, "file://s3.amazonaws.com/a", false},
		{&Client{}, "https://169.254.169.254/latest", false},
		{&Client{}, "https://[::ffff:10.0.0.1]/", false},
		{&Client{}, "https://[fe80::1%25eth0]/", false},
		{&Client{}, "https://localhost/", false},
		{&Client{}, "https://LOCALHOST./", false},
		{&Client{}, "https://a.localhost:1/", false},
		{&Client{}, "https://127.1/", false},
		{&Client{}, "https://2130706433/", false},
		{&Client{}, "https://0x7f000001/", false},
		{&Client{}, "https://0x7f.0x1/", false},
		{&Client{}, "https://0x/", false},
		{&Client{}, "https://0177.0.0.01/", false},
		{&Client{}, "https://127.0.0.1./", false},
		{&Client{}, "https://0xyz/", true},
		{loopback, "http://localhost:8080/", true},
		{loopback, "https://a.localhost/", true},
		{loopback, "http://127.0.0.1:8080/", true},
		{loopback, "http://[::1]/", true},
		{loopback, "http://storage.test/", true},
		{loopback, "http://10.0.0.1/", false},
		{loopback, "http://169.254.169.254/", false},
		{loopback, "ftp://127.0.0.1/", false},
		{hosts, "https://s3.amazonaws.com/", true},
		{hosts, "https://S3.AMAZONAWS.COM./", true},
		{hosts, "https://a.b.example.com:444/", true},
		{hosts, "https://example.com/", false},
		{hosts, "https://notexample.com/", false},
		{hosts, "https://s3.amazonaws.com.evil.test/", false},
		{hosts, "https://x.s3.amazonaws.com/", false},
		{hosts, "https://1.1.1.1/", false},
		{network, "https://10.1.2.3/", true},
		{network, "https://[::ffff:10.1.2.3]/", true},
		{network, "https://10.2.0.0/", false},
		{network, "http://10.1.2.3/", false},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		var e *Error
		err = c.client.checkURL(u)
		if (err == nil) != c.ok || !c.ok && (!errors.As(err, &e) || e.Reason != Forbidden) {
			t.Errorf("%s: %v", c.url, err)
		}
	}
}

func TestControl(t *testing.T) {
	for address, ok := range map[string]bool{
		"1.1.1.1:443": true, "[2600:1f18::1]:443": true, "127.0.0.1:443": false, "[::1]:443": false,
		"[fe80::1%eth0]:443": false, "name:443": false, "": false,
	} {
		err := (&Client{}).control(t.Context(), "tcp", address, nil)
		if (err == nil) != ok || !ok && final(err) == nil {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// The dialer checks addresses, but not that of a proxy.
func TestTransport_ChecksWhatItDials(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address := listener.Addr().String()
	for name, c := range map[string]struct {
		client *Client
		proxy  *url.URL
		ok     bool
	}{
		"direct": {&Client{}, nil, false}, "loopback": {&Client{Loopback: true}, nil, true},
		"proxy": {&Client{}, &url.URL{Scheme: "http", Host: address}, true},
	} {
		transport := c.client.through(c.proxy)
		conn, err := transport.DialContext(t.Context(), "tcp", address)
		if (err == nil) != c.ok || !c.ok && final(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
		if used, err := transport.Proxy(&http.Request{}); used != c.proxy || err != nil {
			t.Errorf("%s: the proxy is %v, %v", name, used, err)
		}
	}
}

func TestPrivateNetworksCoverWhatTheyName(t *testing.T) {
	for _, p := range special {
		if public(p.Addr()) || p != p.Masked() {
			t.Errorf("%s is public, or not written as a network", p)
		}
	}
}
