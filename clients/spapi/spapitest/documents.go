package spapitest

// This file implements the storage: documents behind pre-signed URLs, and the feeds and reports
// that use them.

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Report is the result of a report.
type Report struct {
	Content     []byte // as the caller should read it
	ContentType string // empty: text/plain; charset=UTF-8
	Gzip        bool   // stored as gzip
	Stored      []byte // stored instead of Content, for corrupt documents
	Status      string // the final status; empty: DONE
	Restricted  bool   // its document requires a restricted data token for its exact path
	NoRanges    bool   // the storage ignores ranges

	CutAt   []int // number of bytes after which the storage breaks off the nth response
	Expires []int // responses, counted from 0, that invalidate the URL when they are broken off
}

// A document is a stored document.
type document struct {
	content     []byte
	contentType string
	uploaded    bool
	report      *Report
	served      int // number of download responses
	secret      int // required in a URL; increasing it invalidates older URLs
	until       time.Time
}

// A job is a feed or a report.
type job struct {
	id, kind, document, result string
	ready                      time.Time
	final                      string
	feed                       bool
	stores                     []string
}

// storage holds the documents. It is guarded by the server's lock.
type storage struct {
	documents map[string]*document
	jobs      map[string]*job
	next      int
	transfers []Transfer
}

// A Transfer is a request to the storage.
type Transfer struct {
	Method   string
	Document string
	Range    string
	Status   int
	Token    bool // it carried an access token, which the storage refuses
}

// Transfers returns the requests to the storage in order.
func (s *Server) Transfers() []Transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.storage.transfers)
}

// Uploaded returns the uploaded content by document.
func (s *Server) Uploaded() map[string][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string][]byte{}
	for id, d := range s.storage.documents {
		if d.uploaded {
			found[id] = d.content
		}
	}
	return found
}

func (st *storage) id(prefix string) string {
	st.next++
	return prefix + strconv.Itoa(st.next)
}

// urlLife is how long a pre-signed URL is valid, in API time.
const urlLife = 5 * time.Minute

// sign returns a URL for a document.
func (s *Server) sign(host, id string, d *document) string {
	life := s.opts.URLLife
	if life == 0 {
		life = urlLife
	}
	d.secret++
	d.until = time.Now().Add(time.Duration(float64(life) / s.opts.Speed))
	return fmt.Sprintf("http://%s/storage/%s?X-Amz-Signature=%s-%d", host, id, signature, d.secret)
}

// signature is part of every pre-signed URL. It must not appear in errors and logs.
const signature = "e3b0c44298fc1c149afbf4c8996fb924"

// store handles a request to the storage.
func (s *Server) store(w http.ResponseWriter, r *http.Request, body []byte) (status int) {
	id := strings.TrimPrefix(r.URL.Path, "/storage/")
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.storage.documents[id]
	t := Transfer{
		Method:   r.Method,
		Document: id,
		Range:    r.Header.Get("Range"),
		Token:    r.Header.Get("x-amz-access-token") != "" || r.Header.Get("Authorization") != "",
	}
	defer func() { s.storage.transfers = append(s.storage.transfers, t) }()
	switch {
	case t.Token:
		t.Status = storageError(w, http.StatusBadRequest, "InvalidArgument")
	case d == nil || r.URL.Query().Get("X-Amz-Signature") != fmt.Sprintf("%s-%d", signature, d.secret) ||
		time.Now().After(d.until):
		t.Status = storageError(w, http.StatusForbidden, "AccessDenied")
	case len(s.storageFaults) > 0:
		t.Status = s.storageFaults[0]
		s.storageFaults = s.storageFaults[1:]
		storageError(w, t.Status, "SlowDown")
	case r.Method == http.MethodPut && r.Header.Get("Content-Type") != d.contentType:
		t.Status = storageError(w, http.StatusForbidden, "SignatureDoesNotMatch")
	case r.Method == http.MethodPut:
		d.content, d.uploaded, t.Status = body, true, http.StatusOK
		w.WriteHeader(t.Status)
	default:
		d.send(w, r, &t.Status)
	}
	return t.Status
}

// FailStorage sets the statuses of the next responses of the storage.
func (s *Server) FailStorage(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.storageFaults = statuses
}

func storageError(w http.ResponseWriter, status int, code string) int {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, signature)
	return status
}

// send sends a download from the requested range on, and breaks off as configured.
func (d *document) send(w http.ResponseWriter, r *http.Request, status *int) {
	rest, from := d.content, 0
	*status = http.StatusOK
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, len(d.content)))
	start := strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
	if n, err := strconv.Atoi(start); err == nil && n <= len(rest) && !(d.report != nil && d.report.NoRanges) {
		rest, from, *status = rest[n:], n, http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(d.content)-1, len(d.content)))
	}
	w.Header().Set("Content-Type", d.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(rest)))
	n := d.served
	d.served++
	cut := d.report != nil && n < len(d.report.CutAt)
	if cut {
		rest = rest[:min(len(rest), d.report.CutAt[n])]
	}
	w.WriteHeader(*status)
	_, _ = w.Write(rest)
	if cut {
		if slices.Contains(d.report.Expires, n) {
			d.secret++
		}
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// createFeedDocument creates a document for an upload. The lock must be held.
func (s *Server) createFeedDocument(r *http.Request, body []byte) response {
	var request struct{ ContentType string }
	if len(body) > 0 && json.Unmarshal(body, &request) != nil {
		return refusal(http.StatusBadRequest, "InvalidInput", "contentType is required", "")
	}
	id := s.storage.id("document-")
	d := &document{contentType: request.ContentType}
	s.storage.documents[id] = d
	return response{
		status:  http.StatusCreated,
		applied: true,
		body:    map[string]any{"feedDocumentId": id, "url": s.sign(r.Host, id, d)},
	}
}

// stored returns the stored bytes of a report.
func (r Report) stored() []byte {
	if r.Stored != nil {
		return r.Stored
	}
	if !r.Gzip {
		return r.Content
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(r.Content)
	_ = z.Close()
	return b.Bytes()
}

// documentURL returns a new URL for a result.
func (s *Server) documentURL(r *http.Request, id, key string) response {
	d := s.storage.documents[id]
	if d == nil || d.report == nil {
		return refusal(http.StatusNotFound, "NotFound", "no such document", "")
	}
	body := map[string]any{key: id, "url": s.sign(r.Host, id, d)}
	if d.report.Gzip {
		body["compressionAlgorithm"] = "GZIP"
	}
	return response{status: http.StatusOK, body: body}
}
