package faults

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"time"
)

// secure creates the certificate of a TLS server.
func (s *Server) secure() error {
	if !s.config.TLS {
		return nil
	}
	certificate, err := selfSigned(time.Now())
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	s.pool = x509.NewCertPool()
	s.pool.AddCert(certificate.Leaf)
	s.tls = &tls.Config{Certificates: []tls.Certificate{certificate}}
	if s.config.HTTP2 {
		s.tls.NextProtos = []string{"h2", "http/1.1"}
	}
	return nil
}

// selfSigned returns a certificate for the loopback addresses and the name of in-memory servers,
// valid for a year.
func selfSigned(now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "faults"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		DNSNames:              []string{"localhost", pipeHost},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

// handshake performs the TLS handshake, if the server uses TLS, and returns the negotiated
// protocol. A client that speaks plain HTTP receives the same response as from net/http.
func (s *Server) handshake(c *serverConn) (proto string, ok bool) {
	if s.tls == nil {
		return "", true
	}
	conn := tls.Server(c.raw, s.tls)
	err := conn.HandshakeContext(s.ctx)
	var record tls.RecordHeaderError
	if errors.As(err, &record) && record.Conn != nil {
		io.WriteString(c.raw, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
		return "", false
	}
	c.Conn = conn
	return conn.ConnectionState().NegotiatedProtocol, err == nil
}
