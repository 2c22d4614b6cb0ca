package faults

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// A Request is what a [Config].Handle sees: a request that was read completely.
type Request struct {
	*http.Request        // its Body is at its beginning
	Data          []byte // the body
	Number        int    // counts the server's requests from 1
	Conn          int    // counts the server's connections from 1
	Reused        bool   // the connection has carried a request before
	Time          time.Time
}

// A Record is a request that reached the server, and how it was answered. It is written as JSON
// without headers and query, which may hold credentials.
type Record struct {
	Time     time.Time         `json:"time"` // when the request was read completely
	Number   int               `json:"number"`
	Conn     int               `json:"conn"`
	Reused   bool              `json:"reused"` // the connection had carried a request before
	Proto    string            `json:"proto"`
	Method   string            `json:"method"`
	Host     string            `json:"host"`
	Path     string            `json:"path"` // escaped, without the query
	Query    string            `json:"-"`
	Header   http.Header       `json:"-"`
	Body     []byte            `json:"-"`
	BodyHash string            `json:"body_sha256"`
	Status   int               `json:"status"` // 0: none was sent
	Fault    Fault             `json:"fault"`
	Applied  bool              `json:"applied"`
	Note     map[string]string `json:"note,omitempty"`
}

// newRecord describes a request and its answer.
func newRecord(r *Request, s Step) Record {
	sum := sha256.Sum256(r.Data)
	record := Record{
		Time: r.Time, Number: r.Number, Conn: r.Conn, Reused: r.Reused, Proto: r.Proto, Method: r.Method, Host: r.Host,
		Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header, Body: r.Data, BodyHash: hex.EncodeToString(sum[:]),
		Fault: s.Fault, Applied: s.Applied, Note: s.Note,
	}
	if s.Fault == None || s.Fault.answered() {
		record.Status = s.status()
	}
	return record
}

// writeRecord writes a record as a line of JSON.
func writeRecord(w io.Writer, r Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
