package faults

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// A Request is passed to [Config].Handle. It has been read completely.
type Request struct {
	*http.Request        // Body can be read from its beginning
	Data          []byte // the body
	Number        int    // counts the requests of the server, from 1
	Conn          int    // counts the connections of the server, from 1
	Reused        bool   // the connection was used before
	Time          time.Time
}

// A Record describes a request that reached the server and its response. Its JSON omits headers and
// query, which may contain credentials.
type Record struct {
	Time     time.Time         `json:"time"` // when the request had been read completely
	Number   int               `json:"number"`
	Conn     int               `json:"conn"`
	Reused   bool              `json:"reused"` // the connection was used before
	Proto    string            `json:"proto"`
	Method   string            `json:"method"`
	Host     string            `json:"host"`
	Path     string            `json:"path"` // escaped, without the query
	Query    string            `json:"-"`
	Header   http.Header       `json:"-"`
	Body     []byte            `json:"-"`
	BodyHash string            `json:"body_sha256"`
	Status   int               `json:"status"` // 0: no response was sent
	Fault    Fault             `json:"fault"`
	Applied  bool              `json:"applied"`
	Note     map[string]string `json:"note,omitempty"`
}

// newRecord returns the record of a request and its step.
func newRecord(r *Request, s Step) Record {
	sum := sha256.Sum256(r.Data)
	record := Record{
		Time: r.Time, Number: r.Number, Conn: r.Conn, Reused: r.Reused, Proto: r.Proto, Method: r.Method, Host: r.Host,
		Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header, Body: r.Data,
		BodyHash: hex.EncodeToString(sum[:]),
		Fault:    s.Fault, Applied: s.Applied, Note: s.Note,
	}
	if s.Fault == None || s.Fault.answered() {
		record.Status = s.status()
	}
	return record
}

// writeRecord writes a record as one line of JSON.
func writeRecord(w io.Writer, r Record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
